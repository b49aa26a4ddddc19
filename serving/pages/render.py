"""Pages from templates: GOV.UK components, a nonce for the one script, and no outside request."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader, PrefixLoader

from hearth.periods import Period
from serving.answers import ModelSummary
from serving.pages.navigation import navigation_for
from serving.scores.wording import day_in_words, frequency_in_words, many_of

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'nonce-{nonce}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@cache
def environment() -> Environment:
    """The one template environment: it escapes everything, and knows how we write days and numbers."""
    made = Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("serving.pages"),
                PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            ]
        ),
        autoescape=True,
        undefined=ChainableUndefined,  # GOV.UK's macros read options that nobody gave
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "day": _day,
        "estimate": _estimate,
        "frequency": frequency_in_words,
        "many": many_of,
        "decimals": _decimals,
        "review": _review,
        "share": _share,
        "words": _words,
    }
    made.globals |= {"choices": _choices, "tally": _tally}
    return made


def page(
    request: Request, template: str, *, status: HTTPStatus = HTTPStatus.OK, **facts: Any
) -> Response:
    """Answer made of a template and what it shows; every template knows who visits, and where."""
    nonce = secrets.token_urlsafe(16)
    visitor = getattr(request.state, "visitor", None)
    html = (
        environment()
        .get_template(template)
        .render(
            cspNonce=nonce,
            visitor=visitor,
            navigation=navigation_for(visitor and visitor.identity, request.url.path),
            path=request.url.path,
            **facts,
        )
    )
    headers = {"Content-Security-Policy": _POLICY.format(nonce=nonce)}
    return Response(html, status_code=status, media_type="text/html", headers=headers)


def _day(value: date | datetime | str | None) -> str:
    """Day as people write it: 1 November 2026."""
    if not value:
        return "not set"
    return day_in_words(date.fromisoformat(value[:10]) if isinstance(value, str) else value)


def _estimate(found: Mapping[str, Any]) -> str:
    """A share with its 95 % interval in hundredths: `82% (74 to 90)`."""
    value, low, high = (found.get(name) for name in ("value", "low", "high"))
    if value is None:
        return "cannot be said"
    interval = "" if low is None or high is None else f" ({100 * low:.0f} to {100 * high:.0f})"
    return f"{100 * value:.0f}%{interval}"


def _share(value: float | None) -> str:
    """A share in hundredths; a dash where there is none."""
    return "–" if value is None else f"{100 * value:.0f}%"


def _decimals(value: float | None) -> str:
    """A figure to two places; a dash where there is none."""
    return "–" if value is None else f"{value:.2f}"


def _review(model: ModelSummary) -> str:
    """When a model is next to be reviewed: so long after its approval."""
    if not model.review_every:
        return "not set"
    return day_in_words(Period.parse(model.review_every).after(model.approved_on))


def _choices(options: dict[str, str], chosen: str) -> list[dict[str, str | bool]]:
    """Items of radios: each option by value with its text, the chosen one checked."""
    return [
        {"value": value, "text": text, "checked": value == chosen}
        for value, text in options.items()
    ]


def _tally(verdicts: dict[str, int]) -> str:
    """How many comparisons read so: `1 concern, 14 cannot tell`."""
    return (
        ", ".join(f"{number} {verdict}" for verdict, number in verdicts.items()) or "None compared"
    )


def _words(name: str) -> str:
    """A name of the code as words: `board_member` as `board member`."""
    return str(name).replace("_", " ")

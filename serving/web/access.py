"""What each route needs, in one table: a test holds every route to it, and docs/reference/access.md shows it.

`python -m serving.web.access` writes the page. The routes ask for their permissions themselves; this
says it a second time, so that a change of either is seen.
"""

from collections.abc import Mapping
from pathlib import Path

from hearth.identity import ROLES, Permission, Role

PAGE = Path("docs", "reference", "access.md")
OPEN: frozenset[Permission] = frozenset()
"""Nobody needs to say who they are."""

ANYONE_KNOWN = frozenset(Permission)
"""Whoever holds a working key or token, whatever it may."""

_READERS = frozenset({Permission.REPORT_READ, Permission.SCORE_READ})

API: Mapping[str, frozenset[Permission]] = {
    "GET /health/live": OPEN,
    "GET /health/ready": OPEN,
    "GET /openapi.json": ANYONE_KNOWN,
    "GET /v1/challenges": frozenset({Permission.CHALLENGE_REVIEW}),
    "GET /v1/challenges/{challenge_id}": frozenset({Permission.SCORE_READ}),
    "GET /v1/models": _READERS,
    "GET /v1/models/{model}": _READERS,
    "GET /v1/models/{model}/notice": _READERS,
    "GET /v1/scores/{score_id}": frozenset({Permission.SCORE_READ}),
    "GET /v1/scores/{score_id}/challenges": frozenset({Permission.SCORE_READ}),
    "GET /v1/scores/{score_id}/decisions": frozenset({Permission.SCORE_READ}),
    "POST /v1/challenges/{challenge_id}/steps": frozenset({Permission.CHALLENGE_REVIEW}),
    "POST /v1/models/{model}/scores": frozenset({Permission.SCORE_WRITE}),
    "POST /v1/models/{model}/scores/lookup": frozenset({Permission.SCORE_READ}),
    "POST /v1/models/{model}/what-if": frozenset({Permission.EXPLAIN_READ}),
    "POST /v1/scores/{score_id}/challenges": frozenset({Permission.CHALLENGE_WRITE}),
    "POST /v1/scores/{score_id}/decisions": frozenset({Permission.DECISION_WRITE}),
}
"""Routes for machines, each with the permissions of which one is enough."""

PAGES: Mapping[str, frozenset[Permission]] = {
    "GET /": ANYONE_KNOWN,
    "GET /board": frozenset({Permission.REPORT_READ}),
    "GET /board/{model}/versions": frozenset({Permission.REPORT_READ}),
    "GET /board/{model}/v{version}": frozenset({Permission.REPORT_READ}),
    "GET /board/{model}/v{version}/decision": frozenset({Permission.REPORT_READ}),
    "GET /board/{model}/v{version}/step": frozenset({Permission.REPORT_READ}),
    "GET /board/{model}/v{version}/records/{path}": frozenset({Permission.REPORT_READ}),
    "GET /board/{model}/v{version}/report": frozenset({Permission.REPORT_READ}),
    "GET /board/{model}/v{version}/report/{path:path}": frozenset({Permission.REPORT_READ}),
    "GET /challenges": frozenset({Permission.CHALLENGE_REVIEW}),
    "GET /challenges/{challenge_id}": frozenset({Permission.CHALLENGE_REVIEW}),
    "GET /data-quality": frozenset({Permission.MODEL_SUBMIT}),
    "GET /data-quality/{source}": frozenset({Permission.MODEL_SUBMIT}),
    "GET /docs": ANYONE_KNOWN,
    "GET /models": _READERS,
    "GET /models/{model}": _READERS,
    "GET /models/{model}/list": frozenset({Permission.DECISION_WRITE}),
    "GET /models/{model}/monitoring": frozenset({Permission.REPORT_READ}),
    "GET /models/{model}/notice": _READERS,
    "GET /models/{model}/report": frozenset({Permission.REPORT_READ}),
    "GET /models/{model}/score": frozenset({Permission.SCORE_WRITE}),
    "GET /scores/{score_id}": frozenset({Permission.SCORE_READ}),
    "GET /scores/{score_id}/challenge": frozenset({Permission.CHALLENGE_WRITE}),
    "GET /scores/{score_id}/challenged": frozenset({Permission.CHALLENGE_WRITE}),
    "GET /sign-in": OPEN,
    "GET /sources": frozenset({Permission.REPORT_READ}),
    "GET /training": frozenset({Permission.MODEL_SUBMIT}),
    "GET /training/{model}": frozenset({Permission.MODEL_SUBMIT}),
    "GET /training/{model}/splits.svg": frozenset({Permission.MODEL_SUBMIT}),
    "GET /work": frozenset({Permission.DECISION_WRITE}),
    "POST /board/{model}/v{version}/decision": frozenset({Permission.MODEL_APPROVE}),
    "POST /board/{model}/v{version}/step": frozenset({Permission.MODEL_APPROVE}),
    "POST /challenges/{challenge_id}/steps": frozenset({Permission.CHALLENGE_REVIEW}),
    "POST /models/{model}/list/search": frozenset({Permission.DECISION_WRITE}),
    "POST /models/{model}/score": frozenset({Permission.SCORE_WRITE}),
    "POST /scores/{score_id}/challenge": frozenset({Permission.CHALLENGE_WRITE}),
    "POST /scores/{score_id}/decisions": frozenset({Permission.DECISION_WRITE}),
    "POST /sign-in": OPEN,
    "POST /sign-out": ANYONE_KNOWN,
}
"""Pages for people, who sign in with an API key."""


def lets_in(needed: frozenset[Permission], held: frozenset[Permission]) -> bool:
    """Whether whoever holds these permissions is let in where one of some is needed."""
    return needed == ANYONE_KNOWN or bool(needed & held)


def page() -> str:
    """Text of docs/reference/access.md."""
    return "\n".join(
        [
            "# Who may do what",
            "",
            "Made from `serving/web/access.py` by `python -m serving.web.access`; a test asks every "
            "route with a key of every role and a token of every scope, and compares. ● is let in, "
            "· is answered 403; without a working key or token every route but those that anyone may "
            "use is answered 401, and every page leads to the sign-in form.",
            "",
            "Being let in is not all: a model must be for one of the key's purposes, a subject in one "
            "of its [areas](identity.md#areas), and reasons need [scopes of their "
            "own](settings.md#permissions).",
            "",
            "## Routes by role",
            "",
            *_table(API),
            "",
            "## Pages by role",
            "",
            *_table(PAGES),
            "",
            "## Routes by scope",
            "",
            "Of a [token](identity.md#tokens) that names this scope alone, where its client's role "
            "holds it. Scopes that open no route are for the command line.",
            "",
            *_scopes(),
            "",
        ]
    )


def _table(routes: Mapping[str, frozenset[Permission]]) -> list[str]:
    head = ["route", "needs", *(role.value.replace("_", " ") for role in Role)]
    rows = [
        [f"`{route}`", _words(needed), *(_mark(needed, ROLES[role]) for role in Role)]
        for route, needed in sorted(routes.items(), key=lambda item: item[0].split()[::-1])
    ]
    return _lines(head, rows)


def _scopes() -> list[str]:
    rows = []
    for scope in Permission:
        opened = [
            f"`{route}`"
            for route, needed in sorted(API.items())
            if needed not in (OPEN, ANYONE_KNOWN) and scope in needed
        ]
        rows.append([f"`{scope}`", ", ".join(opened) or "none"])
    return _lines(["scope", "routes"], rows)


def _words(needed: frozenset[Permission]) -> str:
    if needed == OPEN:
        return "nothing"
    if needed == ANYONE_KNOWN:
        return "a working key or token"
    return " or ".join(f"`{one}`" for one in sorted(needed))


def _mark(needed: frozenset[Permission], held: frozenset[Permission]) -> str:
    return "●" if needed == OPEN or lets_in(needed, held) else "·"


def _lines(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

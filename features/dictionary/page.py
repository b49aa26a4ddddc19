"""The dictionary as one HTML file: no fonts, nothing fetched, and one short script to search it."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

_TEMPLATES = Environment(
    loader=PackageLoader("features", "dictionary"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
_HERE = Path(__file__).parent


def render_html(title: str, facts: Sequence[tuple[str, str]], entries: Sequence[Any]) -> str:
    """One self-contained HTML file.

    Parameters
    ----------
    title
        Title of the model.
    facts
        What stands at the head: name and value.
    entries
        Entries of its features, those of a group together.
    """
    groups = [
        (name, list(members)) for name, members in groupby(entries, key=lambda one: one["group"])
    ]
    return _TEMPLATES.get_template("page.html.j2").render(
        title=title,
        facts=facts,
        groups=groups,
        entries=entries,
        per_cent=_per_cent,
        style=Markup((_HERE / "page.css").read_text(encoding="utf-8")),  # noqa: S704 our own file
        script=Markup((_HERE / "search.js").read_text(encoding="utf-8")),  # noqa: S704 our own file
    )


def _per_cent(share: float | None) -> str:
    """A share in per cent; what rests on fewer than ten entities is withheld."""
    if share is None:
        return "withheld"
    return f"{100 * share:.1f}".removesuffix(".0") + "%"

"""The file that answers a subject access request: JSON for machines, a page for people."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hearth.private_files import keep_private, make_private_file, make_private_folder
from serving.scores.wording import day_in_words, value_in_words

_HERE = Path(__file__).parent
_TEMPLATES = Environment(
    loader=PackageLoader("serving", "subjects"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


@dataclass(frozen=True)
class Exported:
    """Where an export was written."""

    folder: Path
    data: Path
    page: Path


def write_export(folder: Path, dossier: Mapping[str, Any]) -> Exported:
    """The dossier as JSON and as a page, in a folder that its owner alone may open.

    Parameters
    ----------
    folder
        Where to write; made if it is missing, its files replaced whole.
    dossier
        What `dossier.collect` found.
    """
    make_private_folder(folder)
    exported = Exported(folder, folder / "export.json", folder / "export.html")
    _write(exported.data, json.dumps(dossier, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    _write(exported.page, render_page(dossier))
    keep_private(folder)
    return exported


def render_page(dossier: Mapping[str, Any]) -> str:
    """One self-contained page that asks for nothing from elsewhere."""
    return _TEMPLATES.get_template("page.html.j2").render(
        dossier=dossier,
        day=_day,
        words=_words,
        value=_value,
        style=Markup((_HERE / "page.css").read_text(encoding="utf-8")),  # noqa: S704 our own file
    )


def _write(path: Path, text: str) -> None:
    aside = path.with_name(f".partial-{path.name}")
    make_private_file(aside)
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)


def _day(text: str | None) -> str:
    if not text:
        return "not yet"
    return day_in_words(date.fromisoformat(text[:10]))


def _words(name: str) -> str:
    """A name of the code as words: `score.made` as `score made`."""
    return str(name).replace("_", " ").replace(".", " ")


def _value(value: object) -> str:
    if value is None or value == "":
        return "not recorded"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | str):
        return value_in_words(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)

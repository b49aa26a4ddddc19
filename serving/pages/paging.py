"""Long lists in pages: which part is shown, and the links to the rest; an address holds a page's number alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

ROWS = 25
"""Rows of a page."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Shown(Generic[Item]):
    """The rows of one page, which page it is of how many, and how many rows there are in all."""

    rows: Sequence[Item]
    number: int
    pages: int
    total: int


def page_of(items: Sequence[Item], asked: str, *, rows: int = ROWS) -> Shown[Item]:
    """The page asked for by its number; the first where there is none such."""
    pages = max(1, -(-len(items) // rows))
    number = int(asked) if asked.isdecimal() and len(asked) < 10 else 1  # noqa: PLR2004 no list has a billion pages
    number = number if 1 <= number <= pages else 1
    return Shown(items[(number - 1) * rows : number * rows], number, pages, len(items))


def links_to(shown: Shown[Any], path: str, kept: Mapping[str, str]) -> dict[str, Any]:
    """What GOV.UK's pagination is told: the page before, the page after, first, last and neighbours.

    Parameters
    ----------
    shown
        The page that is shown.
    path
        Address without its query.
    kept
        Filters that stay as they are; the empty are left out.
    """

    def address(number: int) -> str:
        query = {name: value for name, value in kept.items() if value}
        return f"{path}?{urlencode(query | {'page': str(number)})}"

    if shown.pages == 1:
        return {}
    near = {1, shown.number - 1, shown.number, shown.number + 1, shown.pages}
    items: list[dict[str, Any]] = []
    for number in sorted(one for one in near if 1 <= one <= shown.pages):
        if items and number - int(items[-1]["number"]) > 1:
            items.append({"ellipsis": True, "number": number - 1})
        items.append({"number": number, "href": address(number), "current": number == shown.number})
    links: dict[str, Any] = {"items": items}
    if shown.number > 1:
        links["previous"] = {"href": address(shown.number - 1)}
    if shown.number < shown.pages:
        links["next"] = {"href": address(shown.number + 1)}
    return links

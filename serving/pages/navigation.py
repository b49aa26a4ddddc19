"""Which pages the head of every page leads to, by what the visitor may do: one line a page."""

from dataclasses import dataclass
from typing import Any

from hearth.identity import Identity, Permission


@dataclass(frozen=True)
class Entry:
    """A page of the navigation, for whoever holds one of `needs`, or for everyone signed in."""

    address: str
    text: str
    needs: frozenset[Permission] = frozenset()


ENTRIES = (
    Entry("/models", "Models in use"),
    Entry("/challenges", "Open challenges", frozenset({Permission.CHALLENGE_REVIEW})),
    Entry("/docs", "API"),
)


def navigation_for(identity: Identity | None, path: str) -> list[dict[str, Any]]:
    """Items of GOV.UK's service navigation: none before sign-in; the page one is on, or within, marked."""
    if identity is None:
        return []
    return [
        {
            "href": entry.address,
            "text": entry.text,
            "current": path == entry.address,
            "active": path.startswith(f"{entry.address}/"),
        }
        for entry in ENTRIES
        if not entry.needs or any(map(identity.may, entry.needs))
    ]

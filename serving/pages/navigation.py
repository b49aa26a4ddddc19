"""Which pages the head of every page leads to, by what the visitor may do: one line a page."""

from dataclasses import dataclass
from typing import Any

from hearth.identity import Identity, Permission


@dataclass(frozen=True)
class Entry:
    """A page of the navigation, for whoever holds one of `needs`, or for everyone signed in.

    `within` is how addresses end that belong to it though they lie elsewhere.
    """

    address: str
    text: str
    needs: frozenset[Permission] = frozenset()
    within: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Whether a page lies within this one."""
        return path.startswith(f"{self.address}/") or path.endswith(self.within)


ENTRIES = (
    Entry("/models", "Models in use"),
    Entry("/work", "Work lists", frozenset({Permission.DECISION_WRITE}), ("/list", "/list/search")),
    Entry("/board", "Register of versions", frozenset({Permission.REPORT_READ})),
    Entry("/training", "Training", frozenset({Permission.MODEL_SUBMIT})),
    Entry("/data-quality", "Data quality", frozenset({Permission.MODEL_SUBMIT})),
    Entry("/challenges", "Open challenges", frozenset({Permission.CHALLENGE_REVIEW})),
    Entry("/docs", "API"),
)


def navigation_for(identity: Identity | None, path: str) -> list[dict[str, Any]]:
    """Items of GOV.UK's service navigation: none before sign-in; the page one is on, or within, marked."""
    if identity is None:
        return []
    entries = [one for one in ENTRIES if not one.needs or any(map(identity.may, one.needs))]
    holding = [entry for entry in entries if entry.holds(path)]
    return [
        {
            "href": entry.address,
            "text": entry.text,
            "current": path == entry.address,
            "active": holding[-1:] == [entry],
        }
        for entry in entries
    ]

"""Which records a score was made from, and which of them hold nothing."""

from dataclasses import dataclass

from serving.answers import Explanation


@dataclass(frozen=True)
class Source:
    """One source: what of it counts in the score, and what of that is not on record."""

    title: str
    held: tuple[str, ...]
    missing: tuple[str, ...]


def sources_of(explanation: Explanation | None) -> tuple[Source, ...]:
    """Sources that a reader may know of, by title; none where they may not read reasons."""
    if explanation is None:
        return ()
    reasons = [reason for reason in explanation.reasons if reason.source]
    return tuple(
        Source(
            title,
            tuple(one.title for one in reasons if one.source == title and not one.is_missing),
            tuple(one.title for one in reasons if one.source == title and one.is_missing),
        )
        for title in sorted({reason.source for reason in reasons})
    )

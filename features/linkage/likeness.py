"""How alike two values of a field may be: levels, the likest first, each with its condition in SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hearth.linkage_settings import Comparison, Likeness

MISSING: Final = "missing"
"""Level of a pair where one side does not hold the field: no evidence either way."""


@dataclass(frozen=True)
class Level:
    """One degree of likeness; `l` and `r` stand for the two values in its condition."""

    name: str
    condition: str


_SAME = Level("same", "{l} = {r}")
_DIFFERENT = Level("different", "ELSE")
_EXCHANGED = "year({l}) = year({r}) AND month({l}) = day({r}) AND day({l}) = month({r})"
LEVELS: Final[Mapping[Likeness, tuple[Level, ...]]] = {
    Likeness.NAME: (
        _SAME,
        Level("alike", "jaro_winkler_similarity({l}, {r}) >= 0.92"),
        Level("somewhat alike", "jaro_winkler_similarity({l}, {r}) >= 0.8"),
        _DIFFERENT,
    ),
    Likeness.DATE: (
        _SAME,
        Level(
            "slipped",
            f"damerau_levenshtein(CAST({{l}} AS VARCHAR), CAST({{r}} AS VARCHAR)) <= 1 OR ({_EXCHANGED})",
        ),
        Level("near", "abs(date_diff('day', {l}, {r})) <= 31"),
        _DIFFERENT,
    ),
    Likeness.POSTCODE: (
        _SAME,
        Level("same sector", "left({l}, -2) = left({r}, -2)"),
        Level("same district", "left({l}, -3) = left({r}, -3)"),
        _DIFFERENT,
    ),
    Likeness.TEXT: (
        _SAME,
        Level("alike", "jaro_winkler_similarity({l}, {r}) >= 0.9"),
        Level("somewhat alike", "jaro_winkler_similarity({l}, {r}) >= 0.8"),
        _DIFFERENT,
    ),
    Likeness.NUMBER: (
        _SAME,
        Level("slipped", "damerau_levenshtein({l}, {r}) <= 1"),
        _DIFFERENT,
    ),
}
"""0.92 and 0.8 are the similarities at which Splink's own comparison of names stops, but for one."""

_WEIGHED_BY_FREQUENCY: Final = (Likeness.NAME, Likeness.TEXT)
"""Agreement on a rare name says more than on a common one."""


def frequency_fields(comparisons: tuple[Comparison, ...]) -> list[str]:
    """Fields of which agreement on a rare value counts more than on a common one."""
    return [each.field for each in comparisons if each.by in _WEIGHED_BY_FREQUENCY]


def level_settings(comparison: Comparison, *, by_frequency: bool) -> list[dict[str, Any]]:
    """Levels of a comparison as Splink's settings know them, the missing one first."""
    left, right = (f'"{comparison.field}_{side}"' for side in "lr")
    levels: list[dict[str, Any]] = [
        {
            "sql_condition": f"{left} IS NULL OR {right} IS NULL",
            "label_for_charts": MISSING,
            "is_null_level": True,
        }
    ]
    for level in LEVELS[comparison.by]:
        found: dict[str, Any] = {
            "sql_condition": level.condition.format(l=left, r=right),
            "label_for_charts": level.name,
        }
        if level is _SAME and by_frequency and comparison.by in _WEIGHED_BY_FREQUENCY:
            found["tf_adjustment_column"] = comparison.field
            found["tf_adjustment_weight"] = 1.0
        levels.append(found)
    return levels


def pattern_sql(comparisons: tuple[Comparison, ...]) -> str:
    """SQL that says in words on what a scored pair agrees, such as `forename same, surname alike`."""
    parts = []
    for comparison in comparisons:
        levels = LEVELS[comparison.by]
        cases = " ".join(
            f"WHEN {len(levels) - 1 - at} THEN '{comparison.field} {level.name}'"
            for at, level in enumerate(levels)
        )
        gamma = f'"gamma_{comparison.field}"'
        parts.append(f"CASE {gamma} {cases} ELSE '{comparison.field} {MISSING}' END")
    return f"concat_ws(', ', {', '.join(parts)})"

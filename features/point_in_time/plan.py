"""What the kernel is asked for: the aggregates of one feature group."""

from dataclasses import dataclass
from enum import StrEnum

from hearth.periods import Period

ALL_TIME = Period(unbounded=True)


class Function(StrEnum):
    """How rows become one value."""

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    DISTINCT = "distinct"
    SHARE = "share"
    LAST = "last"
    TREND = "trend"
    RATIO = "ratio"
    DAYS_SINCE_LAST = "days_since_last"
    DAYS_SINCE_FIRST = "days_since_first"


UNWINDOWED = frozenset({Function.LAST, Function.DAYS_SINCE_LAST, Function.DAYS_SINCE_FIRST})
"""Functions that look at all that is known, whatever the windows of their group."""

WITHOUT_COLUMN = frozenset(
    {Function.COUNT, Function.TREND, Function.DAYS_SINCE_LAST, Function.DAYS_SINCE_FIRST}
)
"""Functions of the rows themselves rather than of a column."""


@dataclass(frozen=True)
class Aggregate:
    """One feature made of rows: a function of a column over a window, perhaps of one category only.

    A ratio is the sum of `column` over the sum of `per`, of the rows that hold both.
    """

    name: str
    function: Function
    column: str | None = None
    window: Period = ALL_TIME
    category: str | None = None
    per: str | None = None

    def __post_init__(self) -> None:
        if (self.per is None) == (self.function is Function.RATIO):
            raise ValueError(
                f"{self.name}: a ratio is of a column per another, and only a ratio is"
            )
        if (self.column is None) != (self.function in WITHOUT_COLUMN):
            raise ValueError(
                f"{self.name}: {self.function} {'needs a' if self.column is None else 'takes no'} column"
            )
        if self.function in UNWINDOWED and not self.window.unbounded:
            raise ValueError(f"{self.name}: {self.function} takes no window")
        if self.function is Function.TREND and self.window.unbounded:
            raise ValueError(f"{self.name}: trend needs a window with two halves, not all")


@dataclass(frozen=True)
class GroupPlan:
    """The aggregates of one feature group, and the column whose categories split them."""

    name: str
    aggregates: tuple[Aggregate, ...]
    split_by: str | None = None

    @property
    def categories(self) -> tuple[str, ...]:
        """Categories that split the aggregates, in the order first named."""
        return tuple(dict.fromkeys(a.category for a in self.aggregates if a.category is not None))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns read, in the order first named."""
        named = [c for a in self.aggregates for c in (a.column, a.per) if c is not None]
        return tuple(dict.fromkeys([*named, *([self.split_by] if self.split_by else [])]))

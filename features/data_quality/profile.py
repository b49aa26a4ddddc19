"""What a snapshot looks like: figures by column, category, month and delay, and never a row's value."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hearth.source_contract import ColumnType, SourceContract

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
DELAYS = (
    ("known before it happened", None, 0),
    ("the same day", 0, 1),
    ("1 to 7 days", 1, 8),
    ("8 to 30 days", 8, 31),
    ("31 to 90 days", 31, 91),
    ("91 to 365 days", 91, 366),
    ("more than 365 days", 366, None),
)
"""Days from event to knowledge, each class [from, to)."""

LATE = (30, 90, 365)
_FEWEST_FOR_QUANTILES = 50
"""Below this a quantile could be the value of one person's row."""


@dataclass(frozen=True)
class Profile:
    """Figures of one snapshot.

    Attributes
    ----------
    completeness : dict
        Share of rows with a value, by column, in [0, 1].
    categories : dict
        Share of each value among those present, by column of categories or true-or-false.
    quantiles : dict
        5th, 25th, 50th, 75th and 95th hundredth of each column of numbers with 50 values or more.
    months : dict
        Rows by month of what they tell of, or else of when it was known.
    delays : dict or None
        Rows by days from event to knowledge; None where the source has no two such dates.
    late_rows : dict
        Rows known more than 30, 90 and 365 days after what they tell of.
    median_delay : float or None
        Days from event to knowledge, half of the rows.
    ahead : dict
        Rows with a date after the run, by date of a spell: such a date may lie ahead.
    """

    rows: int
    completeness: dict[str, float]
    categories: dict[str, dict[str, float]]
    quantiles: dict[str, list[float]]
    months: dict[str, int]
    delays: dict[str, int] | None
    late_rows: dict[str, int]
    median_delay: float | None
    ahead: dict[str, int]

    @classmethod
    def read(cls, held: Mapping[str, Any]) -> "Profile":
        """Profile as its JSON holds it."""
        return cls(**{field.name: held[field.name] for field in fields(cls)})

    def as_json(self) -> dict[str, Any]:
        """Profile as JSON holds it."""
        return asdict(self)

    def delayed_share(self, *classes: str) -> float:
        """Share of rows in some classes of delay, in [0, 1]; 0 where there are no delays."""
        if not self.delays or not sum(self.delays.values()):
            return 0.0
        return sum(self.delays[name] for name in classes) / sum(self.delays.values())


def profile_of(contract: SourceContract, table: pa.Table, *, run_on: date) -> Profile:
    """Profile of a snapshot's rows, in the types of its contract."""
    delays = _delays(contract, table)
    return Profile(
        rows=len(table),
        completeness=completeness(table),
        categories=dict(_categories(contract, table)),
        quantiles=dict(_quantiles(contract, table)),
        months=_months(contract, table),
        delays=None if delays is None else _by_class(delays),
        late_rows={} if delays is None else {str(n): int((delays > n).sum()) for n in LATE},
        median_delay=None if delays is None or not len(delays) else float(np.median(delays)),
        ahead=dict(_ahead(contract, table, run_on)),
    )


def completeness(table: pa.Table) -> dict[str, float]:
    """Share of rows with a value, by column, in [0, 1]."""
    rows = max(1, len(table))
    return {name: round(1 - table[name].null_count / rows, 6) for name in table.column_names}


def _categories(
    contract: SourceContract, table: pa.Table
) -> Iterator[tuple[str, dict[str, float]]]:
    for name, column in contract.columns.items():
        if column.type not in (ColumnType.CATEGORY, ColumnType.BOOLEAN):
            continue
        is_category = column.type is ColumnType.CATEGORY
        values = column.values if is_category else (True, False)
        counted = pc.value_counts(table[name])
        counts = dict(zip(*(counted.field(i).to_pylist() for i in (0, 1)), strict=True))
        present = max(1, len(table) - table[name].null_count)
        yield (
            name,
            {
                str(v).lower() if not is_category else str(v): round(counts.get(v, 0) / present, 6)
                for v in values
            },
        )


def _quantiles(contract: SourceContract, table: pa.Table) -> Iterator[tuple[str, list[float]]]:
    for name, column in contract.columns.items():
        is_number = column.type in (ColumnType.NUMBER, ColumnType.INTEGER)
        if is_number and len(table) - table[name].null_count >= _FEWEST_FOR_QUANTILES:
            found = pc.quantile(pc.cast(table[name], pa.float64()), q=list(QUANTILES))
            yield name, [round(value, 6) for value in found.to_pylist()]


def _months(contract: SourceContract, table: pa.Table) -> dict[str, int]:
    column = contract.event_date or contract.starts_on or contract.knowledge_date
    if column is None:
        return {}
    days = np.asarray(pc.drop_null(pc.cast(table[column], pa.date32())).to_numpy())
    months, counts = np.unique(days.astype("datetime64[M]"), return_counts=True)
    return {str(m): int(n) for m, n in zip(months, counts, strict=True)}


def _delays(contract: SourceContract, table: pa.Table) -> npt.NDArray[np.int64] | None:
    """Days from event to knowledge, of rows that have both dates."""
    begins = contract.event_date or contract.starts_on
    if begins is None or contract.knowledge_date is None:
        return None
    known, happened = (
        pc.cast(table[name], pa.int32()) for name in (contract.knowledge_date, begins)
    )
    return np.asarray(pc.drop_null(pc.subtract(known, happened)).to_numpy(), dtype=np.int64)


def _by_class(delays: npt.NDArray[np.int64]) -> dict[str, int]:
    counts = {}
    for name, low, high in DELAYS:
        inside = np.ones(len(delays), dtype=bool)
        if low is not None:
            inside &= delays >= low
        if high is not None:
            inside &= delays < high
        counts[name] = int(inside.sum())
    return counts


def _ahead(contract: SourceContract, table: pa.Table, run_on: date) -> Iterator[tuple[str, int]]:
    for name in (contract.starts_on, contract.ends_on):
        if name is not None:
            yield name, int(pc.sum(pc.greater(table[name], pa.scalar(run_on))).as_py() or 0)

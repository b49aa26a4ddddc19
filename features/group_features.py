"""The features of one group: its source's rows, and what the kernel makes of them in a partition."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from features import known_rows as known
from features.conditions import meeting
from features.followed import Followed
from features.known_rows import KnownRows, known_batches
from features.point_in_time import kernel
from features.point_in_time.events import Ints
from features.point_in_time.plan import Aggregate, Function, GroupPlan
from hearth.definition import FeatureGroup
from hearth.feature import DERIVED, Feature
from hearth.periods import Period
from hearth.source_contract import SourceContract, SourceKind

_PLACED = {
    known.KEY: "key",
    known.EVENT_DATE: "event_date",
    known.KNOWLEDGE_DATE: "knowledge_date",
    known.SUPERSEDED_DATE: "superseded_date",
    known.ORDER: "order",
}
_ONE = pa.scalar(1, pa.int32())
_MONEY_DIGITS = 18  # a decimal of 18 digits is an integer of 64 bits


def event_batches(
    group: FeatureGroup,
    features: Sequence[Feature],
    contract: SourceContract,
    state_dir: Path,
    *,
    assumed_known: date | None,
) -> Iterator[pa.Table]:
    """Rows of a group's source that meet its filters, as the kernel takes them, batch by batch."""
    read = source_columns(group, features, contract)
    for batch in known_batches(contract, state_dir, read, assumed_known=assumed_known):
        yield events_of(group, features, contract, batch)


def events_of(
    group: FeatureGroup, features: Sequence[Feature], contract: SourceContract, batch: pa.Table
) -> pa.Table:
    """Rows of one batch of known rows that meet a group's filters, as the kernel takes them."""
    met = meeting(batch, group.where)
    table = met.select([*_PLACED]).rename_columns([*_PLACED.values()])
    if group.attributes and contract.kind is SourceKind.SPELL:
        table = as_in_force(table, met[known.END_DATE], met[known.END_KNOWLEDGE_DATE])
    for name in columns_read(group, features):
        if name in contract.columns:
            decimals = contract.columns[name].decimals if group.aggregates else None
            table = table.append_column(name, _exact(met[name], decimals))
    return table


def source_columns(
    group: FeatureGroup, features: Sequence[Feature], contract: SourceContract
) -> list[str]:
    """Columns of its source that a group reads, those that it tests among them."""
    held = [name for name in columns_read(group, features) if name in contract.columns]
    return list(dict.fromkeys([*held, *(condition.column for condition in group.where)]))


def columns_read(group: FeatureGroup, features: Sequence[Feature]) -> tuple[str, ...]:
    """Columns that a group's features are made of."""
    if group.aggregates:
        return plan_of(group, features).columns
    made_of = [_DERIVED_FROM.get(name, name) for name in group.attributes]
    return tuple(dict.fromkeys(made_of))


def partition_features(
    group: FeatureGroup,
    features: Sequence[Feature],
    rows: pa.Table,
    pairs: pa.Table,
    events: pa.Table,
) -> pa.Table:
    """Columns of one feature group, a row for each of a partition's.

    Parameters
    ----------
    group, features
        The group, and its features in order.
    rows
        Rows of the matrix: `as_of`.
    pairs
        Keys that each row follows: `row` and `key`.
    events
        Rows of the group's source, as `event_batches` gives them, with keys as in `pairs`.
    """
    if group.aggregates:
        return kernel.aggregate(plan_of(group, features), rows, pairs, events)
    place = kernel.latest(rows, pairs, events)
    taken = pa.array(place, mask=place < 0)
    return pa.table({f.name: _attribute(f, events, taken, rows["as_of"]) for f in features})


def plan_of(group: FeatureGroup, features: Sequence[Feature]) -> GroupPlan:
    """What the kernel is asked for a group of aggregates."""
    return GroupPlan(group.group, tuple(_aggregate(f) for f in features), group.split_by)


def as_in_force(spells: pa.Table, end: pa.ChunkedArray, end_known: pa.ChunkedArray) -> pa.Table:
    """Spells as versions that count while they are in force.

    A spell covers [start, end) and so counts from the start itself: it is taken as begun the day
    before. It is over from its end or the day after the end was learned, whichever is later.
    """
    begun = pc.subtract(_days(spells["event_date"]), _ONE)
    over = pc.max_element_wise(pc.subtract(_days(end), _ONE), _days(end_known), skip_nulls=False)
    superseded = pc.min_element_wise(over, _days(spells["superseded_date"]))
    for name, day in (("event_date", begun), ("superseded_date", superseded)):
        place = spells.schema.get_field_index(name)
        spells = spells.set_column(place, name, pc.cast(day, pa.date32()))
    return spells


def latest_version(rows: pa.Table, source: KnownRows, followed: Followed) -> Ints:
    """Place in the source of the latest version that each row of the matrix knows; -1 for none."""
    codes = pc.index_in(source.table[known.KEY], value_set=followed.keys)
    events = source.table.select([*_PLACED]).rename_columns([*_PLACED.values()])
    return kernel.latest(rows, followed.pairs, events.set_column(0, "key", codes))


def _aggregate(feature: Feature) -> Aggregate:
    function = Function(str(feature.aggregate))
    window = feature.window or Period(unbounded=True)
    return Aggregate(feature.name, function, feature.column, window, feature.category, feature.per)


def _exact(values: pa.ChunkedArray, decimals: int | None) -> pa.ChunkedArray:
    """Values of a column of so many decimals, such as money, as what is added up without rounding."""
    return values if decimals is None else pc.cast(values, pa.decimal128(_MONEY_DIGITS, decimals))


def _days(dates: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(dates, pa.int32())


def _attribute(
    feature: Feature, events: pa.Table, taken: pa.Array, as_of: pa.ChunkedArray
) -> pa.ChunkedArray:
    name = str(feature.column)
    if name in DERIVED and name not in events.column_names:
        return _DERIVED[name](events[_DERIVED_FROM[name]].take(taken), as_of)
    values = events[name].take(taken)
    return pc.cast(values, pa.string() if feature.kind == "category" else pa.float64())


def _age_months(born: pa.ChunkedArray, as_of: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole months between date of birth and as-of date; null before birth or where unknown."""
    months = pc.subtract(_months(as_of), _months(born))
    short = pc.cast(pc.less(pc.day(as_of), pc.day(born)), pa.int64())
    age = pc.subtract(months, short)
    return pc.cast(pc.if_else(pc.greater_equal(age, 0), age, None), pa.float64())


def _months(days: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.add(pc.multiply(pc.year(days), 12), pc.month(days))


_DERIVED: dict[str, Callable[[pa.ChunkedArray, pa.ChunkedArray], pa.ChunkedArray]] = {
    "age_months": _age_months,
}
_DERIVED_FROM = {"age_months": "date_of_birth"}

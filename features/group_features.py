"""The features of one group: its source's rows, whom they follow, and the kernel between them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.cohort import Cohort
from features.conditions import meeting
from features.known_rows import EVENT_DATE, KEY, KNOWLEDGE_DATE, ORDER, KnownRows, in_force
from features.point_in_time import kernel, partitions
from features.point_in_time.events import Ints
from features.point_in_time.plan import Aggregate, Function, GroupPlan
from hearth.definition import FeatureGroup
from hearth.feature import Feature
from hearth.periods import Period
from hearth.source_contract import SourceKind


@dataclass(frozen=True)
class Followed:
    """Keys that rows of the matrix follow, as dense codes: `pairs` of `row` and `key`."""

    keys: pa.Array
    pairs: pa.Table

    @classmethod
    def of(cls, pairs: pa.Table) -> "Followed":
        """Dense codes of the keys of (row, key) pairs, in the keys' own order."""
        keys = pc.unique(pairs["key"]).sort()
        codes = pc.cast(pc.index_in(pairs["key"], value_set=keys), pa.int64())
        return cls(keys, pa.table({"row": pairs["row"], "key": codes}))

    def events(self, rows: pa.Table, columns: Sequence[str]) -> pa.Table:
        """Rows of the followed keys, as the kernel takes them."""
        codes = pc.cast(pc.index_in(rows[KEY], value_set=self.keys), pa.int64())
        placed = pa.table(
            {
                "key": codes,
                "event_date": rows[EVENT_DATE],
                "knowledge_date": rows[KNOWLEDGE_DATE],
                "order": rows[ORDER],
                **{name: rows[name] for name in columns},
            }
        )
        return placed.filter(pc.is_valid(placed["key"]))


def group_features(
    group: FeatureGroup,
    features: Sequence[Feature],
    cohort: Cohort,
    source: KnownRows,
    pairs: pa.Table,
) -> pa.Table:
    """Columns of one feature group, a row for each of the cohort's.

    Parameters
    ----------
    group, features
        The group, and its features in order.
    cohort
        Rows of the matrix.
    source
        Rows of the group's source.
    pairs
        Keys that each row of the matrix follows: `row` and `key`.
    """
    kept = KnownRows(source.contract, meeting(source.table, group.where))
    followed = Followed.of(pairs)
    if group.attributes:
        return _attributes(features, cohort, kept, followed)
    plan = plan_of(group, features)
    events = followed.events(kept.table, plan.columns)
    return partitions.aggregate(plan, cohort.rows, followed.pairs, events)


def plan_of(group: FeatureGroup, features: Sequence[Feature]) -> GroupPlan:
    """What the kernel is asked for a group of aggregates."""
    return GroupPlan(group.group, tuple(_aggregate(f) for f in features), group.split_by)


def _aggregate(feature: Feature) -> Aggregate:
    function = Function(str(feature.aggregate))
    window = feature.window or Period(unbounded=True)
    return Aggregate(feature.name, function, feature.column, window, feature.category)


def _attributes(
    features: Sequence[Feature], cohort: Cohort, source: KnownRows, followed: Followed
) -> pa.Table:
    """Attributes as they stood: of each row's latest version, or latest spell in force, known by then."""
    find = spell_in_force if source.contract.kind is SourceKind.SPELL else latest_version
    place = find(cohort.rows, source, followed)
    taken = pa.array(place, mask=place < 0)
    columns = {f.name: _attribute(f, source.table, taken, cohort) for f in features}
    return pa.table(columns)


def _attribute(
    feature: Feature, table: pa.Table, taken: pa.Array, cohort: Cohort
) -> pa.ChunkedArray:
    name = str(feature.column)
    if name not in table.column_names:
        return _DERIVED[name](table, taken, cohort.rows["as_of"])
    values = table[name].take(taken)
    return values if feature.kind == "category" else pc.cast(values, pa.float64())


def latest_version(rows: pa.Table, source: KnownRows, followed: Followed) -> Ints:
    """Place in the source of the latest version that each row of the matrix knows; -1 for none."""
    return _latest(rows, source.table, followed)


def spell_in_force(rows: pa.Table, source: KnownRows, followed: Followed) -> Ints:
    """Place of the spell in force at each row's date; of several the one that began last."""
    place = np.full(len(rows), -1, dtype=np.int64)
    for as_of in pc.unique(rows["as_of"]):
        held = np.flatnonzero(in_force(source, as_of.as_py()))
        standing = _standing(source.table.take(pa.array(held)), as_of.as_py())
        found = _latest(rows, standing, followed)
        known = np.asarray(pc.equal(rows["as_of"], as_of)) & (found >= 0)
        place[known] = held[found[known]]
    return place


def _latest(rows: pa.Table, table: pa.Table, followed: Followed) -> Ints:
    numbered = table.append_column("@place", pa.array(np.arange(len(table))))
    events = followed.events(numbered, ["@place"])
    place = kernel.latest(rows, followed.pairs, events)
    return np.append(np.asarray(events["@place"]), -1)[place]


def _standing(spells: pa.Table, day: date) -> pa.Table:
    """Spells in force, one that begins on the very day taken as begun the day before."""
    yesterday = pa.scalar(day - timedelta(days=1))
    begun = pc.min_element_wise(spells[EVENT_DATE], yesterday)
    return spells.set_column(spells.schema.get_field_index(EVENT_DATE), EVENT_DATE, begun)


def _age_months(table: pa.Table, taken: pa.Array, as_of: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole months between date of birth and as-of date; null before birth or where unknown."""
    born = table["date_of_birth"].take(taken)
    months = pc.subtract(_months(as_of), _months(born))
    short = pc.cast(pc.less(pc.day(as_of), pc.day(born)), pa.int64())
    age = pc.subtract(months, short)
    return pc.cast(pc.if_else(pc.greater_equal(age, 0), age, None), pa.float64())


def _months(days: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.add(pc.multiply(pc.year(days), 12), pc.month(days))


_DERIVED: dict[str, Callable[[pa.Table, pa.Array, pa.ChunkedArray], pa.ChunkedArray]] = {
    "age_months": _age_months,
}

"""Missing values filled by the definition's rule, each beside a flag that says it was not recorded.

What the cohort shows is taken over its rows of one as-of date, all made of what was known by then:
a fill never looks ahead. It needs every row of the date, and the filling itself only one: so it is
two steps, and rows may be filled partition by partition.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hearth.definition import Filling, Statistic
from hearth.feature import Feature

Value = float | str
Statistics = Mapping[str, Mapping[date, Value]]
"""Of each feature, what fills it at each as-of date; a date at which nothing is recorded has none."""


def statistics(
    table: pa.Table, features: Sequence[Feature], as_of: pa.ChunkedArray, filling: Filling
) -> Statistics:
    """What fills each feature of a group at each as-of date.

    Parameters
    ----------
    table
        Features of every row of the cohort, (rows,) each.
    features
        Features of the group; those with a flag among them are filled.
    as_of
        As-of date of each row, date32.
    filling
        The group's rule.
    """
    dates = pc.unique(as_of).to_pylist()
    if filling.value is not None:
        return {name: dict.fromkeys(dates, filling.value) for name in _filled(features)}
    show = _SHOWN[Statistic(str(filling.statistic))]
    found: dict[str, dict[date, Value]] = {name: {} for name in _filled(features)}
    for day in dates:
        rows = table.filter(pc.equal(as_of, pa.scalar(day)))
        for name, by_date in found.items():
            known = rows[name].drop_null()
            if len(known):
                by_date[day] = show(known)
    return found


def fill(
    table: pa.Table, features: Sequence[Feature], as_of: pa.ChunkedArray, fills: Statistics
) -> pa.Table:
    """The group's features in order, filled where missing, with their flags: 1 where filled, else 0.

    Where the cohort shows nothing to fill with, a value stays missing and its flag is 1.
    """
    columns = {}
    for feature in features:
        if feature.flag_of is not None:
            columns[feature.name] = pc.cast(pc.is_null(table[feature.flag_of]), pa.float64())
        elif feature.name in fills:
            columns[feature.name] = _filled_in(table[feature.name], as_of, fills[feature.name])
        else:
            columns[feature.name] = table[feature.name]
    return pa.table(columns)


def _filled(features: Sequence[Feature]) -> list[str]:
    return [feature.flag_of for feature in features if feature.flag_of is not None]


def _filled_in(
    column: pa.ChunkedArray, as_of: pa.ChunkedArray, by_date: Mapping[date, Value]
) -> pa.ChunkedArray:
    days = pa.array(list(by_date), pa.date32())
    fills = pa.array(list(by_date.values()), column.type)
    return pc.coalesce(column, fills.take(pc.index_in(as_of, value_set=days)))


def _median(known: pa.ChunkedArray) -> Value:
    """Middle value; of an even number the mean of the two in the middle."""
    return float(np.median(known.to_numpy()))


def _most_common(known: pa.ChunkedArray) -> Value:
    """Value that most rows have; of several the first in their order."""
    counted = pa.table({"value": known}).group_by("value").aggregate([([], "count_all")])
    order = [("count_all", "descending"), ("value", "ascending")]
    value: Value = counted.sort_by(order)["value"][0].as_py()
    return value


_SHOWN: dict[Statistic, Callable[[pa.ChunkedArray], Value]] = {
    Statistic.COHORT_MEDIAN: _median,
    Statistic.MOST_COMMON: _most_common,
}

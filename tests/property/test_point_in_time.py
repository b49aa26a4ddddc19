"""Laws of the kernel: blind to what comes later, to order and to partitions; equal to the SQL."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.point_in_time import kernel, sql
from features.point_in_time.plan import UNWINDOWED, WITHOUT_COLUMN, Aggregate, Function, GroupPlan
from hearth.periods import Period

START = date(2020, 1, 1)
AS_OF = [date(2020, 2, 29), date(2020, 7, 31), date(2021, 1, 1)]
KEYS, ENTITIES = 5, 4
WORDS = ["damp", "noise", "rats"]
WINDOWS = [Period.parse(text) for text in ("14d", "1m", "3m", "12m", "all")]


COLUMNS = {
    Function.SHARE: ("flag",),
    Function.SUM: ("amount", "money", "flag"),
    Function.MEAN: ("amount", "money"),
    Function.RATIO: ("money",),
    Function.DISTINCT: ("amount", "word"),
    Function.LAST: ("amount", "word"),
}


def _every_aggregate() -> GroupPlan:
    asked = [
        (function, column, window, category)
        for function in Function
        for column in (
            (None,) if function in WITHOUT_COLUMN else COLUMNS.get(function, ("amount",))
        )
        for window in (WINDOWS[-1:] if function in UNWINDOWED else WINDOWS)
        for category in ((None, "damp", "rats") if str(window) in ("1m", "all") else (None,))
        if not (function is Function.TREND and window.unbounded)
    ]
    made = [
        Aggregate(
            "_".join(map(str, part)), *part, per="amount" if part[0] is Function.RATIO else None
        )
        for part in asked
    ]
    return GroupPlan("every", tuple(made), split_by="word")


PLAN = _every_aggregate()
event = st.tuples(
    st.integers(0, KEYS - 1),
    st.integers(0, 500),
    st.one_of(st.none(), st.integers(-30, 60)),
    st.one_of(st.none(), st.integers(-9_999_999, 9_999_999).map(lambda pence: pence / 100)),
    st.one_of(st.none(), st.sampled_from(WORDS)),
    st.one_of(st.none(), st.booleans()),
    st.one_of(st.none(), st.integers(0, 90)),
)
events_of = st.lists(event, max_size=30)
following = st.lists(
    st.frozensets(st.integers(0, KEYS - 1), max_size=3),
    min_size=ENTITIES * 3,
    max_size=ENTITIES * 3,
)


def _events(drawn: list[tuple]) -> pa.Table:
    happened = [START + timedelta(days=e[1]) for e in drawn]
    known = [
        None if e[2] is None else day + timedelta(days=e[2])
        for e, day in zip(drawn, happened, strict=True)
    ]
    return pa.table(
        {
            "key": pa.array([e[0] for e in drawn], pa.int64()),
            "event_date": pa.array(happened, pa.date32()),
            "knowledge_date": pa.array(known, pa.date32()),
            "order": pa.array(range(len(drawn)), pa.int64()),
            "superseded_date": pa.array(
                [
                    None if e[6] is None or day is None else day + timedelta(days=e[6])
                    for e, day in zip(drawn, known, strict=True)
                ],
                pa.date32(),
            ),
            "amount": pa.array([e[3] for e in drawn], pa.float64()),
            "money": pa.array(
                [
                    None if e[3] is None else Decimal(str(e[3])).quantize(Decimal("0.01"))
                    for e in drawn
                ],
                pa.decimal128(18, 2),
            ),
            "word": pa.array([e[4] for e in drawn], pa.string()),
            "flag": pa.array([e[5] for e in drawn], pa.bool_()),
        }
    )


def _rows() -> pa.Table:
    return pa.table(
        {"as_of": pa.array([day for day in AS_OF for _ in range(ENTITIES)], pa.date32())}
    )


def _followed(following: list[frozenset[int]]) -> pa.Table:
    pairs = [(row, key) for row, keys in enumerate(following) for key in keys]
    return pa.table(
        {
            "row": pa.array([p[0] for p in pairs], pa.int64()),
            "key": pa.array([p[1] for p in pairs], pa.int64()),
        }
    )


def _features(drawn: list[tuple], following: list[frozenset[int]]) -> pa.Table:
    return kernel.aggregate(PLAN, _rows(), _followed(following), _events(drawn))


@given(events_of, following)
def test_the_kernel_agrees_with_the_sql(drawn, following):
    ours = _features(drawn, following)
    oracle = sql.aggregate(PLAN, _rows(), _followed(following), _events(drawn))
    for asked in PLAN.aggregates:
        got, expected = ours[asked.name].to_pylist(), oracle[asked.name].to_pylist()
        if asked.column == "amount" or asked.function is Function.RATIO:
            assert got == [
                x if x is None else pytest.approx(x, rel=1e-9, abs=1e-6) for x in expected
            ], asked.name
        else:
            assert got == expected, asked.name


@given(events_of, events_of, following, st.sampled_from(AS_OF))
def test_rows_learned_on_or_after_the_as_of_date_change_nothing_at_it(
    drawn, later, following, as_of
):
    until = (as_of - START).days
    unknown = [
        (k, day, max(until - day, 0) + (lag or 0) % 7, *rest) for k, day, lag, *rest in later
    ]
    before, after = _features(drawn, following), _features([*drawn, *unknown], following)
    mask = pa.array([day == as_of for day in _rows()["as_of"].to_pylist()])
    assert after.filter(mask).equals(before.filter(mask))


@given(events_of, following, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(drawn, following, random):
    table, followed = _events(drawn), _followed(following)
    shuffled = random.sample(range(len(table)), len(table))
    pairs = random.sample(range(len(followed)), len(followed))
    result = kernel.aggregate(
        PLAN,
        _rows(),
        followed.take(pa.array(pairs, pa.int64())),
        table.take(pa.array(shuffled, pa.int64())),
    )
    assert result.equals(kernel.aggregate(PLAN, _rows(), followed, table))


@given(events_of, following, st.lists(st.integers(0, 2), min_size=ENTITIES, max_size=ENTITIES))
def test_any_partition_of_the_entities_gives_the_same(drawn, following, parts):
    whole, rows, table, followed = (
        _features(drawn, following),
        _rows(),
        _events(drawn),
        _followed(following),
    )
    part = np.tile(parts, len(AS_OF))
    for number in set(parts):
        mine = np.flatnonzero(part == number)
        pairs = followed.filter(pa.array(np.isin(followed["row"].to_numpy(), mine)))
        moved = pairs.set_column(0, "row", pa.array(np.searchsorted(mine, pairs["row"].to_numpy())))
        wanted = pa.array(np.isin(table["key"].to_numpy(), pairs["key"].to_numpy()))
        result = kernel.aggregate(PLAN, rows.take(mine), moved, table.filter(wanted))
        assert result.equals(whole.take(mine))

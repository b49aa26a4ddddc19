"""Laws of what is counted around homes: equal to plain SQL, and blind to what comes later."""

from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.point_in_time.sql import window_start
from features.surroundings import surroundings
from hearth.definition import Around
from hearth.feature import Feature
from hearth.periods import Period

START = date(2020, 1, 1)
AS_OF = [date(2020, 3, 31), date(2020, 9, 1)]
HOMES = ["1", "2", "3", "4", "5"]
KEYS = [*HOMES, "9", None]  # 9 is no home of the gazetteer
AREA, WITHIN = Around(area="lsoa"), Around(within="100m")
WINDOWS = ("1m", "6m", "all")
day = st.integers(0, 400).map(lambda days: START + timedelta(days=days))
maybe = st.one_of(st.none(), day)
home = st.tuples(
    st.sampled_from(HOMES),
    day,
    maybe,
    st.sampled_from(["A", "B", None]),
    st.one_of(st.none(), st.integers(-300, 300)),
    st.sampled_from([0, 60, 100, 1_000_000]),
)
row = st.tuples(st.sampled_from(KEYS[:-1]), day, maybe, maybe, st.sampled_from(["x", "y"]))
homes_of, rows_of = st.lists(home, max_size=12), st.lists(row, max_size=25)

_QUERY = """
WITH place AS (
  SELECT as_of, homes.* FROM homes, (SELECT DISTINCT as_of FROM asked)
  WHERE known < as_of AND (superseded IS NULL OR superseded >= as_of)
  QUALIFY row_number() OVER (PARTITION BY as_of, key ORDER BY known DESC, "order" DESC) = 1
)
SELECT {values} FROM asked
LEFT JOIN place AS own ON own.as_of = asked.as_of AND own.key = asked.key
LEFT JOIN place AS other ON other.as_of = asked.as_of AND {near} AND other.key != own.key
LEFT JOIN rows AS r ON r.key = other.key AND happened < asked.as_of AND r.known < asked.as_of
  AND (r.superseded IS NULL OR r.superseded >= asked.as_of)
GROUP BY asked.as_of, asked.key ORDER BY asked.as_of, asked.key NULLS LAST
"""
_NEAR = {
    AREA: "own.lsoa = other.lsoa",
    WITHIN: "sqrt((own.easting - other.easting) ** 2 + (own.northing - other.northing) ** 2) <= 100",
}
_VALUE = {
    AREA: "1000 * {rows} / nullif(count(DISTINCT other.key), 0)",
    WITHIN: "CASE WHEN max(own.easting + own.northing) IS NOT NULL THEN {rows} END",
}


def _query(around):
    values = []
    for feature in _features(around):
        start = window_start(feature.window).replace("r.as_of", "asked.as_of")
        kept = f"r.happened >= {start} AND r.category LIKE '{feature.category or '%'}'"
        rows = f"count(r.key) FILTER (WHERE {kept})"
        values.append(_VALUE[around].format(rows=rows) + f' AS "{feature.name}"')
    return _QUERY.format(values=", ".join(values), near=_NEAR[around])


def _features(around):
    return [
        Feature(f"g_{category}_{window}", "g", "s", "number", (), None, around.measure, None,
                category, Period.parse(window))
        for category in (None, "x")
        for window in WINDOWS
    ]  # fmt: skip


def _homes(drawn):
    names = ("@key", "@knowledge_date", "@superseded_date", "lsoa", "easting", "northing")
    kinds = (pa.string(), pa.date32(), pa.date32(), pa.string(), pa.float64(), pa.float64())
    columns = list(zip(*drawn, strict=True)) or [()] * 6
    table = pa.table(
        {n: pa.array(list(c), k) for n, c, k in zip(names, columns, kinds, strict=True)}
    )
    return table.append_column("@order", pa.array(range(len(table)), pa.int64()))


def _rows(drawn):
    names = ("@key", "@event_date", "@knowledge_date", "@superseded_date", "category")
    kinds = (pa.string(), pa.date32(), pa.date32(), pa.date32(), pa.string())
    columns = list(zip(*drawn, strict=True)) or [()] * 5
    return pa.table(
        {n: pa.array(list(c), k) for n, c, k in zip(names, columns, kinds, strict=True)}
    )


def _asked():
    pairs = [(as_of, key) for as_of in AS_OF for key in KEYS]
    return pa.table(
        {
            "as_of": pa.array([p[0] for p in pairs], pa.date32()),
            "key": pa.array([p[1] for p in pairs], pa.string()),
        }
    )


def _ours(around, homes, rows):
    asked, features = _asked(), _features(around)
    return surroundings(
        around, features, asked["as_of"], asked["key"],
        rows=_rows(rows), homes=_homes(homes), split_by="category",
    )  # fmt: skip


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


@pytest.mark.parametrize("around", [AREA, WITHIN], ids=["area", "within"])
@settings(max_examples=30)
@given(homes=homes_of, rows=rows_of)
def test_what_is_counted_around_a_home_agrees_with_the_sql(connection, around, homes, rows):
    ours = _ours(around, homes, rows)
    versions = ["key", "known", "superseded", "lsoa", "easting", "northing", "order"]
    connection.register("homes", _homes(homes).rename_columns(versions))
    names = ["key", "happened", "known", "superseded", "category"]
    connection.register("rows", _rows(rows).rename_columns(names))
    connection.register("asked", _asked())
    expected = connection.execute(_query(around)).to_arrow_table()
    for name in ours.column_names:
        wanted = [
            x if x is None else pytest.approx(x, rel=1e-9) for x in expected[name].to_pylist()
        ]
        assert ours[name].to_pylist() == wanted, name


@pytest.mark.parametrize("around", [AREA, WITHIN], ids=["area", "within"])
@settings(max_examples=30)
@given(homes_of, rows_of, homes_of, rows_of, st.sampled_from(AS_OF))
def test_what_is_learned_on_or_after_the_as_of_date_changes_nothing_around(
    around, homes, rows, more_homes, more_rows, as_of
):
    later_homes = [(key, max(known, as_of), *rest) for key, known, *rest in more_homes]
    later_rows = [
        (key, happened, max(known or as_of, as_of), *rest)
        for key, happened, known, *rest in more_rows
    ]
    mask = pc.equal(_asked()["as_of"], pa.scalar(as_of))
    before = _ours(around, homes, rows).filter(mask)
    after = _ours(around, [*homes, *later_homes], [*rows, *later_rows]).filter(mask)
    assert after.equals(before)


@given(homes_of, rows_of, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing_around(homes, rows, random):
    shuffled = random.sample(rows, len(rows))
    assert _ours(WITHIN, homes, shuffled).equals(_ours(WITHIN, homes, rows))

import pyarrow as pa

from features.home_areas import area_table


def test_each_row_has_the_area_of_its_home_and_null_where_none_is_known():
    rows = pa.table({"entity_id": ["a", "b", "c"], "as_of": ["d"] * 3})
    keys = pa.array(["X2", "X1"]).dictionary_encode()
    pairs = pa.table({"row": pa.array([2, 0], pa.int32()), "key": keys})

    assert area_table(rows, pairs)["area"].to_pylist() == ["X1", None, "X2"]

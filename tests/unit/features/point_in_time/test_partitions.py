from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from features.followed import Followed
from features.point_in_time import kernel
from features.point_in_time.partitions import Partitions, in_parallel
from features.point_in_time.plan import Aggregate, Function, GroupPlan
from features.point_in_time.spill import PartedPairs, Spill

PLAN = GroupPlan(
    "g", (Aggregate("count", Function.COUNT), Aggregate("last", Function.LAST, "topic"))
)
DAYS = [date(2022, 1, 1), date(2023, 1, 1)]
HOMES = ["a", "b", "c", "d", "e"]
ROWS = pa.table({"entity_id": HOMES * 2, "as_of": pa.array([d for d in DAYS for _ in HOMES])})
PAIRS = pa.table({"row": list(range(10)), "key": list("vwxyzzyxwv")})


@pytest.fixture
def events():
    happened = pa.array([date(2021, 1, 1 + n) for n in range(8)])
    return pa.table(
        {
            "key": list("vvwxxxzz"),
            "event_date": happened,
            "knowledge_date": happened,
            "order": list(range(8)),
            "topic": list("abcdefgh"),
        }
    )


def _in_partitions(folder, events, size, batches):
    parts = Partitions.of(ROWS["entity_id"], size)
    spill = Spill(folder / "spill", PartedPairs(Followed.of(PAIRS), parts))
    spill.write(events.slice(at, batches) for at in range(0, len(events), batches))
    made = [
        kernel.aggregate(PLAN, ROWS.take(pa.array(mine)), spill.pairs(part), spill.events(part))
        for part, mine in enumerate(parts.rows)
    ]
    return pa.concat_tables(made).take(pa.array(np.argsort(parts.order)))


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize("batches", [1, 3, 8])
def test_partitions_and_batches_of_any_size_give_what_the_whole_gives(
    tmp_path, events, size, batches
):
    followed = Followed.of(PAIRS)
    codes = pa.array(["vwxyz".index(key) for key in events["key"].to_pylist()])
    whole = kernel.aggregate(PLAN, ROWS, followed.pairs, events.set_column(0, "key", codes))
    assert _in_partitions(tmp_path, events, size, batches).equals(whole)
    assert whole["count"].to_pylist() == [2, 1, 3, 0, 2, 2, 0, 3, 1, 2]
    assert whole["last"].to_pylist() == ["b", "c", "f", None, "h", "h", None, "f", "c", "b"]


def test_work_done_in_parallel_comes_back_in_order():
    assert list(in_parallel(lambda n: n * n, range(20), workers=3)) == [n * n for n in range(20)]


def test_a_failure_in_one_partition_is_told_and_the_rest_is_not_begun():
    begun = []

    def make(item):
        begun.append(item)
        if item == 2:
            raise ValueError(item)

    with pytest.raises(ValueError, match="2"):
        list(in_parallel(make, range(100), workers=2))
    assert len(begun) < 10

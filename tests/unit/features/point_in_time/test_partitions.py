from datetime import date

import pyarrow as pa
import pytest

from features.point_in_time import kernel, partitions
from features.point_in_time.plan import Aggregate, Function, GroupPlan

PLAN = GroupPlan(
    "g", (Aggregate("count", Function.COUNT), Aggregate("last", Function.LAST, "topic"))
)


@pytest.mark.parametrize("entities", [1, 2, 3, 100])
def test_partitions_of_any_size_give_what_the_whole_gives(entities):
    days = [date(2022, 1, 1), date(2023, 1, 1)]
    homes = ["a", "b", "c", "d", "e"]
    rows = pa.table({"entity_id": homes * 2, "as_of": pa.array([d for d in days for _ in homes])})
    followed = pa.table({"row": list(range(10)), "key": [0, 1, 2, 3, 4, 4, 3, 2, 1, 0]})
    happened = pa.array([date(2021, 1, 1 + n) for n in range(8)])
    events = pa.table(
        {
            "key": [0, 0, 1, 2, 2, 2, 4, 4],
            "event_date": happened,
            "knowledge_date": happened,
            "order": list(range(8)),
            "topic": list("abcdefgh"),
        }
    )
    whole = kernel.aggregate(PLAN, rows, followed, events)
    assert partitions.aggregate(PLAN, rows, followed, events, entities=entities).equals(whole)
    assert whole["count"].to_pylist() == [2, 1, 3, 0, 2, 2, 0, 3, 1, 2]

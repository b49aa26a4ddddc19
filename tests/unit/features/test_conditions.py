import pyarrow as pa
import pytest

from features.conditions import meeting
from hearth.definition import Condition

TABLE = pa.table(
    {
        "row": [1, 2, 3, 4],
        "topic": ["noise", "damp", None, "rats"],
        "score": pa.array([10, 20, None, 30], pa.int64()),
        "open": [True, False, None, True],
    }
)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ({"column": "topic", "is": "noise"}, [1]),
        ({"column": "topic", "is_not": "noise"}, [2, 4]),
        ({"column": "topic", "in": ["noise", "rats"]}, [1, 4]),
        ({"column": "score", "at_least": 20}, [2, 4]),
        ({"column": "score", "at_most": 20}, [1, 2]),
        ({"column": "score", "above": 20}, [4]),
        ({"column": "score", "below": 19.5}, [1]),
        ({"column": "score", "in": [10, 30]}, [1, 4]),
        ({"column": "open", "is": False}, [2]),
        ({"column": "open", "is_not": False}, [1, 4]),
    ],
)
def test_a_missing_value_meets_no_condition(condition, rows):
    assert meeting(TABLE, [Condition(**condition)])["row"].to_pylist() == rows


def test_all_conditions_must_hold():
    both = [Condition(column="open", **{"is": True}), Condition(column="score", below=20)]
    assert meeting(TABLE, both)["row"].to_pylist() == [1]

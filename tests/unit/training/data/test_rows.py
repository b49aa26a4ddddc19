from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.feature_parts import part_name
from hearth.errors import UnusableInputError
from hearth.risk_model import FeatureSpec
from training.data.rows import Held, Rows, Stored, stored_rows
from training.learners.estimator import LightGBM

TENURES = ("owned", "rented")
FEATURES = tuple(
    FeatureSpec(name, "home", "homes", kind, categories)
    for name, kind, categories in (
        ("floors", "number", ()),
        ("tenure", "category", TENURES),
        ("rooms", "number", ()),
    )
)


def table(examples):
    columns = examples.rows.table().T
    tenure = [None if np.isnan(code) else TENURES[int(code)] for code in columns[1]]
    return pa.table(
        {
            "floors": pa.array(columns[0], from_pandas=True),
            "tenure": pa.array(tenure, pa.string()),
            "rooms": pa.array(columns[2], from_pandas=True),
        }
    )


@pytest.fixture
def examples(make_examples):
    made = make_examples().observed()
    order = [0, 2, 1]  # number, category, number
    return type(made)(
        FEATURES, Rows.of(made.rows.table()[:, order]), *list(vars(made).values())[2:]
    )


@pytest.fixture
def stored(examples, tmp_path):
    """The same rows in three parts of unlike sizes, on disk."""
    whole, cuts = table(examples), [0, 7, 200, len(examples)]
    for part, (start, end) in enumerate(pairwise(cuts)):
        pq.write_table(whole.slice(start, end - start), tmp_path / part_name(part))
    return Rows(Stored(tmp_path, FEATURES, "key"))


@pytest.mark.parametrize(
    "numbers", [slice(None), slice(3, 6), [5, 250, 6, 7], [0, -1], []], ids=str
)
def test_rows_on_disk_are_the_rows_in_memory_whichever_are_asked_for(examples, stored, numbers):
    asked, held = stored.where(numbers), examples.rows.where(numbers)

    np.testing.assert_array_equal(asked.table(), held.table())
    np.testing.assert_array_equal(asked.column(1), held.column(1))


def test_some_features_of_rows_on_disk_are_those_in_memory(examples, stored):
    two, held = stored.select([2, 1]), examples.rows.select([2, 1])

    np.testing.assert_array_equal(two.table(), held.table())
    np.testing.assert_array_equal(two.column(0), stored.column(2))
    assert two.digest != stored.digest


def test_batches_are_all_rows_in_order(stored, monkeypatch):
    monkeypatch.setattr("training.data.rows.CELLS", 90)
    batches = list(stored.batches())

    assert {len(batch) for batch in batches[:-1]} == {30}
    np.testing.assert_array_equal(np.concatenate(batches), stored.table())


def test_trees_learnt_from_rows_on_disk_are_those_learnt_from_memory(examples, stored, monkeypatch):
    monkeypatch.setattr("training.data.rows.CELLS", 90)
    learner = LightGBM(FEATURES, seed=1)
    on_disk = type(examples)(FEATURES, stored, *list(vars(examples).values())[2:])

    assert learner.fit(on_disk).text == learner.fit(examples).text


def test_a_digest_tells_rows_and_their_order_apart(examples):
    rows = examples.rows
    same, fewer, back = (
        rows.where(slice(None)),
        rows.where(slice(5)),
        rows.where(slice(4, None, -1)),
    )

    assert same.digest == rows.digest
    assert len({rows.digest, fewer.digest, back.digest}) == 3


def test_few_rows_are_held_in_memory(stored, tmp_path):
    assert isinstance(stored_rows(tmp_path, FEATURES, "key")._store, Held)


def test_a_category_that_is_new_is_refused_once_its_part_is_read(stored, tmp_path):
    feature = FeatureSpec("tenure", "home", "homes", "category", ("owned",))

    with pytest.raises(UnusableInputError, match="`tenure` holds 1 value that is no category"):
        stored_rows(tmp_path, [feature], "key")

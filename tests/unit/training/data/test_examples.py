from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.feature_parts import part_name
from hearth.errors import DataError
from training.data.examples import label_periods, read_examples, specs_of

FEATURES = {
    "entity_id": ["a", "b", "a", "b"],
    "as_of": [date(2020, 1, 1)] * 2 + [date(2021, 1, 1)] * 2,
    "home_floors": [1.0, None, 3.0, 4.0],
    "home_tenure": ["rented", None, "owned", "rented"],
}
MANIFEST = {
    "key": "made up",
    "features": [
        {
            "name": name,
            "group": "home",
            "source": "homes",
            "kind": kind,
            "categories": categories,
            "unit": None,
        }
        for name, kind, categories in (
            ("home_floors", "number", []),
            ("home_tenure", "category", ["owned", "rented"]),
        )
    ],
}


def labels(label, observed, **changes):
    return pa.table(
        {
            "entity_id": FEATURES["entity_id"],
            "as_of": FEATURES["as_of"],
            "label": pa.array(label, pa.bool_()),
            "observed": observed,
            "window_end": [day.replace(year=day.year + 1) for day in FEATURES["as_of"]],
            "found_on": pa.array([date(2020, 2, 1)] + [None] * 3, pa.date32()),
            "visited": pa.nulls(4, pa.bool_()),
            "drawn": pa.nulls(4, pa.bool_()),
            "drawn_label": pa.nulls(4, pa.bool_()),
            **changes,
        }
    )


@pytest.fixture
def parts(tmp_path):
    """The features in two parts, as a matrix keeps them."""
    whole = pa.table(FEATURES)
    for number in range(2):
        pq.write_table(whole.slice(2 * number, 2), tmp_path / part_name(number))
    return tmp_path


@pytest.fixture
def read(parts):
    def examples(*found, **changes):
        return read_examples(parts, labels(*found, **changes), MANIFEST)

    return examples


def test_a_row_nobody_looked_at_is_neither_positive_nor_negative(read):
    examples = read([True, None, False, None], [True, False, True, False])

    assert examples.outcomes.positive.tolist() == [True, False, False, False]
    assert examples.outcomes.negative.tolist() == [False, False, True, False]
    assert len(examples.observed()) == 2


def test_a_label_that_is_not_known_is_not_observed_whatever_the_column_says(read):
    examples = read([None] * 4, [True] * 4)

    assert not examples.outcomes.observed.any()


def test_categories_are_places_in_the_vocabulary_and_missing_stays_missing(read):
    rows = read([True] * 4, [True] * 4).rows.table()

    assert rows[[0, 2, 3]].tolist() == [[1.0, 1.0], [3.0, 0.0], [4.0, 1.0]]
    assert str(rows[1].tolist()) == "[nan, nan]"


def test_tables_about_other_rows_are_refused(read):
    with pytest.raises(DataError, match="build the matrix again"):
        read([True] * 4, [True] * 4, entity_id=["b", "a", "a", "b"])


def test_a_date_without_a_known_outcome_has_no_label_period(parts):
    made = labels([True, None, None, None], [True, False, False, False])
    examples = read_examples(parts, made, MANIFEST)

    (period,) = label_periods(examples, made["window_end"], lambda _: date(2021, 3, 1))

    assert (period.as_of, period.known_on) == (date(2020, 1, 1), date(2021, 3, 1))


def test_who_decided_an_outcome_and_when_stands_beside_it(read):
    said = pa.array(["officer 1", None, None, None])
    examples = read([True, None, None, None], [True] + [False] * 3, assessor_officer=said)
    first = examples.where(examples.outcomes.observed)

    assert first.found_on.tolist() == [date(2020, 2, 1)]
    assert first.assessors["officer"].tolist() == ["officer 1"]
    assert examples.assessors["officer"].tolist() == ["officer 1", "", "", ""]


def test_features_of_assessors_are_no_features_of_the_model():
    kept = specs_of({**MANIFEST, "assessor_features": ["home_floors"]})
    assert [spec.name for spec in kept] == ["home_tenure"]


def test_where_the_definition_names_no_visits_nothing_is_said_of_them(read):
    assert read([None] * 4, [False] * 4).visited is None
    visited = pa.array([True, False, True, False])
    examples = read([None] * 4, [False] * 4, visited=visited)
    assert examples.on([date(2021, 1, 1)]).visited.tolist() == [True, False]


def test_those_drawn_by_lot_have_outcomes_of_their_own(read):
    drawn = {"drawn": [True, False] * 2, "drawn_label": pa.array([True, None, False, None])}
    arm = read([True] * 4, [True] * 4, **drawn).arm
    assert arm.observed.tolist() == [True, False, True, False]
    assert arm.positive.tolist() == [True, False, False, False]

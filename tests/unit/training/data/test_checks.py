"""Rows on which no training could stand are refused before a fit; what is merely odd is said."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from features.matrix import Matrix
from hearth.errors import DataError
from training.analyses.notes import notes
from training.data.checks import check_rows, constant_features, planned_splits, unseen_categories
from training.data.examples import Examples
from training.data.prepared import Prepared
from training.data.rows import Rows
from training.figures.metrics import Outcomes

AS_OF = {"first": "2019-01-01", "last": "2024-01-01", "every": "12m"}


@pytest.fixture
def prepare(define, make_examples, label_years):
    """Function that prepares made-up examples, changed as told, in the matrix of a definition."""

    def of(change=lambda examples: examples, definition=None):
        examples = change(make_examples())
        seen = {day.astype(object) for day in examples.as_of[examples.outcomes.observed]}
        periods = tuple(period for period in label_years() if period.as_of in seen)
        matrix = Matrix(None, None, {"labels_known_by": "2025-06-01"})
        return Prepared(define({"as_of": AS_OF, **(definition or {})}), matrix, examples, periods)

    return of


def _at(examples, *years):
    return np.isin(examples.as_of, np.array([f"{year}-01-01" for year in years], "datetime64[D]"))


def _outcomes(examples, rows, *, observed=True, positive=False):
    seen = np.where(rows, observed, examples.outcomes.observed)
    true = np.where(rows, positive & seen, examples.outcomes.positive)
    return replace(examples, outcomes=Outcomes(true, seen))


def unseen_at(*years):
    return lambda examples: _outcomes(examples, _at(examples, *years), observed=False)


def negative_at(*years):
    return lambda examples: _outcomes(examples, _at(examples, *years))


def empty_at(*years):
    return lambda examples: examples.where(~_at(examples, *years))


def _faults(prepared):
    with pytest.raises(DataError) as caught:
        check_rows(prepared)
    return [
        str(fault).removeprefix("models/noisy_homes/model.yaml: ") for fault in caught.value.faults
    ]


def _said(prepared, splits=()):
    experiment = SimpleNamespace(splits=splits)
    final = SimpleNamespace(trained_on=tuple(p.as_of for p in prepared.periods))
    found = notes(
        SimpleNamespace(
            **vars(prepared),
            labels_known_by=prepared.labels_known_by,
            experiment=experiment,
            final=final,
        )
    )
    return None if found is None else found.sentences


def test_rows_that_can_be_tested_pass(prepare):
    assert check_rows(prepare()) is None
    assert _said(prepare()) is None


@pytest.mark.parametrize(("held", "count"), [("80 at 2021-01-01, 80 at 2022-01-01", 81)])
def test_a_capacity_above_the_cohort_is_refused_by_date(prepare, held, count):
    (fault,) = _faults(prepare(definition={"capacity": {"count": count}}))

    assert fault.startswith(f"`capacity.count` is {count}, more than the cohort: {held}")


def test_a_capacity_of_the_whole_cohort_is_taken(prepare):
    assert check_rows(prepare(definition={"capacity": {"count": 80}})) is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (unseen_at(2022), "no outcome was observed"),
        (empty_at(2022), "nobody is in the cohort"),
    ],
)
def test_an_empty_test_year_is_named_and_the_others_tested(prepare, change, why):
    prepared = prepare(change)

    check_rows(prepared)

    assert _said(prepared) == [f"2022-01-01 is not tested: {why}."]


@pytest.mark.parametrize(("change"), [unseen_at(2022), empty_at(2022)])
def test_an_empty_year_is_refused_where_the_definition_names_it(prepare, change):
    as_of = {**AS_OF, "test_from": "2022-01-01"}

    (fault,) = _faults(prepare(change, {"as_of": as_of}))

    assert fault.startswith("`as_of.test_from` asks for tests on 2022-01-01, and no")


def test_a_split_that_would_learn_from_one_class_is_left_out_and_named(prepare):
    prepared = prepare(negative_at(2019, 2020))

    check_rows(prepared)

    assert _said(prepared) == [
        "2021-01-01 is not tested: all outcomes that it would learn from are of one class."
    ]


def test_where_no_split_is_left_every_date_is_named(prepare):
    (fault,) = _faults(prepare(negative_at(*range(2019, 2024))))

    for year in range(2021, 2025):
        assert f"{year}-01-01: all outcomes that it would learn from are of one class" in fault


def test_a_date_tested_on_with_one_class_is_told(prepare):
    (said,) = _said(prepare(negative_at(2024)))

    assert said.startswith("At 2024-01-01 all ")
    assert said.endswith("observed are of one class, so AUC and calibration cannot be told.")


def test_nobody_to_score_is_refused_with_every_other_fault(prepare):
    faults = _faults(prepare(empty_at(2024), {"capacity": {"count": 81}}))

    assert [fault.split("`")[1] for fault in faults] == ["capacity.count", "cohort"]


def _changed(examples: Examples, place, values, rows=slice(None)) -> Examples:
    table = examples.rows.table().copy()
    table[rows, place] = values
    return replace(examples, rows=Rows.of(table))


@pytest.mark.parametrize(("value", "is_constant"), [(3.0, True), (np.nan, True), (None, False)])
def test_a_feature_that_never_varies_is_named(prepare, value, is_constant):
    prepared = prepare(
        lambda each: each if value is None else _changed(each, 1, value, ~_at(each, 2024))
    )
    dates = tuple(date(year, 1, 1) for year in range(2019, 2024))

    assert constant_features(prepared.examples, dates) == (("home_floors",) if is_constant else ())


def test_a_feature_missing_for_some_is_not_constant(prepare):
    prepared = prepare(
        lambda each: _changed(each, 1, np.where(each.rows.column(0) > 1, 3.0, np.nan))
    )

    assert _said(prepared) is None


def test_a_constant_feature_is_said_and_tagged(prepare):
    said = _said(prepare(lambda each: _changed(each, 1, 3.0)))

    assert said[0].startswith(
        "Never varying in the rows learnt from, and so of no use: home_floors."
    )


def test_a_category_that_no_row_learnt_from_has_is_counted_by_date(prepare):
    prepared = prepare(lambda each: _changed(each, 2, 0.0, ~_at(each, 2022)))
    prepared = replace(
        prepared, examples=_changed(prepared.examples, 2, 1.0, _at(prepared.examples, 2022))
    )
    splits = planned_splits(prepared.definition, prepared.labels_known_by)

    assert unseen_categories(prepared.examples, splits) == {date(2022, 1, 1): {"home_tenure": 80}}


def test_only_dates_mature_at_the_extract_are_asked_for(prepare):
    planned = planned_splits(prepare().definition, date(2024, 6, 1))

    assert [split.test.as_of.year for split in planned] == [2021, 2022, 2023]

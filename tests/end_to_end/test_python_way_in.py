"""`hearth.open`: a workspace in Python, as a data scientist uses it."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

import hearth

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("demo"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),  # of MLflow itself
]

MODEL = "school_readiness"


@pytest.fixture(scope="module")
def workspace(demo, tmp_path_factory):
    """A copy of the demonstration, opened."""
    return hearth.open(demo.copy(tmp_path_factory.mktemp("python") / "demo").workspace)


@pytest.fixture(scope="module")
def matrix(workspace):
    return workspace.matrix(MODEL)


def test_its_models_are_named(workspace):
    assert workspace.models == [
        "food_inspections",
        "rental_standards",
        "school_readiness",
        "unlicensed_hmo",
    ]


def test_its_features_are_listed_with_their_source(workspace):
    features = workspace.features(MODEL)
    assert features.loc["development_review_areas_below", "source"] == "two_year_review"


def test_a_matrix_has_one_row_an_entity_and_date(matrix):
    assert matrix.index.names == ["entity_id", "as_of"]
    assert matrix.index.is_unique


def test_a_matrix_holds_every_feature_and_the_label_last(workspace, matrix):
    assert list(matrix.columns) == [*workspace.features(MODEL).index, "label"]


def test_numbers_are_floats_categories_are_categories_and_labels_may_be_unknown(workspace, matrix):
    kinds = workspace.features(MODEL)["kind"]
    for name, kind in kinds.items():
        wanted = pd.CategoricalDtype if kind == "category" else type(pd.Series(dtype=float).dtype)
        assert isinstance(matrix[name].dtype, wanted), name
    assert matrix["label"].dtype == pd.BooleanDtype()
    assert set(matrix["label"].unique()) == {True, False, pd.NA}


@pytest.mark.parametrize("day", ["2023-09-01", date(2023, 9, 1)], ids=["text", "date"])
def test_one_date_of_a_matrix_is_that_part_of_the_whole(workspace, matrix, day):
    part = workspace.matrix(MODEL, as_of=day)
    assert set(part.index.get_level_values("as_of")) == {date(2023, 9, 1)}
    pd.testing.assert_frame_equal(
        part, matrix[matrix.index.get_level_values(1) == date(2023, 9, 1)]
    )


def test_a_date_the_definition_does_not_have_is_refused_with_those_it_has(workspace):
    with pytest.raises(
        ValueError, match="2023-09-02 is no as-of date of school_readiness; use one of 2020-09-01"
    ):
        workspace.matrix(MODEL, as_of="2023-09-02")


def test_a_model_that_is_not_there_is_refused_with_those_that_are(workspace):
    with pytest.raises(hearth.errors.NotFoundError, match="no_such; there are: food_inspections"):
        workspace.matrix("no_such")


def test_training_what_has_not_changed_gives_the_version_there_is(workspace):
    run = workspace.train("rental_standards")
    assert run.version == "1"
    assert run.is_bar_met
    assert run.chosen in run.candidates().index.get_level_values("candidate")
    assert {"rule", "met", "detail"} <= set(run.bar().columns)


def test_the_scored_rows_of_a_run_are_a_frame(workspace):
    scored = workspace.train("rental_standards").scored()
    assert {"entity_id", "as_of", "candidate", "score", "label"} <= set(scored.columns)


def test_a_report_is_a_file_to_open(workspace):
    report = workspace.report("rental_standards")
    assert report.name == "report.html"
    assert "<h1" in report.read_text()


def test_ingesting_again_says_what_was_up_to_date(workspace):
    assert workspace.ingest()["up_to_date"].all()

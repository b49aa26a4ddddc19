import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from governance.given_file import Columns, report_file
from governance.given_scores import Question, assess_scores
from governance.report.render import make_document, render_html
from hearth.definition import Capacity
from hearth.errors import DataError, StateError

COMPAS = Path(__file__).parents[2] / "data" / "compas_for_aequitas.csv.gz"
BY_RACE = Columns("label_value", ("race", "sex"), score="score", selected="score")
PUBLIC = Question("punitive", "none", references={"race": "Caucasian"})


def print_nothing(_page, _made_at):
    return b"%PDF"


def make(tmp_path, clock, columns=BY_RACE, question=PUBLIC, path=COMPAS):
    return report_file(
        path, columns, question, tmp_path / "report", now=clock(), command="hearth fairness …",
        printer=print_nothing,
    )  # fmt: skip


def small(**columns):
    asked = columns.pop("question", Question("assistive", "none"))
    groups = {"sex": ["F", "M"] * 4}
    return assess_scores(label=[1, 0, 1, 1, 0, 0, 1, 0], groups=groups, question=asked, **columns)


def test_compas_as_a_file_gives_the_figures_everybody_knows(tmp_path, clock):
    made = make(tmp_path, clock)

    said = json.loads((made.folder / "report.json").read_bytes())
    rows = {row["group"]: row for row in said["groups"]["race"]["rows"]}
    rate = rows["African-American"]["rates"]["false_positive_rate"]["interval"]
    assert {key: round(value, 4) for key, value in rate.items()} == {
        "value": 0.4485, "low": 0.4256, "high": 0.4716,
    }  # fmt: skip
    compared = rows["Native American"]["comparisons"]["false_positive_rate"]
    assert (round(compared["ratio"]["value"], 3), compared["verdict"]) == (1.599, "cannot tell")
    assert made.rows == 7214


def test_parquet_gives_the_same_report_as_csv(tmp_path, clock):
    pd.read_csv(COMPAS).to_parquet(tmp_path / "scores.parquet")
    first = json.loads((make(tmp_path, clock).folder / "report.json").read_bytes())

    again = make(tmp_path, clock, path=tmp_path / "scores.parquet")

    assert json.loads((again.folder / "report.json").read_bytes())["groups"] == first["groups"]


def test_what_needs_the_model_says_that_it_is_not_available():
    page = render_html(make_document(small(selected=[1, 1, 0, 0] * 2)))

    for reason in ("how the outcome came to be recorded", "simpler ways of ranking", "the model was not seen"):  # fmt: skip
        assert reason in page
    assert "Success bar met" not in page
    assert "given_scores" not in page


def test_capacity_takes_the_highest_scores_of_each_day():
    asked = Question("assistive", "none", capacity=Capacity(count=1))
    found = small(score=range(8), day=["2025-01-01", "2026-01-01"] * 4, question=asked)

    listed = {row.group: row.counts["selected"] for row in found.tables["sex"].rows}
    assert listed == {"F": 1, "M": 1}
    assert [split.split for split in found.performance.splits] == ["2025-01-01", "2026-01-01"]


def test_a_row_not_looked_at_is_no_negative():
    found = small(selected=[1, 0] * 4, observed=[0, 0, 1, 1, 1, 1, 1, 1])

    assert found.tables["sex"].everyone.counts["known"] == 6


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({}, "selected` is missing"),
        ({"selected": ["maybe"] * 8}, "holds 8 values that are neither yes nor no"),
        ({"selected": [1] * 8, "score": [None] * 8}, "score` 8 rows have none"),
        ({"selected": [1] * 8, "day": ["1 May"] * 8}, "day` 8 rows hold no date"),
        ({"selected": [1] * 8, "entity": [1] * 8}, "7 rows repeat an entity"),
    ],
)
def test_a_column_that_cannot_be_used_is_named_without_its_values(columns, told):
    with pytest.raises(DataError) as refused:
        small(**columns)

    assert told in str(refused.value)
    assert "maybe" not in str(refused.value)
    assert "May" not in str(refused.value)


def test_a_column_the_file_lacks_is_named_with_those_it_has(tmp_path, clock):
    with pytest.raises(DataError, match=r"`ethnicity` is no column of the file; use one of.*race"):
        make(tmp_path, clock, Columns("label_value", ("ethnicity",), selected="score"))


def test_a_folder_of_something_else_is_left_alone(tmp_path, clock):
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "thesis.txt").write_text("mine")

    with pytest.raises(StateError, match="something other than a report"):
        make(tmp_path, clock)


def test_what_nobody_may_choose_for_you_is_asked_for_with_its_meaning():
    start = "from hearth.cli.main import main; main()"
    asked = [sys.executable, "-c", start, "fairness", "x.csv", "--label", "y"]
    told = subprocess.run(
        [*asked, "--group", "sex", "--selected", "s", "--out", "r"], capture_output=True, text=True, check=False
    )  # fmt: skip

    assert told.returncode == 1
    assert "--intervention punitive" in told.stderr
    assert "listing someone without cause is the worst error" in told.stderr
    assert "--disclosure dfe" in told.stderr


def test_an_identifier_taken_for_a_group_is_refused_at_once():
    with pytest.raises(DataError) as told:
        assess_scores(
            label=[1, 0] * 101,
            selected=[1, 0] * 101,
            groups={"household": [f"h{number}" for number in range(202)]},
            question=Question("assistive", "none"),
        )
    (fault,) = told.value.faults
    assert (fault.place, fault.found.split(",")[0]) == ("household", "holds 202 different values")

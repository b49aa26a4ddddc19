import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest

from features.data_register import register_files, register_of
from hearth.catalogue import load_catalogue
from hearth.risk_model.files import check_files

ON = date(2026, 11, 2)


@pytest.fixture(scope="module")
def catalogue(repository):
    return load_catalogue(repository)


@pytest.fixture
def register(catalogue, tmp_path):
    return register_of(catalogue.sources, catalogue.models, tmp_path, on=ON)


def test_every_source_says_which_models_and_groups_use_it(register):
    used = {entry.contract.source: {u.model: u for u in entry.used_by} for entry in register}
    assert used["two_year_review"]["school_readiness"].groups == ("development_review",)
    assert used["eyfs_profile"]["school_readiness"].places == ("the outcome",)
    assert "school_readiness" not in used["hmo_licences"]


def test_days_left_of_an_agreement_are_counted(register):
    left = {entry.contract.source: entry.days_left for entry in register}
    assert left["antisocial_behaviour"] == (date(2028, 3, 31) - ON).days
    assert left["residents"] is None  # the council's own


def test_an_agreement_that_has_ended_is_below_nought(catalogue, tmp_path):
    late = register_of(catalogue.sources, {}, tmp_path, on=date(2028, 4, 2))
    assert {e.contract.source: e.days_left for e in late}["antisocial_behaviour"] == -2


def test_all_four_forms_hold_every_source(register):
    files = register_files(register, on=ON)
    check_files(files)
    names = [entry.contract.source for entry in register]
    assert [s["source"] for s in json.loads(files["register.json"])["sources"]] == names
    rows = list(csv.DictReader(io.StringIO(files["register.csv"].decode())))
    assert [row["source"] for row in rows] == names
    for name in names:
        assert f"**Source:** {name}" in files["register.md"].decode()
        assert f'id="{name}"' in files["register.html"].decode()


def test_the_register_of_a_day_is_always_the_same(register):
    assert register_files(register, on=ON) == register_files(register, on=ON)


def test_a_handful_of_rows_is_withheld_where_it_is_published(register):
    few = replace(
        register[0],
        held={"rows": 3, "expired": 1, "extracted_on": "2026-09-01", "ingested_on": "2026-09-02"},
    )
    files = register_files([few], on=ON)
    assert json.loads(files["register.json"])["sources"][0]["held"]["rows"] is None
    assert "[c]" in files["register.csv"].decode()
    assert "[c] rows" in files["register.html"].decode()
    assert "**Rows held:** [c]" in files["register.md"].decode()

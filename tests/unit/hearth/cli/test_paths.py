"""Paths: what is typed is taken from where one stands, and what is printed can be pasted."""

from __future__ import annotations

from pathlib import Path

import pytest

from hearth.cli.context import Context
from hearth.errors import NotFoundError
from hearth.settings import load_settings

ROWS = "complaint_id,uprn,logged_on\nc1,100,2024-01-02\nc2,200,2024-02-03\n"


@pytest.fixture
def elsewhere(workspace, monkeypatch):
    """A workspace in a folder of the folder in which one stands."""
    monkeypatch.chdir(workspace)
    (workspace / "ws" / "data").mkdir(parents=True)
    return Context(load_settings(Path("ws")))


def test_a_typed_path_is_taken_from_this_folder_before_the_workspace(elsewhere):
    inside = elsewhere.settings.workspace / "rows.csv"
    inside.write_text(ROWS)
    assert elsewhere.located(Path("rows.csv")) == inside
    Path("rows.csv").write_text(ROWS)
    assert elsewhere.located(Path("rows.csv")) == Path.cwd() / "rows.csv"


def test_a_path_that_is_in_neither_is_refused(elsewhere):
    with pytest.raises(NotFoundError, match="neither in this folder nor in the workspace"):
        elsewhere.located(Path("rows.csv"))


def test_a_printed_path_works_where_one_stands(elsewhere, monkeypatch):
    file = elsewhere.settings.workspace / "data" / "pairs.csv"
    assert elsewhere.shown(file) == "ws/data/pairs.csv"
    assert elsewhere.hearth == "hearth -w ws"
    monkeypatch.chdir(elsewhere.settings.workspace)
    assert (elsewhere.hearth, elsewhere.shown(file)) == ("hearth", "data/pairs.csv")
    monkeypatch.chdir("/")
    assert Path(elsewhere.shown(file)) == Path(str(file).lstrip("/"))


def test_a_source_is_drafted_from_an_extract_of_the_workspace(hearth, elsewhere):
    (elsewhere.settings.workspace / "data" / "rows.csv").write_text(ROWS)
    told = hearth("-w", "ws", "new", "source", "complaints", "data/rows.csv")
    assert "Drafted ws/features/sources/complaints.yaml" in told.out
    draft = Path("ws/features/sources/complaints.yaml").read_text()
    assert "file: data/rows.csv" in draft

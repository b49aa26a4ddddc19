"""First drafts: what cannot become a contract or definition is refused before a file is written."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("name", ["bad name", "../sideways", "Noise"])
def test_a_draft_is_not_written_under_a_name_that_is_none(hearth, made, name):
    (made.root / "rows.csv").write_text("complaint_id,uprn\nc1,100\n")
    before = sorted(made.root.rglob("*.yaml"))
    for draft in (("source", name, "rows.csv"), ("model", name, "complaints")):
        told = hearth("new", *draft)
        assert told.code == 2
        assert "is no name" in told.err
    assert sorted(made.root.rglob("*.yaml")) == before


def test_a_model_over_a_source_that_is_not_there_names_those_that_are(hearth, made):
    told = hearth("new", "model", "m2", "nothere")
    assert told.code == 1
    assert told.err == "no source is called nothere; there are: complaints, register\n"

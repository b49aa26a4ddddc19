import json
import sys
from datetime import UTC, datetime

import pytest

from hearth.cli import context
from hearth.cli.main import main


@pytest.fixture
def hearth(council, monkeypatch, capsys):
    """Runs a command in the council's workspace; gives its exit code, output and errors."""
    monkeypatch.setattr(context, "utc_now", lambda: datetime(2026, 11, 2, tzinfo=UTC))

    def run(*arguments):
        root = str(council.small.root)
        monkeypatch.setattr(sys, "argv", ["hearth", "--workspace", root, *arguments])
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        return code, *capsys.readouterr()

    return run


def test_a_council_that_does_not_leak_is_told_so(council, hearth):
    council.small.ingest()
    code, said, _ = hearth("check-leaks", "letting", "--dates", "1")
    assert code == 0
    assert "letting: no leak found; 6 features, built again from data cut at 20" in said


def test_leaks_are_refused_with_everything_a_machine_wants(council, hearth):
    overwritten = [9 if found else 4 for found in council.unlicensed]
    council.write("homes", [council.home(i, rooms) for i, rooms in enumerate(overwritten)])
    council.small.ingest()
    code, said, errors = hearth("check-leaks", "letting", "--dates", "0", "--json")
    assert code == 1
    assert "models/letting/model.yaml: `features.home` home_rooms alone tells" in errors
    assert "letting: 1 leak found" in errors
    assert [f["test"] for f in json.loads(said)["findings"]] == ["too good"]

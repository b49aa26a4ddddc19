import json

import pytest
from typer.testing import CliRunner

from features.synthetic.outlines import CREDIT, outlines
from governance.geography.area_map import AreaMap
from hearth.cli.main import app

OPTIONS = ["--code", "code", "--name", "name", "--credit", CREDIT]


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Outlines of a made-up council in an empty workspace."""
    monkeypatch.setenv("HEARTH_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "areas.geojson").write_text(outlines(1)["ward"])
    return tmp_path


def run(folder, *words):
    return CliRunner().invoke(app, ["-w", str(folder), "areas", *words])


def test_outlines_are_kept_where_reports_and_pages_look(made):
    done = run(made, "ward", str(made / "areas.geojson"), *OPTIONS, "--json")

    assert done.exit_code == 0
    assert json.loads(done.stdout)["areas"] == 4
    kept = AreaMap.read(made / "state" / "areas" / "ward.json")
    assert (kept.column, kept.credit, len(kept.areas)) == ("ward", CREDIT, 4)


def test_a_name_that_would_leave_the_folder_is_refused(made):
    done = run(made, "../ward", str(made / "areas.geojson"), *OPTIONS)

    assert done.exit_code == 2
    assert not (made / "ward.json").exists()

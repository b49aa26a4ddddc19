"""`hearth analyse`: analyses of a trained version that fit models anew."""

import json

import pytest
from rich.console import Console
from typer.testing import CliRunner

from hearth.cli.analyses import _table
from hearth.cli.main import app
from hearth.errors import StateError
from training.choosing.preregistration import LOOKED
from training.findings import Finding
from training.refits import _of, analyse_anew
from training.trained.versions import TrainedVersion

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("homes"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),  # of MLflow itself
]


@pytest.fixture(scope="module")
def analysed(homes):
    analyse_anew(homes.catalogue, homes.settings, homes.model, ["seeds"], audit=homes.audit)
    return homes


def _seeds(homes, *options):
    ran = CliRunner().invoke(app, ["-w", str(homes.root), "analyse", homes.model, *options])
    assert ran.exit_code == 0, ran.output
    return ran


def _logged(homes):
    client = homes.client()
    experiment = client.get_experiment_by_name(homes.model)
    return client.search_runs([experiment.experiment_id], "attributes.run_name = 'seeds'")


def test_what_is_found_is_a_child_of_the_versions_run(analysed):
    parent = analysed.client().get_model_version(analysed.model, "1").run_id

    for child in _logged(analysed):
        assert child.data.tags["mlflow.parentRunId"] == parent
        assert child.info.status == "FINISHED"


def test_what_was_found_is_shown_again_and_not_run(analysed):
    before = len(_logged(analysed))

    assert "seeds was found before" in _seeds(analysed, "seeds").output
    assert len(_logged(analysed)) == before


def test_a_machine_gets_what_is_kept(analysed):
    told = json.loads(_seeds(analysed, "seeds", "--json").stdout)
    kept = analysed.settings.state_dir / "analyses" / analysed.model / "1" / "seeds.json"

    assert told["version"] == "1"
    assert told["analyses"]["seeds"] == json.loads(kept.read_bytes())["found"]


def test_force_runs_again(analysed):
    before, looks = len(_logged(analysed)), len(analysed.audit.recorded(LOOKED))

    assert "seeds is done" in _seeds(analysed, "seeds", "--force").output
    assert len(_logged(analysed)) == before + 1
    assert len(analysed.audit.recorded(LOOKED)) == looks + 1


def test_an_audit_of_nobody_counts_no_look(analysed):
    looks = len(analysed.audit.recorded(LOOKED))

    said = _seeds(analysed, "assessors").output

    assert "no label.assessor and no assessor group is declared in" in " ".join(said.split())
    assert len(analysed.audit.recorded(LOOKED)) == looks


@pytest.mark.parametrize("chosen", ["lightgbm", "most complaints"])
def test_what_is_of_one_learner_says_whether_the_version_uses_it(tmp_path, chosen):
    version = TrainedVersion("homes", "2", tmp_path, {"chosen": chosen}, was_current=True)

    said = _of(version, Finding("ablation", {"learner": "lightgbm"}, sentences=["More."])).sentences

    unused = "Of lightgbm, which is not what version 2 uses (most complaints)."
    used = "Of lightgbm, which version 2 uses."
    assert said == [used if chosen == "lightgbm" else unused, "More."]


def test_a_table_is_no_wider_than_a_screen():
    estimate = {"value": -0.057, "low": -0.123, "high": 0.011}
    names = ["precision_at_capacity_change_without_it", "auc_change_without_it"]
    record = {"part": "group licensing_history", **dict.fromkeys(names, estimate), "by": "AUC"}

    table = _table([record], "Of lightgbm")

    assert Console(width=300).measure(table).maximum <= 100


def test_a_model_that_was_not_trained_is_refused(analysed):
    analysed.build("unreachable")

    with pytest.raises(StateError, match="run: hearth train unreachable"):
        analyse_anew(
            analysed.catalogue, analysed.settings, "unreachable", ["seeds"], audit=analysed.audit
        )


def test_an_unknown_analysis_is_wrong_usage(analysed):
    ran = CliRunner().invoke(app, ["-w", str(analysed.root), "analyse", analysed.model, "runes"])

    assert ran.exit_code == 2
    assert "runes is no analysis" in ran.output

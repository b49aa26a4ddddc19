"""Training for real, in a workspace of its own."""

import json
import re
from datetime import date

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from typer.testing import CliRunner

from hearth.catalogue import load_catalogue
from hearth.cli.main import app
from hearth.errors import DataError, NotFoundError, StateError
from hearth.registry import CHALLENGER, read_bundle, version_of
from hearth.risk_model import RiskModel
from training.choosing.preregistration import LOOKED
from training.commands import train
from training.logged.turns import own_turn
from training.trained.records import SCORED_SCHEMA
from training.validation.splits_shown import splits_shown

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("homes"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),  # of MLflow itself
]


@pytest.fixture(scope="module")
def run(homes):
    (only,) = homes.runs(homes.model)
    return only


def test_the_run_is_finished_and_says_what_it_was_made_from(homes, run):
    manifest = json.loads(
        (homes.settings.state_dir / "matrices" / homes.model / "manifest.json").read_bytes()
    )

    assert run.info.status == "FINISHED"
    assert run.data.tags["hearth.definition_sha256"] == manifest["definition_sha256"]
    assert run.data.tags["hearth.matrix_key"] == manifest["key"]
    assert run.data.tags["hearth.version"] == homes.trained.version


def test_the_run_names_its_data_by_digest(homes, run):
    (data,) = [given.dataset for given in run.inputs.dataset_inputs]

    assert run.data.tags["hearth.matrix_key"].startswith(data.digest)
    assert json.loads(data.source)["files"].keys() >= {
        "features/part-00000.parquet",
        "labels.parquet",
    }


def test_the_run_holds_how_the_learner_was_set(run):
    parameters = run.data.params

    assert parameters["chosen"] == "lightgbm"
    assert parameters["lightgbm.num_leaves"] == "7"
    assert parameters["lightgbm.rounds"] == "300"
    assert re.fullmatch(r"(platt|isotonic), forward", parameters["calibration"])


def test_every_candidate_stands_under_the_run_on_every_test_date(homes, run):
    under = f"tags.mlflow.parentRunId = '{run.info.run_id}'"
    children = homes.client().search_runs([run.info.experiment_id], under)

    splits = homes.trained.metrics["splits"]
    assert {(c.data.tags["hearth.split"], c.data.tags["hearth.candidate"]) for c in children} == {
        (split["test_as_of"], name) for split in splits for name in split["candidates"]
    }
    assert {child.info.status for child in children} == {"FINISHED"}
    (one,) = [c for c in children if c.info.run_name == "2022-01-01 lightgbm"]
    assert one.data.metrics["auc"] == pytest.approx(splits[-1]["candidates"]["lightgbm"]["auc"])


def test_the_run_is_named_by_version_and_extract(run):
    assert run.info.run_name == "poor_homes v1, data to 2024-01-01"


def test_the_model_card_says_what_the_version_is_for_and_how_it_did(homes, run):
    card = (homes.trained.folder / "model_card.md").read_text()

    assert run.data.tags["mlflow.note.content"] == card
    assert homes.artefacts(homes.model)["model_card.md"].read_text() == card
    assert "# Homes in poor condition: poor_homes version 1" in card
    assert "| `visits` | Visits | 2024-01-01 |" in card
    assert "- met: beats dampest first by precision at capacity:" in card
    assert "being on the list is meant to help" in card
    assert "nothing finer than the property" in card
    assert "not used from 2027-12-31" in card
    assert "`hearth transparency poor_homes`" in card


def test_the_registered_version_says_what_it_takes_and_how_it_did(homes):
    version = homes.client().get_model_version(homes.model, "1")
    described = yaml.safe_load(homes.artefacts(homes.model)["model/MLmodel"].read_text())

    inputs = json.loads(described["signature"]["inputs"])
    assert [given["name"] for given in inputs][:3] == ["home_damp", "home_cold", "home_heating"]
    assert "Success bar met." in version.description


def test_figures_are_logged_for_each_test_date(homes, run):
    steps = homes.client().get_metric_history(run.info.run_id, "lightgbm.auc")
    ours = [split["candidates"]["lightgbm"]["auc"] for split in homes.trained.metrics["splits"]]

    assert [metric.step for metric in steps] == [0, 1, 2, 3]
    assert [metric.value for metric in steps] == pytest.approx(ours)
    assert "dampest first.precision_at_capacity.low" in run.data.metrics


def test_the_list_of_runs_shows_how_the_one_chosen_did_by_the_figure_of_the_bar(homes, run):
    metrics = homes.trained.metrics
    (shown,) = [name for name in run.data.metrics if name.startswith("chosen.")]
    name = shown.removeprefix("chosen.")
    figures = [s["candidates"][metrics["chosen"]][name]["value"] for s in metrics["splits"]]

    assert run.data.metrics[shown] == pytest.approx(sum(figures) / len(figures))
    assert run.data.tags["hearth.bar"] == "met"


def test_plots_are_logged_shaps_among_them(homes):
    names = homes.artefacts(homes.model).keys()

    assert "plots/shap_beeswarm.png" in names
    assert "plots/shap_dependence_home_damp.png" in names
    assert "plots/calibration_2022-01-01.png" in names
    assert "plots/precision_down_the_list_2019-01-01.png" in names


def test_the_booster_is_logged_in_its_own_text(homes):
    text = homes.artefacts(homes.model)["model/bundle/booster.txt"].read_text()

    assert text.startswith("tree\nversion=v4")
    assert "feature_names=home_damp home_cold home_heating visits_count_24m" in text


def test_nothing_that_is_logged_or_kept_is_pickled(homes):
    """Only text, pictures and Parquet: nothing that runs code when it is read."""
    runs = homes.settings.state_dir / "runs"
    files = [*homes.artefacts(homes.model).values(), *(p for p in runs.rglob("*") if p.is_file())]

    assert {path.suffix for path in files} == {"", ".json", ".md", ".txt", ".png", ".parquet"}
    for path in files:
        if path.suffix in {"", ".json", ".md", ".txt"}:  # MLmodel has no ending
            path.read_text(encoding="utf-8")


def test_the_version_registered_is_the_challenger_and_the_bundle_on_disk(homes):
    client = homes.client()

    registered = client.get_model_version_by_alias(homes.model, CHALLENGER)

    assert str(registered.version) == homes.trained.version == "1"
    kept = RiskModel.load(homes.trained.folder / "bundle")
    assert read_bundle(client, homes.model, "1") == kept.files
    assert kept.kind == "lightgbm"
    assert kept.about["candidate"] == "lightgbm"
    assert {"title", "controller", "lawful_basis", "power"} == set(kept.about["sources"][0])


def test_a_second_training_is_up_to_date_and_trains_nothing(homes):
    before = len(homes.runs(homes.model))

    again = homes.train(homes.model)

    assert again.was_current
    assert (again.version, again.metrics) == (homes.trained.version, homes.trained.metrics)
    assert len(homes.runs(homes.model)) == before


def test_a_changed_definition_is_refused_until_its_matrix_is_built(homes, tmp_path):
    changed = tmp_path / "changed"
    (changed / "models" / "poor_homes").mkdir(parents=True)
    (changed / "features").symlink_to(homes.root / "features")
    text = (homes.root / "models/poor_homes/model.yaml").read_text()
    (changed / "models/poor_homes/model.yaml").write_text(text.replace("{count: 40}", "{count: 9}"))

    with pytest.raises(StateError, match=r"has changed since .* run: hearth build poor_homes"):
        train(load_catalogue(changed), homes.settings, "poor_homes", audit=homes.audit)


def test_a_matrix_that_was_never_built_is_asked_for(homes):
    with pytest.raises(NotFoundError, match="hearth build"):
        train(homes.catalogue, homes.settings, "never_built", audit=homes.audit)


def test_rows_on_which_no_training_could_stand_are_refused_before_a_run(homes):
    before = len(homes.runs("untestable"))

    with pytest.raises(DataError, match=r"test_from` asks for tests on 2023-01-01, and no outcome"):
        homes.train("untestable")

    assert len(homes.runs("untestable")) == before


def test_a_run_that_fails_ends_as_failed_and_leaves_no_version(homes, monkeypatch):
    monkeypatch.setattr("training.commands.check_rows", lambda _: None)
    with pytest.raises(DataError, match="leaves no test date"):
        homes.train("untestable")

    assert homes.runs("untestable")[0].info.status == "FAILED"
    assert not (homes.settings.state_dir / "runs" / "untestable").exists()


def test_scored_rows_hold_everybody_and_what_is_known_of_them(homes):
    table = pq.read_table(homes.trained.folder / "scored.parquet")

    assert table.schema == SCORED_SCHEMA
    rows = table.to_pandas()
    assert len(rows) == 4 * 5 * 260  # test dates, ways of ranking, homes
    assert rows.loc[~rows["observed"], "label"].isna().all()


def test_a_rule_of_ones_own_is_beaten_where_only_trees_can_tell(homes):
    metrics = homes.trained.metrics

    assert metrics["chosen"] == "lightgbm"
    assert [line["met"] for line in metrics["success"]["lines"]] == [True, True, True]
    assert homes.trained.is_bar_met


def test_contributions_and_base_value_add_up_to_the_raw_score(homes):
    model = RiskModel.load(homes.trained.folder / "bundle")
    matrix = pq.read_table(
        homes.settings.state_dir / "matrices" / homes.model / "features"
    ).to_pandas()
    rows = model.encode_columns({f.name: matrix[f.name].to_numpy() for f in model.features})

    np.testing.assert_allclose(
        model.contributions(rows).sum(axis=1), model.raw_score(rows), rtol=0, atol=1e-9
    )


def test_a_bar_that_is_not_met_is_said_and_gives_exit_code_three(homes):
    homes.build("unreachable")

    done = CliRunner().invoke(app, ["-w", str(homes.root), "train", "unreachable"])

    assert done.exit_code == 3
    assert "NOT MET lift of at least 50 at capacity" in done.output
    (run,) = homes.runs("unreachable")
    assert (run.info.status, run.data.tags["hearth.bar"]) == ("FINISHED", "not met")
    assert "before any of these results" in done.output
    assert not homes.train("unreachable").is_bar_met


def test_a_training_that_is_up_to_date_looks_at_no_test_date(homes):
    homes.train(homes.model)

    told = [each.details for each in homes.audit.recorded(LOOKED)]
    (look,) = [each for each in told if (each["model"], each["command"]) == (homes.model, "train")]
    (run,) = homes.runs(homes.model)
    assert run.data.tags["hearth.bar_sha256"] == look["bar_sha256"]


@pytest.fixture(scope="module")
def twice(homes):
    homes.build("twice")
    return [
        train(homes.catalogue, homes.settings, "twice", audit=homes.audit, again=True)
        for _ in range(2)
    ]


def test_training_again_makes_a_new_version_and_the_challenger_of_it(homes, twice):
    first, second = twice

    assert (first.version, second.version) == ("1", "2")
    challenger = homes.client().get_model_version_by_alias("twice", CHALLENGER)
    assert str(challenger.version) == "2"
    looks = [each.metrics["success"].pop("registered")["looks"] for each in twice]
    assert looks == [{"2022-01-01": 1}, {"2022-01-01": 2}]
    assert {**first.metrics, "version": "2"} == second.metrics
    bundles = [RiskModel.load(each.folder / "bundle").sha256 for each in (first, second)]
    assert bundles[0] == bundles[1]


def test_a_comparison_is_shown_kept_and_put_on_record(homes, twice):
    first, second = twice

    done = CliRunner().invoke(app, ["-w", str(homes.root), "compare", first.name, "challenger"])

    assert done.exit_code == 0, done.output
    assert "give everybody the same score: no figure differs" in " ".join(done.output.split())
    folder = homes.settings.state_dir / "comparisons" / f"{first.name}_{second.name}"
    assert json.loads((folder / "comparison.json").read_text())["list_overlap"] == 1
    (run,) = [r for r in homes.runs("twice") if r.data.tags.get("hearth.kind") == "compare"]
    assert run.data.metrics["precision_at_capacity.difference"] == 0


def test_a_run_cut_off_before_its_version_is_kept_leaves_the_challenger_as_it_was(
    homes, monkeypatch
):
    homes.build("cut_off")
    kept = train(homes.catalogue, homes.settings, "cut_off", audit=homes.audit)

    def full(*_given):
        raise OSError("no space left on device")

    monkeypatch.setattr("training.commands.keep_version", full)
    with pytest.raises(OSError, match="no space left"):
        train(homes.catalogue, homes.settings, "cut_off", again=True, audit=homes.audit)

    assert version_of(homes.client(), "cut_off") == kept.version


def test_the_version_of_a_run_cut_off_is_taken_away_by_the_next(homes, monkeypatch):
    homes.build("cut_off")
    with monkeypatch.context() as patched:
        patched.setattr("training.commands.keep_version", _stopped)
        with pytest.raises(KeyboardInterrupt):
            train(homes.catalogue, homes.settings, "cut_off", again=True, audit=homes.audit)

    made = train(homes.catalogue, homes.settings, "cut_off", again=True, audit=homes.audit)

    registered = homes.client().search_model_versions("name = 'cut_off'")
    kept = {path.name for path in made.folder.parent.iterdir()}
    assert {str(version.version) for version in registered} == kept


def test_two_processes_do_not_train_a_model_at_once(homes):
    client = homes.client()
    with own_turn(homes.settings, client, homes.model), pytest.raises(StateError, match="another"):
        homes.train(homes.model)


def test_a_registry_that_does_not_know_what_is_kept_is_refused(homes, tmp_path):
    elsewhere = homes.settings.model_copy(update={"mlflow_url": f"sqlite:///{tmp_path}/mlflow.db"})

    with pytest.raises(StateError, match=r"version 1 is kept .* MLflow does not know it"):
        train(homes.catalogue, elsewhere, homes.model, audit=homes.audit)


def test_a_run_cut_off_before_its_version_was_named_is_taken_up_by_the_next(homes, monkeypatch):
    homes.build("cut_off")
    with monkeypatch.context() as patched:
        patched.setattr("training.logged.tracking.Run.put_forward", _stopped)
        with pytest.raises(KeyboardInterrupt):
            train(homes.catalogue, homes.settings, "cut_off", again=True, audit=homes.audit)

    taken_up = train(homes.catalogue, homes.settings, "cut_off", audit=homes.audit)

    assert taken_up.was_current
    assert version_of(homes.client(), "cut_off") == taken_up.version


def _stopped(*_given):
    raise KeyboardInterrupt


def test_a_date_on_which_nobody_looked_is_named_by_the_training(homes):
    notes = homes.trained.metrics["analyses"]["notes"]

    assert notes["sentences"] == ["2023-01-01 is not tested: no outcome was observed."]
    assert json.loads(homes.artefacts(homes.model)["analyses/notes.json"].read_text()) == notes


def test_the_splits_shown_are_those_trained_by_with_counts_by_date(homes):
    shown = splits_shown(homes.catalogue, homes.settings, homes.model, today=date(2026, 1, 1))

    trained = homes.trained.metrics["splits"]
    assert [split["test_as_of"] for split in shown.as_json()["splits"]] == [
        date.fromisoformat(split["test_as_of"]) for split in trained
    ]
    last = shown.counts[date(2022, 1, 1)]
    assert (last.rows, last.observed) == (trained[-1]["rows"], trained[-1]["observed"])
    assert last.base_rate == pytest.approx(trained[-1]["base_rate"])
    assert [each.as_of for each in shown.untested] == [date(2023, 1, 1)]

import json
import shutil
from types import SimpleNamespace

import pandas as pd
import pytest

from governance import commands
from governance.approval import commands as approval
from governance.approval.states import OPEN, State
from governance.approval.submission import read_submission
from governance.fairness.policy import NO_CONCERN_RULE
from governance.geography.area_map import Area, AreaMap
from hearth.digest import sha256_of
from hearth.errors import BoundError, BundleError, DataError, NotFoundError, StateError
from hearth.risk_model.files import read_folder, with_manifest, write_folder


@pytest.fixture
def trained(tmp_path, council_evidence):
    """Settings and catalogue of a workspace in which early_help version 3 was trained."""
    evidence = council_evidence()
    matrix, run = tmp_path / "matrices" / "early_help", tmp_path / "runs" / "early_help" / "3"
    matrix.mkdir(parents=True)
    run.mkdir(parents=True)
    evidence.scored.to_parquet(run / "scored.parquet")
    evidence.protected.to_parquet(matrix / "protected.parquet")
    (run / "metrics.json").write_text(json.dumps(evidence.metrics))
    (matrix / "manifest.json").write_text(json.dumps(evidence.matrix))
    about = {"hashes": {"matrix": sha256_of((matrix / "manifest.json").read_bytes())}}
    model = json.dumps({"about": about}).encode()
    write_folder(run / "bundle", with_manifest({"model.json": model}))
    catalogue = SimpleNamespace(model=lambda _name: evidence.definition, sources={})
    return SimpleNamespace(settings=SimpleNamespace(state_dir=tmp_path), catalogue=catalogue)


def print_nothing(_page, _made_at):
    return b"%PDF"


def make_report(trained, clock, printer=print_nothing, **asked):
    return commands.report(
        trained.catalogue,
        trained.settings,
        "early_help",
        "3",
        now=clock(),
        printer=printer,
        **asked,
    )


def test_a_report_is_in_four_forms_with_the_hashes_of_its_inputs(trained, clock):
    made = make_report(trained, clock)

    assert {path.name for path in made.folder.iterdir()} == {
        "report.html", "report.json", "report.pdf", "tables", "inputs.json", "manifest.json",
    }  # fmt: skip
    hashes = json.loads((made.folder / "inputs.json").read_bytes())["hashes"]
    assert set(hashes) == {
        "Bundle manifest", "Matrix manifest", "Scored rows", "Metrics",
        "Protected attributes", "Model definition", "Code of the report",
    }  # fmt: skip
    assert "tables/00-contents.csv" in read_submission(trained.settings, "early_help", "3").report


def test_a_report_without_pdf_is_made_again_once_one_can_be_made(trained, clock):
    def no_pango(_page, _made_at):
        raise NotFoundError("Pango is not installed")

    assert not (make_report(trained, clock, no_pango).folder / "report.pdf").exists()

    again = make_report(trained, clock)

    assert (again.was_current, again.why_no_pdf) == (False, None)
    assert make_report(trained, clock, no_pango).was_current


def test_a_report_whose_inputs_have_not_changed_is_not_made_again(trained, clock):
    first = make_report(trained, clock)
    before = (first.folder / "report.html").read_bytes()

    again = make_report(trained, clock)

    assert again.was_current
    assert again.verdicts == first.verdicts
    assert (again.folder / "report.html").read_bytes() == before


def test_a_report_that_was_altered_is_made_again(trained, clock):
    folder = make_report(trained, clock).folder
    (folder / "report.html").write_text("fair")

    assert not make_report(trained, clock).was_current
    assert (folder / "report.html").read_text() != "fair"


def test_a_report_of_an_untrained_version_says_what_to_run(trained, clock):
    with pytest.raises(NotFoundError, match="hearth train early_help"):
        commands.report(trained.catalogue, trained.settings, "early_help", "9", now=clock())


def test_metrics_that_are_cut_short_are_named(trained, clock):
    (trained.settings.state_dir / "runs/early_help/3/metrics.json").write_text('{"chosen": "li')

    with pytest.raises(DataError, match=r"metrics\.json: is not JSON"):
        make_report(trained, clock)


def test_a_version_that_missed_its_bar_cannot_be_submitted(trained, clock):
    path = trained.settings.state_dir / "runs/early_help/3/metrics.json"
    metrics = json.loads(path.read_text())
    metrics["success"] = {"met": False, "lines": [{"rule": "lift of at least 2", "met": False}]}
    metrics["success"]["lines"][0]["detail"] = "1.3 on average"
    path.write_text(json.dumps(metrics))
    make_report(trained, clock)

    with pytest.raises(StateError, match=r"did not meet the bar.*\(lift of at least 2\)"):
        approval.submit(trained.settings, "early_help", "3", identity=None, audit=None)


def test_a_version_with_a_concern_cannot_be_submitted_where_the_bar_says_so(trained, clock):
    path = trained.settings.state_dir / "runs/early_help/3/metrics.json"
    metrics = json.loads(path.read_text())
    line = {"rule": NO_CONCERN_RULE, "met": None, "detail": "judged by the fairness report"}
    metrics["success"]["lines"].append(line)
    path.write_text(json.dumps(metrics))

    made = make_report(trained, clock)

    assert made.verdicts["concern"] > 0
    assert not made.is_bar_met
    with pytest.raises(StateError, match=r"did not meet the bar.*\(no concern found between"):
        approval.submit(trained.settings, "early_help", "3", identity=None, audit=None)


def test_an_altered_bundle_cannot_be_submitted(trained, clock):
    make_report(trained, clock)
    (trained.settings.state_dir / "runs/early_help/3/bundle/model.json").write_bytes(b"{ }")

    with pytest.raises(BundleError, match=r"early_help version 3: .*altered: model\.json"):
        read_submission(trained.settings, "early_help", "3")


def test_a_version_without_a_report_cannot_be_submitted(trained):
    with pytest.raises(NotFoundError, match="hearth report early_help --version 3"):
        read_submission(trained.settings, "early_help", "3")


def test_a_version_trained_on_another_matrix_is_neither_reported_nor_submitted(trained, clock):
    make_report(trained, clock)
    (trained.settings.state_dir / "matrices/early_help/manifest.json").write_text("{}")

    with pytest.raises(StateError, match="is not the one version 3 was trained on"):
        make_report(trained, clock)
    with pytest.raises(StateError, match="is not the one version 3 was trained on"):
        approval.submit(trained.settings, "early_help", "3", identity=None, audit=None)


def test_the_version_before_is_an_input_of_the_report(trained, clock):
    before = trained.settings.state_dir / "reports" / "early_help" / "2"
    before.mkdir(parents=True)
    first = make_report(trained, clock)
    earlier = json.loads((first.folder / "report.json").read_text())
    earlier["groups"]["sex_of_child"]["everyone"]["counts"]["sums"]["n"] += 3
    (before / "report.json").write_text(json.dumps(earlier))

    again = make_report(trained, clock)

    assert not again.was_current
    assert again.given_away == ("sex_of_child",)
    assert make_report(trained, clock).was_current


def in_use(trained, version, clock):
    """Report of version 3 while this version is in use."""
    return commands.report(
        trained.catalogue, trained.settings, "early_help", "3", now=clock(), in_use=version
    )


@pytest.fixture
def second(trained):
    """Version 2, with the same scored rows, where runs are kept."""
    runs = trained.settings.state_dir / "runs" / "early_help"
    shutil.copytree(runs / "3", runs / "2")


def test_a_report_is_made_again_once_another_version_is_in_use(trained, second, clock):
    make_report(trained, clock)

    made = in_use(trained, "2", clock)

    assert not made.was_current
    assert "Version 2 is in use." in (made.folder / "report.html").read_text()
    hashes = json.loads((made.folder / "inputs.json").read_bytes())["hashes"]
    assert {"Version in use, scored rows", "Version in use, metrics"} <= set(hashes)


def test_the_report_of_the_version_in_use_stays_as_it_was_approved(trained, second, clock):
    before = (in_use(trained, "2", clock).folder / "report.html").read_bytes()

    made = in_use(trained, "3", clock)

    assert made.was_current
    assert (made.folder / "report.html").read_bytes() == before


def test_areas_and_their_outlines_come_from_what_is_kept(trained, clock):
    definition = trained.catalogue.model("early_help").model_copy(update={"area": "lsoa"})
    catalogue = SimpleNamespace(model=lambda _name: definition, sources={})
    state = trained.settings.state_dir
    matrix = state / "matrices" / "early_help"
    protected = pd.read_parquet(matrix / "protected.parquet")
    protected[["entity_id", "as_of"]].assign(area="X1").to_parquet(matrix / "areas.parquet")
    (state / "areas").mkdir()
    outlines = AreaMap("lsoa", "Made up", 400, (Area("X1", "Fablebury", "M0 0l9 0 0 9z"),))
    (state / "areas" / "lsoa.json").write_text(outlines.as_json())

    made = commands.report(catalogue, trained.settings, "early_help", "3", now=clock())

    assert "<title>Fablebury: 10.0%</title>" in (made.folder / "report.html").read_text()


@pytest.fixture
def outdated(trained, clock):
    """Folder of a report of which an analysis was made since, and its bytes."""
    folder = make_report(trained, clock).folder
    analyses = trained.settings.state_dir / "analyses" / "early_help" / "3"
    analyses.mkdir(parents=True)
    (analyses / "made_since.json").write_text('{"found": {}}')
    return folder, read_folder(folder)


@pytest.mark.parametrize("state", OPEN)
def test_a_report_before_the_board_or_in_use_is_not_made_again(trained, outdated, clock, state):
    folder, before = outdated

    with pytest.raises(BoundError, match=rf"is {state}.*Analysis: made_since.*--out.*--anew"):
        make_report(trained, clock, bound=state)

    assert read_folder(folder) == before


def test_a_bound_report_is_written_aside_as_of_now(trained, outdated, clock, tmp_path_factory):
    folder, before = outdated
    aside = tmp_path_factory.mktemp("aside") / "report"

    for _ in range(2):
        made = make_report(trained, clock, bound=State.APPROVED, out=aside)

    assert made.folder == aside
    assert "Analysis: made_since" in json.loads((aside / "inputs.json").read_bytes())["hashes"]
    assert read_folder(folder) == before


def test_a_report_aside_replaces_nothing_else(trained, clock, tmp_path_factory):
    holds = tmp_path_factory.mktemp("holds")
    (holds / "manifest.json").write_text("{}")

    with pytest.raises(StateError, match="holds something other than a report"):
        make_report(trained, clock, out=holds)
    with pytest.raises(StateError, match="keeps its own files"):
        make_report(trained, clock, out=trained.settings.state_dir / "reports/early_help/3")

    assert [path.name for path in holds.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize("asked", [{}, {"bound": State.APPROVED, "anew": True}])
def test_the_report_of_a_draft_or_asked_for_anew_is_rewritten(trained, outdated, clock, asked):
    folder, before = outdated

    assert not make_report(trained, clock, **asked).was_current

    assert read_folder(folder) != before


def test_a_bound_report_whose_inputs_have_not_changed_is_up_to_date(trained, clock):
    def no_pango(_page, _made_at):
        raise NotFoundError("Pango is not installed")

    make_report(trained, clock, no_pango)

    assert make_report(trained, clock, bound=State.SUBMITTED).was_current

"""Analyses of a trained version that fit models anew: run, kept on disk, and logged under its run."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # publishes no types

from features.artefacts import canonical_sha256, read_manifest, written
from governance.approval.submission import analyses_folder
from hearth.audit_log import AuditLog
from hearth.catalogue import Catalogue
from hearth.errors import StateError
from hearth.progress import Progress, silent
from hearth.registry import find_version, open_registry
from hearth.settings import Settings
from training.analyses.refitted import REFITTED
from training.choosing.fairness_gaps import read_groups
from training.choosing.preregistration import look
from training.data.prepared import Prepared, current_matrix, prepare, training_key
from training.findings import Assessed, Finding
from training.logged.tracking import tracked_run
from training.logged.turns import TURN, own_turn
from training.settled import settle
from training.trained.versions import TrainedVersion, current_version

if TYPE_CHECKING:
    from mlflow import MlflowClient


@dataclass(frozen=True)
class Analysed:
    """What one analysis of a version came to.

    `found` is as metrics.json holds findings; None where there is nothing to look into, for the
    reason `nothing`.
    """

    name: str
    found: dict[str, Any] | None
    was_current: bool = False
    nothing: str | None = None


def analyse_anew(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    names: Sequence[str],
    *,
    audit: AuditLog,
    again: bool = False,
    progress: Progress = silent,
) -> tuple[TrainedVersion, list[Analysed]]:
    """Run analyses of the newest version that fit models anew.

    What was found of this version before is read, not run. Each finding is logged as a child of
    the version's run in MLflow. An analysis that has nothing to look into looks at no test date.

    Parameters
    ----------
    catalogue, settings
        The workspace.
    model
        Name of the model; it is trained.
    names
        Keys of `REFITTED`.
    audit
        Where each look at a test period is recorded: what is fitted anew is judged there too.
    again
        Run even what was found before.
    progress
        Told of each fit.

    Raises
    ------
    NotFoundError
        If the matrix was never built.
    StateError
        If the model is not trained, matrix, definition or code have changed since, or another
        process is training it.
    """
    definition, matrix = current_matrix(catalogue, settings, model)
    key = training_key(definition, matrix)
    version = current_version(settings, model, key)
    if version is None:
        raise StateError(
            f"{model} is not trained from its matrix, definition and this release as they are now; "
            f"run: hearth train {model}"
        )
    folder = analyses_folder(settings, model, version.version)
    before = {name: _kept(folder / f"{name}.json", _key(key, name)) for name in names}
    done = {
        name: Analysed(name, found, was_current=True)
        for name, found in before.items()
        if found is not None and not again
    }
    rows = prepare(definition, matrix) if len(done) < len(before) else None
    if rows is not None:
        reasons = {name: REFITTED[name].nothing(rows) for name in names if name not in done}
        done |= {name: Analysed(name, None, nothing=why) for name, why in reasons.items() if why}
    wanted = [name for name in names if name not in done]
    if rows is not None and wanted:
        prepared = settle(settings, rows, progress).prepared
        find_version(settings, model, version.version)
        assessed = _assessed(settings, version, prepared)
        client = open_registry(settings)
        with own_turn(settings, client, model) as turn, threadpool_limits(1, user_api="blas"):
            for name in wanted:
                look(definition, prepared.test_dates, audit, command=f"analyse {name}")
                finding = _of(version, REFITTED[name].run(assessed, progress))
                _log(settings, client, version, turn, finding)
                done[name] = Analysed(name, finding.as_json())
                kept = {"key": _key(key, name), "found": done[name].found}
                with written(folder / f"{name}.json") as aside:
                    aside.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    return version, [done[name] for name in names]


def _assessed(settings: Settings, version: TrainedVersion, prepared: Prepared) -> Assessed:
    groups = read_groups(settings, prepared.definition)
    by_attribute = {} if groups is None else groups.by_attribute
    return Assessed(**vars(prepared), groups=by_attribute, chosen=version.metrics["chosen"])


def _of(version: TrainedVersion, finding: Finding) -> Finding:
    """A finding that says first, where it is of one learner alone, whether the version uses that one."""
    learner, chosen = finding.figures.get("learner"), version.metrics["chosen"]
    if learner is None:
        return finding
    used = f"which version {version.version} uses"
    if learner != chosen:
        used = f"which is not what version {version.version} uses ({chosen})"
    said = f"Of {learner}, {used}"
    figures = {"title": said, **finding.figures}
    return replace(finding, figures=figures, sentences=[f"{said}.", *finding.sentences])


def _log(
    settings: Settings, client: "MlflowClient", version: TrainedVersion, turn: str, found: Finding
) -> None:
    """Log a finding as a run under that of the version."""
    model, parent = version.model, str((read_manifest(version.folder) or {})["mlflow_run"])
    tags = {TURN: turn, "hearth.model": model, "hearth.version": version.version}
    with tracked_run(settings, client, model, found.name, tags=tags, parent=parent) as run:
        run.json(f"analyses/{found.name}.json", found.as_json())
        run.figures(found.plots)


def _key(training: str, name: str) -> str:
    return canonical_sha256([training, name])


def _kept(path: Path, key: str) -> dict[str, Any] | None:
    """What was found before, where it was found of just this."""
    kept = json.loads(path.read_bytes()) if path.exists() else {}
    return kept.get("found") if kept.get("key") == key else None

"""What is logged of a run: how it was set, what it was made from, how every candidate did, plots."""

from collections.abc import Mapping, Sequence
from typing import Any

from hearth.definition import ModelDefinition
from training.bundle import hearth_version
from training.estimator import LightGBM
from training.experiment import trees_of
from training.explanation import Explained
from training.final import Final
from training.findings import Finding, Training
from training.plots import experiment_figures
from training.tracking import Run
from training.versions import METRICS

PASSED_OVER = f"candidates/{LightGBM.name}"
"""Where the trees stand among a run's artefacts when something simpler was chosen."""


def log_inputs(run: Run, definition: ModelDefinition, manifest: Mapping[str, Any]) -> None:
    """Log the matrix, and the hashes by which a run is found again."""
    run.data(manifest)
    run.json("matrix_manifest.json", manifest)
    run.tags(
        {
            "hearth.model": definition.model,
            "hearth.definition_sha256": manifest["definition_sha256"],
            "hearth.matrix_key": manifest["key"],
            "hearth.code_version": hearth_version(),
        }
    )


def log_results(
    run: Run, training: Training, findings: Sequence[Finding], metrics: Mapping[str, Any]
) -> None:
    """Log parameters, figures by test date, findings, what moves scores, and the trees as native text."""
    definition, experiment, final = training.definition, training.experiment, training.final
    run.parameters(_parameters(definition, final) | {"chosen": experiment.chosen.name})
    run.tags({"hearth.bar": "met" if experiment.verdict.met else "not met"})
    run.experiment(experiment)
    run.json(METRICS, metrics)
    run.figures(experiment_figures(experiment))
    for finding in findings:
        run.json(f"analyses/{finding.name}.json", finding.as_json())
        run.figures(finding.plots)
    explained = Explained.of(final.fitted.scorer, final.cohort, seed=definition.learner.seed)
    run.json("importance.json", [item.as_json() for item in explained.importance()])
    run.figures(explained.figures())
    if experiment.chosen.name != LightGBM.name:
        run.files(PASSED_OVER, final.trees.files())
        trees = Explained.of(final.trees, final.cohort, seed=definition.learner.seed)
        run.figures(trees.figures(), folder=f"{PASSED_OVER}/plots")


def _parameters(definition: ModelDefinition, final: Final) -> dict[str, Any]:
    fitted, features = final.fitted, final.cohort.features
    trees = trees_of(definition, features)
    return {
        "kind": fitted.scorer.kind,
        "calibration": f"{fitted.calibration.method}, {fitted.held_out.how}",
        "features": len(features),
        "seed": definition.learner.seed,
        "capacity": definition.capacity.model_dump_json(exclude_none=True),
        **{f"lightgbm.{name}": value for name, value in trees.parameters.items()},
        "lightgbm.rounds": trees.rounds,
    }

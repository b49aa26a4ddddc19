"""What is logged of a run: how it was set, what it was made from, how every candidate did, plots."""

from collections.abc import Mapping, Sequence
from typing import Any

from hearth.definition import ModelDefinition
from hearth.progress import Progress, silent
from hearth.risk_model import RuleScorer
from training.experiment import Experiment, trees_of
from training.final import Final
from training.findings import Finding, Training
from training.learners.estimator import LightGBM
from training.logged.explanation import Explained
from training.logged.plots import experiment_figures
from training.logged.tracking import Run, plain_figures
from training.trained.bundle import hearth_version
from training.trained.versions import DEFINITION, METRICS, as_written

PASSED_OVER = f"candidates/{LightGBM.name}"
"""Where the trees stand among a run's artefacts when something simpler was chosen."""


def log_inputs(
    run: Run,
    definition: ModelDefinition,
    manifest: Mapping[str, Any],
    extracted_on: Mapping[str, str],
) -> None:
    """Log matrix and definition, and the hashes by which a run is found again."""
    run.data(manifest)
    run.json("matrix_manifest.json", manifest)
    run.json(DEFINITION, as_written(definition))
    run.tags(
        {
            "hearth.model": definition.model,
            "hearth.definition_sha256": manifest["definition_sha256"],
            "hearth.matrix_key": manifest["key"],
            "hearth.extracted_on": max(extracted_on.values()),
            "hearth.code_version": hearth_version(),
        }
    )


def log_candidates(run: Run, experiment: Experiment, progress: Progress = silent) -> None:
    """Log every candidate on every test date as a run of its own, under the training's."""
    total = len(experiment.splits)
    for step, result in enumerate(experiment.splits):
        progress("Log candidates", step, total)
        shared = {
            "test_as_of": result.name,
            "trained_as_of": ", ".join(day.isoformat() for day in result.split.training_dates),
            "trained_rows": result.trained_rows,
            "test_rows": len(result.test),
            "capacity": result.cohort.capacity,
        }
        for candidate, figures in result.figures.items():
            tags = {"hearth.split": result.name, "hearth.candidate": candidate}
            with run.child(f"{result.name} {candidate}", tags) as child:
                child.parameters({"candidate": candidate, **shared})
                child.metrics(plain_figures(figures), step=step)


def log_results(
    run: Run, training: Training, findings: Sequence[Finding], metrics: Mapping[str, Any]
) -> None:
    """Log parameters, figures by test date, findings, what moves scores, and the trees as native text."""
    definition, experiment, final = training.definition, training.experiment, training.final
    run.parameters(_parameters(definition, final) | {"chosen": experiment.chosen.name})
    run.tags({"hearth.bar": "met" if experiment.verdict.met else "not met"})
    for step, result in enumerate(experiment.splits):
        run.metrics(
            {
                f"{candidate}.{name}": value
                for candidate, figures in result.figures.items()
                for name, value in plain_figures(figures).items()
            },
            step=step,
        )
    run.metrics(_of_bar(definition, experiment))
    run.json(METRICS, metrics)
    run.figures(experiment_figures(experiment))
    for finding in findings:
        run.json(f"analyses/{finding.name}.json", finding.as_json())
        run.figures(finding.plots)
        run.tags(finding.tags)
    explained = Explained.of(final.fitted.scorer, final.cohort, seed=definition.learner.seed)
    run.json("importance.json", [item.as_json() for item in explained.importance()])
    if final.fitted.scorer.kind != RuleScorer.kind:  # a few steps, which a swarm does not show
        run.figures(explained.figures())
    if experiment.chosen.name != LightGBM.name:
        run.files(PASSED_OVER, final.trees.files())
        trees = Explained.of(final.trees, final.cohort, seed=definition.learner.seed)
        run.figures(trees.figures(), folder=f"{PASSED_OVER}/plots")


def _of_bar(definition: ModelDefinition, experiment: Experiment) -> dict[str, float]:
    """Mean over test dates of the figure that the bar judges, of the one chosen: for the list of runs."""
    metric, chosen = definition.success.metric, experiment.chosen.name
    figures = [plain_figures(result.figures[chosen]) for result in experiment.splits]
    known = [each[metric] for each in figures if metric in each]
    return {f"chosen.{metric}": sum(known) / len(known)} if known else {}


def summary(metrics: Mapping[str, Any]) -> str:
    """A version in a sentence, as the registry describes it."""
    chosen, splits = metrics["chosen"], metrics["splits"]
    figures = [split["candidates"][chosen]["precision_at_capacity"]["value"] for split in splits]
    known = [figure for figure in figures if figure is not None]
    precision = f"{sum(known) / len(known):.0%}" if known else "unknown"
    bar = "met" if metrics["success"]["met"] else "not met"
    return (
        f"{chosen}, chosen among {', '.join(metrics['candidates'])}. Precision at capacity {precision} "
        f"on average over {len(splits)} test dates, {splits[0]['test_as_of']} to "
        f"{splits[-1]['test_as_of']}. Success bar {bar}."
    )


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

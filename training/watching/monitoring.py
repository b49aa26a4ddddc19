"""What the command line asks of a version in use: watched, drawn, and put on record in MLflow."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from features.artefacts import made_aside, write_json
from features.protected_attributes import read_protected
from governance.disclosure.control import disclosure_policy
from governance.fairness.selection_drift import SelectionDrift, selection_drift
from governance.scored import groups_of
from hearth.catalogue import Catalogue
from hearth.definition import ModelDefinition
from hearth.progress import Progress, silent
from hearth.registry import open_registry
from hearth.risk_model import RiskModel
from hearth.settings import Settings
from training.data.prepared import current_matrix, prepare
from training.data.stored_rows import as_columns, score_rows, stored_rows
from training.figures.evaluation import Estimate
from training.figures.ranking import draw_lots, order_by_score
from training.logged.plots import canvas, legend_below
from training.logged.tracking import tracked_run
from training.trained.versions import BUNDLE, TrainedVersion, kept_version, scored_rows
from training.watching.drift import Drift, feature_drift, score_drift
from training.watching.expected_performance import expected_auc, expected_precision
from training.watching.monitored import Mature, Monitored, Scored, mature_dates, worst_first

RECORD = "monitor.json"
_DRAWN = 10
_TASK = "Monitor"


@dataclass(frozen=True)
class MonitorRecord:
    """What was found, and the folder that keeps it."""

    monitored: Monitored
    folder: Path


def monitor(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    version: str,
    *,
    today: date,
    progress: Progress = silent,
) -> MonitorRecord:
    """Hold a version against the feature store and the outcomes known by now, and put it on record.

    Parameters
    ----------
    catalogue, settings
        The workspace.
    model, version
        A version that is kept.
    today
        Day by which outcomes are mature.
    progress
        Told of each step.

    Raises
    ------
    NotFoundError
        If the version, the matrix or the rows of the feature store are not there.
    StateError
        If the definition has changed since the matrix was built.
    """
    progress(f"{_TASK} {model}: features", 0, 3)
    definition, kept = catalogue.model(model), kept_version(settings, model, version)
    bundle = RiskModel.load(kept.folder / BUNDLE)
    as_of, entities, rows = stored_rows(settings, model)
    plain, taken = as_columns(bundle, rows)
    raw, probability = score_rows(bundle, taken)
    order = order_by_score(raw, draw_lots(entities, definition.learner.seed))
    selected = np.zeros(len(order), dtype=bool)
    selected[order[: definition.capacity.of(len(order))]] = True
    now = Scored(as_of, entities, raw, probability, selected)
    progress(f"{_TASK} {model}: outcomes", 1, 3)
    last = kept.metrics["splits"][-1]
    monitored = Monitored(
        name=kept.name,
        then=date.fromisoformat(bundle.cohort.as_of),
        now=now,
        features=tuple(feature_drift(bundle.features, bundle.cohort, plain)),
        score=score_drift(bundle.cohort, raw),
        tested=Estimate(**last["candidates"][kept.metrics["chosen"]]["precision_at_capacity"]),
        tested_base_rate=(last["base_rate"], last["observed"]),
        expected=(expected_precision(probability, selected), expected_auc(raw, probability)),
        expected_then=_expected_then(kept),
        mature=_mature(catalogue, settings, bundle, definition, today),
        selection=tuple(_selection(settings, definition, kept, now)),
        says_who_was_visited=definition.label.visited is not None,
    )
    progress(f"{_TASK} {model}: record", 2, 3)
    folder = settings.state_dir / "monitoring" / f"{kept.name}_{as_of}"
    _record(settings, model, monitored, kept, folder)
    progress(f"{_TASK} {model}: record", 3, 3)
    return MonitorRecord(monitored, folder)


def _expected_then(kept: TrainedVersion) -> float | None:
    """Mean probability on the list of the last test date; None where scores were not calibrated."""
    scored = scored_rows(kept)
    listed = scored[(scored["split"] == scored["split"].max()) & scored["selected"]]
    return float(listed["score"].mean()) if listed["calibrated"].all() else None


def _mature(
    catalogue: Catalogue,
    settings: Settings,
    bundle: RiskModel,
    definition: ModelDefinition,
    today: date,
) -> tuple[Mature, ...]:
    """Dates of the matrix whose outcomes are known by today, and were not when the version learnt."""
    prepared = prepare(*current_matrix(catalogue, settings, definition.model))
    if prepared.examples.features != bundle.features:
        return ()
    days = [
        period.as_of
        for period in prepared.periods
        if period.known_on <= today and period.as_of.isoformat() not in bundle.about["trained_on"]
    ]
    return mature_dates(
        bundle,
        prepared.examples,
        days,
        capacity_of=definition.capacity.of,
        seed=definition.learner.seed,
    )


def _selection(
    settings: Settings, definition: ModelDefinition, kept: TrainedVersion, now: Scored
) -> Iterator[SelectionDrift]:
    """Selection by group on the last test date, and now by the group last recorded."""
    if not definition.fairness.attributes:
        return
    protected = read_protected(settings, definition.model).to_pandas()
    scored = scored_rows(kept)
    scored = scored[scored["split"] == scored["split"].max()].reset_index(drop=True)
    latest = protected.sort_values("as_of").groupby("entity_id", as_index=False).last()
    everybody = pd.DataFrame({"entity_id": now.entities, "as_of": now.as_of})
    for attribute in definition.fairness.attributes:
        yield from selection_drift(
            attribute.name,
            (scored["selected"].to_numpy(dtype=bool), groups_of(scored, protected, attribute.name)),
            (now.selected, groups_of(everybody, latest.assign(as_of=now.as_of), attribute.name)),
            policy=disclosure_policy(definition.fairness.disclosure),
            tolerance=definition.fairness.tolerance,
        )


def _record(
    settings: Settings, model: str, monitored: Monitored, kept: TrainedVersion, folder: Path
) -> None:
    alarms = monitored.alarms()
    tags = {
        "hearth.kind": "monitor",
        "hearth.version": kept.version,
        "hearth.as_of": str(monitored.now.as_of),
        "hearth.alarms": str(len(alarms)),
    }
    plots = [
        ("timeline", _timeline(monitored, kept)),
        *((f"drift_{d.name}", _shares(d)) for d in worst_first(monitored.features)[:_DRAWN]),
        ("drift_score", _shares(monitored.score)),
    ]
    client, name = open_registry(settings), f"monitor {kept.name} at {monitored.now.as_of}"
    with tracked_run(settings, client, model, name, tags=tags) as run, made_aside(folder) as aside:
        write_json(aside / RECORD, monitored.as_json())
        for file, figure in plots:
            figure.savefig(aside / f"{file}.png")
        run.json(RECORD, monitored.as_json())
        run.figures(plots)
        run.metrics(
            {f"drift.{drift.name}": drift.value for drift in (*monitored.features, monitored.score)}
        )
        run.metrics(
            {
                "alarms": len(alarms),
                "expected_precision_at_capacity": monitored.expected[0],
                **(
                    {} if monitored.expected[1] is None else {"expected_auc": monitored.expected[1]}
                ),
            }
        )
        run.describe("\n".join(f"- {line}" for line in (*alarms, *monitored.notes())))


def _shares(drift: Drift) -> Figure:
    """Share of the values in each bin, then and now."""
    figure, axes = canvas(f"{drift.name}: then and now")
    labels, then, now = zip(*drift.bins, strict=True)
    places = np.arange(len(labels))
    axes.bar(places - 0.2, then, width=0.4, label="trained to score")
    axes.bar(places + 0.2, now, width=0.4, label="now")
    axes.set_xticks(places, labels, rotation=45, ha="right", fontsize="small")
    axes.set_ylabel("Share of the known values")
    legend_below(axes)
    return figure


def _timeline(monitored: Monitored, kept: TrainedVersion) -> Figure:
    """Precision at capacity and base rate when tested, when known since, and what is expected."""
    figure, axes = canvas(f"{monitored.name} over time")
    splits, chosen = kept.metrics["splits"], kept.metrics["chosen"]
    points = [
        (split["test_as_of"], Estimate(**split["candidates"][chosen]["precision_at_capacity"]))
        for split in splits
    ]
    for label, found in (
        ("tested", points),
        ("known since", [(str(each.as_of), each.precision) for each in monitored.mature]),
    ):
        known = [(day, e) for day, e in found if None not in (e.value, e.low, e.high)]
        if known:
            days = np.array([day for day, _ in known], dtype="datetime64[D]")
            values, low, high = (
                np.array([getattr(e, part) for _, e in known]) for part in ("value", "low", "high")
            )
            axes.errorbar(
                days, values, [values - low, high - values], fmt="o", capsize=3, label=label
            )
    axes.plot([np.datetime64(monitored.now.as_of)], [monitored.expected[0]], "D", label="expected")
    rates = [(split["test_as_of"], split["base_rate"]) for split in splits if split["base_rate"]]
    rates += [(str(each.as_of), each.base_rate[0]) for each in monitored.mature]
    axes.plot(
        np.array([day for day, _ in rates], dtype="datetime64[D]"),
        [rate for _, rate in rates],
        color="grey",
        linewidth=0.8,
        label="base rate",
    )
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Precision at capacity")
    axes.tick_params(axis="x", rotation=30)
    legend_below(axes)
    return figure

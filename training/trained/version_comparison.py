"""What the command line asks of two versions: compared, drawn, and put on record in MLflow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from features.artefacts import made_aside, write_json
from features.protected_attributes import read_protected
from governance.disclosure.control import disclosure_policy
from governance.fairness.list_movement import Movement, list_movement
from governance.scored import groups_of
from hearth.catalogue import Catalogue
from hearth.registry import find_version, open_registry
from hearth.settings import Settings
from training.logged.plots import calibration_bins, canvas, legend_below
from training.logged.tracking import tracked_run
from training.trained.versions import kept_version
from training.trained.versions_compared import Compared, compare_versions

COMPARISON = "comparison.json"


@dataclass(frozen=True)
class Comparison:
    """Two versions compared, who enters and leaves the list, and where all of it is kept."""

    compared: Compared
    movement: Mapping[str, Sequence[Movement]]
    folder: Path

    def as_json(self) -> dict[str, Any]:
        """Comparison as JSON holds it."""
        moved = {name: [m.as_json() for m in groups] for name, groups in self.movement.items()}
        return {**self.compared.as_json(), "movement": moved}


def compare_named(
    catalogue: Catalogue, settings: Settings, before: tuple[str, str], after: tuple[str, str]
) -> Comparison:
    """Two versions, each a model and a number, `champion` or `challenger`, compared and put on record.

    Groups are those that the definition of `after` names; they are read from its matrix.

    Raises
    ------
    NotFoundError, StateError
        If there is no such version, or the two cannot be compared.
    """
    for model, _ in (before, after):
        catalogue.model(model)
    one, other = (
        kept_version(settings, model, find_version(settings, model, name))
        for model, name in (before, after)
    )
    definition = catalogue.model(other.model)
    compared = compare_versions(one, other, seed=definition.learner.seed)
    comparison = Comparison(
        compared,
        _movement(catalogue, settings, other.model, compared),
        settings.state_dir / "comparisons" / f"{one.name}_{other.name}",
    )
    tags = {"hearth.kind": "compare", "hearth.before": one.name, "hearth.after": other.name}
    name = f"{one.name} against {other.name}"
    figures = [("calibration", _calibration(compared)), ("differences", _differences(compared))]
    client = open_registry(settings)
    with (
        tracked_run(settings, client, other.model, name, tags=tags) as run,
        made_aside(comparison.folder) as aside,
    ):
        write_json(aside / COMPARISON, comparison.as_json())
        for file, figure in figures:
            figure.savefig(aside / f"{file}.png")
        run.json(COMPARISON, comparison.as_json())
        run.figures(figures)
        run.metrics(
            {
                f"{d.metric}.{part}": value
                for d in compared.differences
                for part, value in (("difference", d.difference), ("low", d.low), ("high", d.high))
                if value is not None
            }
        )
        run.metrics({"list_overlap": compared.overlap})
    return comparison


def _movement(
    catalogue: Catalogue, settings: Settings, model: str, compared: Compared
) -> dict[str, list[Movement]]:
    """Who enters and leaves the list, all test dates together, by attribute."""
    fairness = catalogue.model(model).fairness
    if not fairness.attributes:
        return {}
    rows = pd.DataFrame(
        {
            "entity_id": np.concatenate([date.cohort.entities for date in compared.dates]),
            "as_of": np.concatenate([date.as_of for date in compared.dates]),
        }
    )
    first, second = (
        np.concatenate([date.lists[side] for date in compared.dates]) for side in (0, 1)
    )
    protected = read_protected(settings, model).to_pandas()
    policy = disclosure_policy(fairness.disclosure)
    return {
        attribute.name: list_movement(
            first, second, groups_of(rows, protected, attribute.name), policy
        )
        for attribute in fairness.attributes
    }


def _calibration(compared: Compared) -> Figure:
    figure, axes = canvas("Calibration on the same people")
    for side, name in (("before", compared.before), ("after", compared.after)):
        scores = [getattr(date, side).probability for date in compared.dates]
        if any(probability is None for probability in scores):
            continue
        outcomes = [date.cohort.outcomes for date in compared.dates]
        seen = np.concatenate([each.observed for each in outcomes])
        positive = np.concatenate([each.positive for each in outcomes])
        expected, actual = calibration_bins(np.concatenate(scores)[seen], positive[seen])
        axes.plot(expected, actual, marker="o", label=name)
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":", label="as given")
    axes.set_xlabel("Probability given")
    axes.set_ylabel("Share with the outcome")
    legend_below(axes)
    return figure


def _differences(compared: Compared) -> Figure:
    figure, axes = canvas(f"{compared.after} less {compared.before}")
    for place, found in enumerate(reversed(compared.differences)):
        if found.difference is None or found.low is None or found.high is None:
            continue
        axes.plot([found.low, found.high], [place, place], color="tab:blue")
        axes.plot(found.difference, place, marker="o", color="tab:blue")
    axes.axvline(0, color="grey", linewidth=0.8)
    names = [found.metric.replace("_", " ") for found in reversed(compared.differences)]
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("Difference of means over the test dates, with its 95 % interval")
    return figure

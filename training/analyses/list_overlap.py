"""How far the candidates would send the service to the same entities."""

from itertools import combinations

import numpy as np

from training.experiment import Experiment, SplitResult
from training.figures.overlap import Overlap, overlap
from training.findings import Finding, Training


def list_overlap(training: Training) -> Finding:
    """Overlap of every two candidates' lists at capacity, by test date and as a mean."""
    experiment = training.experiment
    names = list(experiment.splits[0].scores)
    by_split = {
        result.name: {
            f"{first} / {second}": vars(_overlap(result, first, second))
            for first, second in combinations(names, 2)
        }
        for result in experiment.splits
    }
    pairs = by_split[experiment.splits[0].name]
    means = {
        pair: {
            figure: float(np.mean([found[pair][figure] for found in by_split.values()]))
            for figure in ("kept", "jaccard")
        }
        for pair in pairs
    }
    return Finding(
        "list_overlap",
        {"mean": means, "splits": by_split},
        sentences=[_sentence(experiment)],
    )


def _overlap(result: SplitResult, first: str, second: str) -> Overlap:
    one, other = (
        result.cohort.selected(result.cohort.order(result.scores[name].raw))
        for name in (first, second)
    )
    return overlap(one, other)


def _sentence(experiment: Experiment) -> str:
    chosen = experiment.chosen.name
    shares = [
        f"{np.mean([_overlap(r, chosen, other).kept for r in experiment.splits]):.0%} with {other}"
        for other in experiment.splits[0].scores
        if other != chosen
    ]
    return f"The list of {chosen} shares, on average over test dates, {', '.join(shares)}."

"""Spread over retrains: how far scores and the list move when other halves of the data and other seeds teach."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from hearth.definition import ModelDefinition
from hearth.progress import Progress, silent
from hearth.risk_model import Scorer
from training.data.examples import Examples
from training.data.prepared import Prepared
from training.experiment import splits_of, trees_of
from training.figures.evaluation import Cohort
from training.figures.ranking import Floats, draw_lots
from training.findings import Finding
from training.learners.baselines import Logistic
from training.learners.estimator import Candidate

_PAIRS = 5
"""Times the entities are parted in two; each half teaches one refit."""


@dataclass(frozen=True)
class Spread:
    """How far a learner's refits disagree on the latest test date, all as shares in [0, 1].

    Attributes
    ----------
    score_sd, list_sd
        Standard deviation of a person's chance before calibration, averaged over the cohort and
        over the list of the learner that saw everything.
    kept, least_kept, most_kept
        Part of that list which a refit lists too: on average, at worst and at best.
    same_reason
        Part of that list for which a refit gives the same strongest reason group.
    """

    learner: str
    score_sd: float
    list_sd: float
    kept: float
    least_kept: float
    most_kept: float
    same_reason: float


def seeds(prepared: Prepared, progress: Progress = silent) -> Finding:
    """Spread of each learner over refits, each from one half of the entities and with its own seed.

    The spread between halves is, to first order, the spread between fresh samples as large as the
    whole: a half varies twice as much, and two halves of one sample share half of that. It says
    how far the list hangs on who happened to be in the data, and is no part of a score's interval.

    References
    ----------
    McCarthy (1969), "Pseudo-replication: half samples", Review of the International Statistical
    Institute 37: 239-264; Shao & Wu (1989), "A general theory for jackknife variance estimation",
    Annals of Statistics 17: 1176-1197.
    """
    definition, examples = prepared.definition, prepared.examples
    split = splits_of(definition, examples, prepared.periods)[-1]
    seen = examples.on(split.training_dates).observed()
    test = examples.on([split.test.as_of])
    refits = list(_halves(seen, definition.learner.seed))
    total, spreads = 2 * (len(refits) + 1), list[Spread]()
    for learner in ("logistic", "lightgbm"):
        fitted: list[Scorer] = []
        for seed, half in [(definition.learner.seed, seen), *refits]:
            progress(f"Seeds: {learner}", len(spreads) * total // 2 + len(fitted), total)
            fitted.append(_learner(learner, definition, examples, seed).fit(half))
        spreads.append(_spread(learner, definition, test, fitted))
    figures = {
        "test_as_of": split.test.as_of.isoformat(),
        "refits": len(refits),
        "learners": [asdict(spread) for spread in spreads],
    }
    said = [_sentence(spread, len(refits)) for spread in spreads]
    return Finding("seeds", figures, sentences=said)


def _halves(seen: Examples, seed: int) -> Iterator[tuple[int, Examples]]:
    """Seeds and halves of the entities to learn from; those without both outcomes are left out."""
    for pair in range(_PAIRS):
        first = draw_lots(seen.entities.tolist(), seed + pair + 1) % 2 == 0
        for number, half in enumerate((first, ~first)):
            rows = seen.where(half)
            if rows.has_both_classes:
                yield seed + 1 + 2 * pair + number, rows


def _learner(name: str, definition: ModelDefinition, examples: Examples, seed: int) -> Candidate:
    if name == Logistic.name:
        return Logistic(examples.features)
    learner = definition.learner.model_copy(update={"seed": seed})
    return trees_of(definition.model_copy(update={"learner": learner}), examples.features)


def _spread(name: str, definition: ModelDefinition, test: Examples, fitted: list[Scorer]) -> Spread:
    """Spread of the refits, `fitted[1:]`, about what learnt from everything, `fitted[0]`."""
    size = definition.capacity.of(len(test))
    cohort = Cohort(test.entities.tolist(), test.outcomes, size, seed=definition.learner.seed)
    raw = [test.raw_scores(scorer) for scorer in fitted]
    lists = [cohort.selected(cohort.order(each)) for each in raw]
    spread = np.std([_chance(each) for each in raw[1:]], axis=0, ddof=1)
    kept = [float((lists[0] & each).sum() / lists[0].sum()) for each in lists[1:]]
    reasons = [_strongest(scorer, test.where(lists[0])) for scorer in fitted]
    return Spread(
        name,
        score_sd=float(spread.mean()),
        list_sd=float(spread[lists[0]].mean()),
        kept=float(np.mean(kept)),
        least_kept=min(kept),
        most_kept=max(kept),
        same_reason=float(np.mean([reasons[0] == each for each in reasons[1:]])),
    )


def _strongest(scorer: Scorer, listed: Examples) -> npt.NDArray[np.intp]:
    """Place of the reason group that moves each row's score most."""
    groups = list(dict.fromkeys(feature.group for feature in listed.features))
    found = scorer.contributions(listed.rows.table())[:, :-1]
    own: list[list[bool]] = [[f.group == group for f in listed.features] for group in groups]
    sizes = np.column_stack([np.abs(found[:, places].sum(axis=1)) for places in own])
    return np.asarray(np.argmax(sizes, axis=1))


def _chance(raw: Floats) -> Floats:
    """Chance of raw scores in log-odds, before calibration."""
    return np.asarray(1 / (1 + np.exp(-raw)))


def _sentence(spread: Spread, refits: int) -> str:
    return (
        f"Spread over {refits} retrains of {spread.learner}, each on half of the entities: each keeps {spread.kept:.0%} of the list "
        f"on average, {spread.least_kept:.0%} at worst; a score on the list moves by "
        f"{100 * spread.list_sd:.1f} points (one standard deviation), and its strongest reason stays "
        f"the same for {spread.same_reason:.0%}."
    )

"""How much of the skill is who looked: both learners again, told who decided each outcome."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from features.feature_parts import read_columns
from hearth.progress import Progress, silent
from hearth.risk_model import FeatureSpec
from training.data.examples import Examples, specs_of
from training.data.prepared import Prepared
from training.data.rows import encode
from training.experiment import splits_of, trees_of
from training.figures.comparison import Difference, compare
from training.figures.evaluation import Cohort, Scores, evaluate
from training.figures.metrics import average_precision
from training.figures.ranking import Floats
from training.findings import Finding
from training.learners.baselines import Logistic
from training.learners.estimator import Candidate
from training.logged.plots import legend_below

_LEARNERS = ("lightgbm", "logistic")
_FIGURES = ("auc", "average_precision", "precision_at_capacity", "days_earlier")
_GROUP = "assessor"
_ASSUMES = (
    "The figures with the assessor are for this audit alone: nobody knows beforehand who will look, "
    "and a list must not depend on it."
)


@dataclass(frozen=True)
class Skill:
    """One figure of one learner, as means over test dates, among those looked at.

    `drop` is what is lost without the assessor, with its 95 % interval; None where the data cannot
    say.
    """

    learner: str
    metric: str
    with_assessor: float | None
    without: float | None
    drop: float | None
    low: float | None
    high: float | None


def assessors(prepared: Prepared, progress: Progress = silent) -> Finding:
    """What each learner gains from knowing who decided.

    Columns of `label.assessor` are those of the row that decided the outcome, with the vocabulary
    of the rows learnt from; groups with `assessor: true` are added as the matrix holds them. Only
    those looked at are ranked, as nobody decided about the others.
    """
    extra = specs_of(prepared.matrix.manifest, assessors=True)
    cohorts, scores = _judged(prepared, extra, progress)
    seed = prepared.definition.learner.seed
    found = compare(
        cohorts,
        scores,
        [(_with(learner), learner) for learner in _LEARNERS],
        also={"average_precision": lambda cohort, own: average_precision(own.raw, cohort.outcomes)},
        seed=seed,
    )
    skills = _skills(cohorts, scores, found)
    told = {
        "columns": list(prepared.examples.assessors),
        "groups": sorted({feature.group for feature in extra}),
        "test_dates": len(cohorts),
        "deployable": False,
        "figures": [asdict(skill) for skill in skills],
    }
    return Finding(
        "assessors", told, [("assessors", _plot(skills))], [*_sentences(skills), _ASSUMES]
    )


def nobody_named(prepared: Prepared) -> str | None:
    """Why there is nobody to tell apart, where the definition names no assessor."""
    if prepared.examples.assessors or specs_of(prepared.matrix.manifest, assessors=True):
        return None
    model = prepared.definition.model
    return f"no label.assessor and no assessor group is declared in models/{model}/model.yaml"


def _judged(
    prepared: Prepared, extra: Sequence[FeatureSpec], progress: Progress
) -> tuple[list[Cohort], list[dict[str, Scores]]]:
    """Those looked at on each test date, and how learners with and without the assessor rank them."""
    definition, examples = prepared.definition, prepared.examples
    splits = splits_of(definition, examples, prepared.periods)
    of_groups = np.empty((len(examples), 0))
    if extra:
        table = read_columns(prepared.matrix.parts, [feature.name for feature in extra])
        of_groups = encode(extra, table, order="C")
    seed = definition.learner.seed
    cohorts, scores = [], []
    for number, split in enumerate(splits):
        seen = examples.on(split.training_dates).observed()
        test = examples.on([split.test.as_of]).observed()
        told_seen, told_test = (
            _told(rows, seen, extra, of_groups[rows.rows.numbers]) for rows in (seen, test)
        )
        days = test.found_on if definition.label.schedule == "daily" else None
        size = definition.capacity.of(len(test))
        cohorts.append(
            Cohort(test.entities.tolist(), test.outcomes, size, seed=seed, visited_on=days)
        )
        ranked = {}
        for done, learner in enumerate(_LEARNERS, start=number * len(_LEARNERS)):
            progress(f"Assessors: {split.test.as_of}", done, len(splits) * len(_LEARNERS))
            for name, learnt, asked in (
                (learner, seen, test),
                (_with(learner), told_seen, told_test),
            ):
                scorer = _candidate(learner, prepared, learnt).fit(learnt)
                ranked[name] = Scores(asked.raw_scores(scorer))
        scores.append(ranked)
    return cohorts, scores


def _told(
    rows: Examples, seen: Examples, extra: Sequence[FeatureSpec], of_groups: Floats
) -> Examples:
    """Rows with what is known of their assessors, as far as the rows learnt from know them."""
    specs, columns = list(extra), [of_groups]
    for column, said in rows.assessors.items():
        known = [str(each) for each in np.unique(seen.assessors[column]) if each]
        place = {name: float(number) for number, name in enumerate(known)}
        specs.append(
            FeatureSpec(f"{_GROUP}_{column}", _GROUP, _GROUP, "category", tuple(known), None)
        )
        columns.append(np.array([place.get(str(each), np.nan) for each in said])[:, None])
    return rows.beside(specs, np.column_stack(columns))


def _candidate(learner: str, prepared: Prepared, seen: Examples) -> Candidate:
    if learner == Logistic.name:
        return Logistic(seen.features)
    return trees_of(prepared.definition, seen.features)


def _skills(
    cohorts: Sequence[Cohort],
    scores: Sequence[Mapping[str, Scores]],
    found: Sequence[Difference],
) -> list[Skill]:
    figures = [evaluate(*each, replicates=0) for each in zip(cohorts, scores, strict=True)]
    drops = {(each.against, each.metric): each for each in found}

    def mean(name: str, metric: str) -> float | None:
        each = [getattr(one[name], metric) for one in figures]
        values = [one.value for one in each if one is not None and one.value is not None]
        return float(np.mean(values)) if values else None

    return [
        Skill(
            learner,
            metric,
            mean(_with(learner), metric),
            mean(learner, metric),
            *(getattr(drops[learner, metric], part) for part in ("difference", "low", "high")),
        )
        for learner in _LEARNERS
        for metric in _FIGURES
        if (learner, metric) in drops
    ]


def _sentences(skills: Sequence[Skill]) -> Iterator[str]:
    said = [
        f"{skill.drop:+.3f} of AUC with {skill.learner} (95 % interval {skill.low:+.3f} to {skill.high:+.3f})"
        for skill in skills
        if skill.metric == "auc"
        and not (skill.drop is None or skill.low is None or skill.high is None)
    ]
    if said:
        yield f"What is who looked: {', '.join(said)}."


def _plot(skills: Sequence[Skill]) -> Figure:
    shown = [s for s in skills if s.with_assessor is not None and s.metric != "days_earlier"]
    names = [f"{skill.learner}: {_in_words(skill.metric)}" for skill in shown]
    figure = Figure(figsize=(7, 0.5 * len(shown) + 1.4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    without = np.array([skill.without for skill in shown], dtype=float)
    informed = np.array([skill.with_assessor for skill in shown], dtype=float)
    axes.hlines(names, without, informed, color="grey")
    axes.plot(without, names, "o", label="not told who looked")
    axes.plot(informed, names, "o", label="told who looked")
    axes.invert_yaxis()
    legend_below(axes)
    return figure


def _with(learner: str) -> str:
    return f"{learner} with assessor"


def _in_words(metric: str) -> str:
    return "AUC" if metric == "auc" else metric.replace("_", " ")

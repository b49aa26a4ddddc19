"""Lists at capacity on every test date, however they are drawn, and how each falls on the groups."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from features.protected_attributes import NOT_RECORDED
from governance.fairness.outcomes import Grouping, Outcomes
from hearth.definition import Intervention
from training.choosing.fairness_gaps import gap_between
from training.data.examples import Examples
from training.experiment import splits_of
from training.figures.comparison import compare
from training.figures.evaluation import Cohort, Estimate, Scores
from training.figures.metrics import Outcomes as KnownOutcomes
from training.figures.ranking import Bools, Floats, draw_lots
from training.findings import Assessed
from training.validation.splits import Split

AS_IT_IS = "as it is"
"""The list that others are set beside."""

_RATES = ("recall", "precision", "false_discovery_rate", "false_positive_rate", "false_omission_rate")  # fmt: skip


@dataclass(frozen=True)
class Tested:
    """Everybody scored on the test dates, in the order of the dates.

    Attributes
    ----------
    dates
        Those scored on each.
    groups
        Of all of them together, by attribute.
    by_recall
        Whether help that misses is the harm, so that groups are compared by who is found.
    """

    splits: tuple[Split, ...]
    dates: tuple[Examples, ...]
    cohorts: tuple[Cohort, ...]
    groups: Mapping[str, npt.NDArray[np.str_]]
    by_recall: bool

    @classmethod
    def of(cls, assessed: Assessed) -> "Tested":
        """Test dates of a version."""
        definition, examples = assessed.definition, assessed.examples
        splits = tuple(splits_of(definition, examples, assessed.periods))
        dates = tuple(examples.on([split.test.as_of]) for split in splits)
        cohorts = tuple(
            Cohort(
                rows.entities.tolist(),
                rows.outcomes,
                definition.capacity.of(len(rows)),
                seed=definition.learner.seed,
            )
            for rows in dates
        )
        places = np.concatenate([rows.rows.numbers for rows in dates])
        groups = {name: said[places] for name, said in assessed.groups.items()}
        punitive = definition.intervention is Intervention.PUNITIVE
        return cls(splits, dates, cohorts, groups, by_recall=not punitive)

    @property
    def outcomes(self) -> KnownOutcomes:
        """Of all of them together."""
        known = [rows.outcomes for rows in self.dates]
        return KnownOutcomes(
            np.concatenate([each.positive for each in known]),
            np.concatenate([each.observed for each in known]),
        )

    def listed(self, raw: Sequence[Floats]) -> Bools:
        """Who is on the lists, given the raw scores of each date."""
        pairs = zip(self.cohorts, raw, strict=True)
        return np.concatenate([cohort.selected(cohort.order(each)) for cohort, each in pairs])

    def counts(self, listed: Bools) -> dict[str, Any]:
        """Outcome counts of the lists: of everyone, and of each group of each attribute.

        Counts stand in the order of `governance.fairness.counts.CELLS`. Beside them, where somebody
        stands at more than one date, how much wider each rate varies for it.
        """
        known = self.outcomes
        entity = np.unique(np.concatenate([rows.entities for rows in self.dates]), return_inverse=True)  # fmt: skip
        date = np.repeat(np.arange(len(self.dates)), [len(rows) for rows in self.dates])
        outcomes = Outcomes(listed, known.positive, known.observed, entity[1].astype(np.int64), date)  # fmt: skip
        everyone = {"": Grouping.together(len(listed))}
        by_attribute = {name: Grouping.of(said) for name, said in self.groups.items()}
        told = {name: _told(outcomes, own) for name, own in {**everyone, **by_attribute}.items()}
        return {"everyone": next(iter(told.pop("").values())), "by_attribute": told}

    def gaps(self, listed: Bools) -> dict[str, float | None]:
        """How unevenly the lists fall on the groups of each attribute, as training measures it."""
        counted = self.outcomes.positive if self.by_recall else np.ones(len(listed), dtype=bool)
        return {
            name: gap_between(said[counted], listed[counted]) for name, said in self.groups.items()
        }

    def changes(self, name: str, raw: Sequence[Floats], before: Sequence[Floats], *, seed: int) -> dict[str, Any]:  # fmt: skip
        """How far precision and recall at capacity are above those of the list as it is, paired."""
        scores = [
            {name: Scores(own), AS_IT_IS: Scores(other)}
            for own, other in zip(raw, before, strict=True)
        ]
        found = compare(self.cohorts, scores, [(name, AS_IT_IS)], seed=seed)
        return {
            each.metric: asdict(Estimate(each.difference, each.low, each.high))
            for each in found
            if each.metric != "auc"
        }


def lists_as_json(
    tested: Tested, raw: Mapping[str, Sequence[Floats]], *, seed: int
) -> dict[str, dict[str, Any]]:
    """Lists of several ways of ranking as JSON holds them, the first of them the one as it is."""
    first = next(iter(raw))
    before = tested.listed(raw[first])
    told = {}
    for name, own in raw.items():
        listed = tested.listed(own)
        told[name] = {
            **tested.counts(listed),
            "listed": int(listed.sum()),
            "listed_before_too": int((listed & before).sum()),
            "gaps": tested.gaps(listed),
            "changes": {} if name == first else tested.changes(name, own, raw[first], seed=seed),
        }
    return told


def table_of(
    lists: Mapping[str, Mapping[str, Any]], attributes: Iterable[str]
) -> list[dict[str, Any]]:
    """The lists line by line, as a terminal shows them: what is kept, the price, the gaps."""
    return [
        {
            "list": name,
            "listed_again": each["listed_before_too"] / each["listed"],
            **{
                f"{metric.removesuffix('_at_capacity')}_change": value
                for metric, value in each["changes"].items()
            },
            **{f"gap_by_{attribute}": each["gaps"][attribute] for attribute in attributes},
        }
        for name, each in list(lists.items())[1:]
    ]


def learnt_from(assessed: Assessed, split: Split, most: int) -> Examples:
    """Rows with known outcomes that a test date's model learns from: all, or about `most`, by entity."""
    seen = assessed.examples.on(split.training_dates).observed()
    return seen.where(sampled(seen, most, seed=assessed.definition.learner.seed))


def sampled(examples: Examples, most: int, *, seed: int) -> Bools:
    """Which rows to keep, shape (n,): all where they are few, else about `most`, entities kept whole."""
    if len(examples) <= most:
        return np.ones(len(examples), dtype=bool)
    lots = draw_lots(examples.entities.tolist(), seed)
    return np.asarray(lots < np.uint64(most / len(examples) * 2.0**64))


def groups_to_tell(groups: npt.NDArray[np.str_], least: int) -> list[str]:
    """Groups of at least so many rows, those of no recorded group left out."""
    names, sizes = np.unique(groups, return_counts=True)
    return [
        str(name)
        for name, size in zip(names, sizes, strict=True)
        if size >= least and name != NOT_RECORDED
    ]


def _told(outcomes: Outcomes, groups: Grouping) -> dict[str, Any]:
    effects = outcomes.design_effects(groups)
    return {
        name: {
            "counts": counts.tolist(),
            "effects": {rate: own[rate] for rate in _RATES} if outcomes.is_repeated else {},
        }
        for name, counts, own in zip(groups.names, outcomes.counts(groups), effects, strict=True)
    }

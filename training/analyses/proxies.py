"""How well the features tell protected groups apart, which of them do, and what dropping those would cost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from scipy.stats import rankdata

from hearth.progress import Progress, silent
from hearth.risk_model import FeatureSpec
from training.analyses.group_lists import (
    AS_IT_IS,
    Tested,
    groups_to_tell,
    learnt_from,
    lists_as_json,
    sampled,
    table_of,
)
from training.data.examples import Examples
from training.data.prepared import Prepared
from training.experiment import trees_of
from training.figures.bootstrap import Statistic, Weights, each_once, interval, replicate
from training.figures.evaluation import Estimate
from training.figures.metrics import Outcomes, auc
from training.figures.ranking import Floats, draw_lots
from training.findings import Assessed, Finding
from training.learners.estimator import LightGBM
from training.logged.interval_plot import intervals_by_name

_MOST_ROWS = 20_000
"""To tell groups apart by; more make the figures no plainer, and the fits slower."""

_MOST_LEARNT = 50_000
_FOLDS = 3
_ROUNDS = 40
_LEAST_IN_GROUP = 50
"""Fewer teach nothing, and an AUC of them says nothing."""

_TELLING = 0.6
"""AUC from which on a reason group is a proxy worth the price of dropping it."""

_REPLICATES = 400


@dataclass(frozen=True)
class Told:
    """How well some features tell one attribute's groups apart.

    Attributes
    ----------
    auc
        One group against all others, by group: of two rows, one of the group and one not, how
        often the features point at the right one.
    mean
        Of these, each group counted alike.
    right, commonest
        Share of rows whose group is named rightly, and whose group is the commonest.
    """

    auc: Mapping[str, Estimate]
    mean: Estimate
    right: float
    commonest: float


def proxies(assessed: Assessed, progress: Progress = silent) -> Finding:
    """How well features tell protected groups apart, out of sample, and the price of leaving proxies out.

    Shallow trees learn the group from the features and name it for entities that they have not
    seen. An AUC of 0.5 is a guess.

    References
    ----------
    Prince & Schwarcz (2020), "Proxy discrimination in the age of artificial intelligence and big
    data", Iowa Law Review 105: 1257-1318; Fawcett (2006), "An introduction to ROC analysis",
    Pattern Recognition Letters 27: 861-874 (one class against the rest).
    """
    examples, seed = assessed.examples, assessed.definition.learner.seed
    kept = sampled(examples, _MOST_ROWS, seed=seed)
    some = examples.where(kept)
    reason_groups = list(dict.fromkeys(feature.group for feature in examples.features))
    telling = [name for name, said in assessed.groups.items() if _is_told_apart(said[kept])]
    total = len(telling) * (len(reason_groups) + 1)
    together, alone = dict[str, Told](), dict[str, dict[str, Told]]()
    for place, name in enumerate(telling):
        done = place * (len(reason_groups) + 1)
        progress(f"Proxies: {name}, all features", done, total)
        together[name] = _told(some, assessed.groups[name][kept], seed)
        alone[name] = {}
        for number, group in enumerate(reason_groups, start=1):
            progress(f"Proxies: {name}, {group}", done + number, total)
            own = some.select(_features_of(examples.features, group))
            alone[name][group] = _told(own, assessed.groups[name][kept], seed)
    lists = _dropped(assessed, _to_drop(alone), progress) if _to_drop(alone) else {}
    figures = {
        "learner": LightGBM.name,
        "rows": len(some),
        "of_rows": len(examples),
        "least_in_group": _LEAST_IN_GROUP,
        "not_told": [name for name in assessed.groups if name not in telling],
        "groups": list(_records(together)),
        "carriers": list(_carriers(alone)),
        "accuracy": {
            name: {"right": told.right, "commonest": told.commonest}
            for name, told in together.items()
        },
        "dropped": table_of(lists, telling),
        "lists": lists,
    }
    plots = [(f"proxies_{name}", _plot(name, together[name], alone[name])) for name in telling]
    return Finding("proxies", figures, plots, list(_sentences(together, alone)))


def no_attribute(prepared: Prepared) -> str | None:
    """Why there are no groups to compare, where the definition declares no protected attribute."""
    if prepared.definition.fairness.attributes:
        return None
    model = prepared.definition.model
    return (
        f"no protected attribute is declared under fairness.attributes in models/{model}/model.yaml"
    )


def _is_told_apart(groups: npt.NDArray[np.str_]) -> bool:
    return len(groups_to_tell(groups, _LEAST_IN_GROUP)) > 1


def _told(examples: Examples, groups: npt.NDArray[np.str_], seed: int) -> Told:
    """How well the features of some rows tell their groups; rows of small groups are left out.

    Scores of different folds are compared by their places within each: a fold in which a group
    is rare is one whose others hold more of it, and that alone would turn its scores round.
    """
    names = groups_to_tell(groups, _LEAST_IN_GROUP)
    rows = np.flatnonzero(np.isin(groups, names))
    examples, groups = examples.where(rows), groups[rows]
    code = np.searchsorted(names, groups)
    fold = draw_lots(examples.entities.tolist(), seed + 1) % _FOLDS
    table = examples.rows.table()
    scores, places = np.zeros((2, len(rows), len(names)))
    for held in range(_FOLDS):
        out = fold == held
        booster = _learn(examples.features, table[~out], code[~out], len(names), seed)
        scores[out] = np.asarray(booster.predict(table[out], num_threads=1))
        places[out] = rankdata(scores[out], axis=0) / out.sum()
    _, entities = np.unique(examples.entities, return_inverse=True)
    each = {
        name: auc(places[:, place], Outcomes(code == place, np.ones(len(code), dtype=bool)))
        for place, name in enumerate(names)
    }
    statistics = {**each, "": _mean_of(list(each.values()))}
    drawn = replicate(statistics, entities.astype(np.int64), seed=seed, replicates=_REPLICATES)
    found = {
        name: Estimate(
            float(statistic(each_once(len(code)))[0]), *(interval(drawn[name]) or (None, None))
        )
        for name, statistic in statistics.items()
    }
    return Told(
        {name: found[name] for name in names},
        found[""],
        right=float((scores.argmax(axis=1) == code).mean()),
        commonest=float(np.bincount(code).max() / len(code)),
    )


def _learn(
    features: Sequence[FeatureSpec],
    table: Floats,
    code: npt.NDArray[np.intp],
    groups: int,
    seed: int,
) -> lightgbm.Booster:
    parameters = {
        "objective": "multiclass",
        "num_class": groups,
        "num_leaves": 7,
        "learning_rate": 0.1,
        "min_data_in_leaf": 20,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
        "seed": seed,
    }
    places = [place for place, feature in enumerate(features) if feature.kind == "category"]
    data = lightgbm.Dataset(table, code, categorical_feature=places)
    return lightgbm.train(parameters, data, num_boost_round=_ROUNDS)


def _mean_of(statistics: Sequence[Statistic]) -> Statistic:
    def statistic(weights: Weights) -> Floats:
        return np.mean([each(weights) for each in statistics], axis=0)  # type: ignore[no-any-return]  # numpy types the mean as anything

    return statistic


def _features_of(features: Sequence[FeatureSpec], group: str) -> set[str]:
    return {feature.name for feature in features if feature.group == group}


def _strongest(alone: Mapping[str, Told]) -> str | None:
    """Reason group that tells an attribute best by itself; None where none does."""
    best = max(alone, key=lambda group: alone[group].mean.value or 0.0)
    low = alone[best].mean.low
    return best if low is not None and low > _TELLING else None


def _to_drop(alone: Mapping[str, Mapping[str, Told]]) -> list[tuple[str, ...]]:
    """The strongest proxy of each attribute by itself, and then all of them together."""
    found = [group for own in alone.values() if (group := _strongest(own))]
    single = list(dict.fromkeys(found))
    return [*((group,) for group in single), *([tuple(single)] if len(single) > 1 else [])]


def _dropped(
    assessed: Assessed, sets: Sequence[tuple[str, ...]], progress: Progress
) -> dict[str, dict[str, Any]]:
    """Lists of trees without each set of reason groups, beside the list with all of them."""
    definition, tested = assessed.definition, Tested.of(assessed)
    raw: dict[str, list[Floats]] = {}
    ways: dict[str, tuple[str, ...]] = {AS_IT_IS: (), **{" + ".join(each): each for each in sets}}
    for number, (split, test) in enumerate(zip(tested.splits, tested.dates, strict=True)):
        seen = learnt_from(assessed, split, _MOST_LEARNT)
        for done, (name, without) in enumerate(ways.items(), start=number * len(ways)):
            progress(f"Proxies: {split.test.as_of}, without", done, len(tested.splits) * len(ways))
            kept = {f.name for f in assessed.examples.features if f.group not in without}
            if kept:
                own = seen.select(kept)
                scorer = trees_of(definition, own.features).fit(own)
                raw.setdefault(name, []).append(test.select(kept).raw_scores(scorer))
    return lists_as_json(tested, raw, seed=definition.learner.seed)


def _records(together: Mapping[str, Told]) -> Iterator[dict[str, Any]]:
    for attribute, told in together.items():
        for group, estimate in told.auc.items():
            yield {"attribute": attribute, "group": group, "auc": asdict(estimate)}


def _carriers(alone: Mapping[str, Mapping[str, Told]]) -> Iterator[dict[str, Any]]:
    for attribute, own in alone.items():
        for group in sorted(own, key=lambda group: -(own[group].mean.value or 0.0)):
            yield {
                "attribute": attribute,
                "reason_group": group,
                "auc_alone": asdict(own[group].mean),
            }


def _sentences(
    together: Mapping[str, Told], alone: Mapping[str, Mapping[str, Told]]
) -> Iterator[str]:
    for attribute, told in together.items():
        strongest = _strongest(alone[attribute])
        carried = f"; {strongest} tells it most" if strongest else ""
        yield (
            f"All features tell {attribute} with an AUC of {told.mean.value:.2f} (0.50 is a guess)"
            f"{carried}."
        )


def _plot(attribute: str, together: Told, alone: Mapping[str, Told]) -> Figure:
    ranked = sorted(alone, key=lambda group: -(alone[group].mean.value or 0.0))
    shown = {"all features": together.mean, **{group: alone[group].mean for group in ranked}}
    title = f"How well features tell {attribute.replace('_', ' ')}"
    return intervals_by_name(title, "AUC out of sample (0.5 is a guess)", shown, none_at=0.5)

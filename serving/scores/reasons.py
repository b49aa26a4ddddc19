"""Reasons of a score by concept: what the record says, where that lies in the cohort and, apart, its effect.

No reason says "because": a contribution is what the model made of a value, not what caused anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hearth.risk_model import ReasonWords, RiskModel, as_recorded
from serving.answers import Explanation, FeatureShown, Reason, Value, Withheld
from serving.scores.group_words import FeatureWords, GroupWords

RESTRICTED = "restricted"
RESTRICTED_TEXT = "Information from a restricted source"

_STRONG, _MODERATE = 0.405, 0.095
"""Least size in log-odds: it changes the odds by half or more (ln 1.5), or by a tenth (ln 1.1)."""

_MOST_FEATURES = 5  # behind one reason; the rest are in the technical layer
_NOTHING = 1e-12
_RULE_SCALE: Literal["rule_value"] = "rule_value"


class Explainer:
    """Explains scores of one model; what does not depend on a row is worked out once."""

    def __init__(self, model: RiskModel) -> None:
        features = {feature.name: FeatureWords(model, feature) for feature in model.features}
        self._groups = [_Group(model, words, features) for words in model.reasons]
        self._orders = _Orders([group.places for group in self._groups])
        self._features = model.features
        self._has_flags = any(feature.flag_of is not None for feature in model.features)
        self._method = "tree_shap" if model.kind == "lightgbm" else "linear_shapley"
        self._scale = scale_of(model)

    def __call__(
        self, values: Mapping[str, Value], contributions: Sequence[float] | NDArray[np.float64]
    ) -> Explanation:
        """Explanation of one score, with nothing withheld, largest reason first.

        Parameters
        ----------
        values
            Value of each feature by name; absent or None where it is not recorded. One that was
            filled in is worded as not recorded.
        contributions
            One for each feature in the model's order and, last, the base value; on the scale of the
            raw score.

        Returns
        -------
        Explanation
            Its contributions and base value add up to the raw score.
        """
        if self._has_flags:
            values = as_recorded(self._features, values)
        added = np.asarray(contributions, dtype=np.float64)
        reasons = [
            group.reason(values, total, largest, self._scale)
            for group, total, largest in zip(self._groups, *self._orders.of(added), strict=True)
        ]
        return Explanation(
            method=self._method,
            scale=self._scale,
            base_value=float(added[-1]),
            reasons=_largest_first(reasons),
            withheld=Withheld(0),
            missing=tuple(reason.code for reason in reasons if reason.is_missing),
        )


def explain(
    model: RiskModel,
    values: Mapping[str, Value],
    contributions: Sequence[float] | NDArray[np.float64],
) -> Explanation:
    """Explanation of one score; see `Explainer`, which a service keeps."""
    return Explainer(model)(values, contributions)


def withhold_restricted(explanation: Explanation) -> Explanation:
    """The same explanation with its restricted reasons summed into one that names no source."""
    restricted = [reason for reason in explanation.reasons if reason.sensitivity == "restricted"]
    if not restricted:
        return explanation
    ordinary = [reason for reason in explanation.reasons if reason.sensitivity != "restricted"]
    hidden = {reason.code for reason in restricted}
    total = sum(reason.contribution for reason in restricted)
    veiled = Reason(
        code=RESTRICTED,
        title="Restricted",
        text=RESTRICTED_TEXT,
        direction=_direction(total),
        strength=_strength(total, explanation.scale),
        contribution=total,
        source="",
        sensitivity="restricted",
        is_missing=False,
        features=(),
    )
    return Explanation(
        method=explanation.method,
        scale=explanation.scale,
        base_value=explanation.base_value,
        reasons=_largest_first([*ordinary, veiled]),
        withheld=Withheld(len(restricted)),
        missing=tuple(code for code in explanation.missing if code not in hidden),
    )


def effect(
    contribution: float, scale: str
) -> tuple[Literal["raises", "lowers", "neither"], Literal["strong", "moderate", "weak"]]:
    """Direction and strength of a contribution."""
    return _direction(contribution), _strength(contribution, scale)


class _Orders:
    """Sorts each group's contributions by size, all groups at once."""

    def __init__(self, places: Sequence[Sequence[int]]) -> None:
        self._sizes = list(map(len, places))
        width = max(self._sizes, default=0)
        filled = [[*own, *(width - len(own)) * [-1]] for own in places]
        self._places = np.array(filled, np.intp).reshape(len(places), width)
        self._groups = np.arange(len(places))[:, None]

    def of(
        self, contributions: NDArray[np.float64]
    ) -> tuple[list[float], list[list[tuple[int, float]]]]:
        """Each group's sum, and the places and contributions of its largest, equal ones in their order."""
        padded = contributions.copy()
        padded[-1] = 0.0  # in place of the base value: what fills up a small group, after its own
        added = padded[self._places]
        order = np.argsort(-np.abs(added), axis=1, kind="stable")[:, :_MOST_FEATURES]
        largest = added[self._groups, order].tolist()
        found = [
            list(zip(one, values, strict=True))[:size]
            for one, values, size in zip(order.tolist(), largest, self._sizes, strict=True)
        ]
        return added.sum(axis=1).tolist(), found


class _Group:
    """One reason: its words, and the features whose contributions it sums."""

    def __init__(
        self, model: RiskModel, words: ReasonWords, features: Mapping[str, FeatureWords]
    ) -> None:
        own = [(j, f) for j, f in enumerate(model.features) if f.group == words.group]
        self.places = [place for place, _ in own]
        self._words = words
        self._said = GroupWords(words, features, [f.name for _, f in own if f.flag_of is None])
        self._shown = [(feature.name, features[feature.name].shown) for _, feature in own]
        self._about = [feature.flag_of or feature.name for _, feature in own]
        self._source = words.source_title or words.source
        self._sensitivity: Literal["ordinary", "restricted"] = (
            "ordinary" if words.sensitivity == "ordinary" else "restricted"
        )

    def reason(
        self,
        values: Mapping[str, Value],
        total: float,
        largest: Sequence[tuple[int, float]],
        scale: str,
    ) -> Reason:
        """The reason of one score, from the sum of its contributions and the largest of them."""
        first, most = largest[0]
        text = self._said.said(values, self._about[first] if abs(most) > _NOTHING else None)
        features = []
        for at, contribution in largest:
            name, shown = self._shown[at]
            value = values.get(name)
            features.append(FeatureShown(name, value, shown(value), contribution))
        words = self._words
        return Reason(
            code=words.group,
            title=words.title,
            text=self._said.missing if text is None else text,
            direction=_direction(total),
            strength=_strength(total, scale),
            contribution=total,
            source=self._source,
            sensitivity=self._sensitivity,
            is_missing=text is None,
            features=tuple(features),
        )


def scale_of(model: RiskModel) -> Literal["log_odds", "rule_value"]:
    """What contributions are on the scale of."""
    return _RULE_SCALE if model.kind == "rule" else "log_odds"


def _direction(contribution: float) -> Literal["raises", "lowers", "neither"]:
    if abs(contribution) <= _NOTHING:
        return "neither"
    return "raises" if contribution > 0 else "lowers"


def _strength(contribution: float, scale: str) -> Literal["strong", "moderate", "weak"]:
    """By the change in odds; a rule has one reason, and it is all there is."""
    if scale == _RULE_SCALE and abs(contribution) > _NOTHING:
        return "strong"
    size = abs(contribution)
    return "strong" if size >= _STRONG else "moderate" if size >= _MODERATE else "weak"


def _largest_first(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda reason: (-abs(reason.contribution), reason.code)))

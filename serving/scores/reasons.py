"""Reasons of a score by concept: what the record says, where that lies in the cohort and, apart, its effect.

No reason says "because": a contribution is what the model made of a value, not what caused anything.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from hearth.risk_model import FeatureSpec, ReasonWords, RiskModel, as_recorded
from serving.answers import Explanation, FeatureShown, Reason, Value, Withheld
from serving.scores.comparison import compare_category, compare_number
from serving.scores.wording import many_of, value_in_words

RESTRICTED = "restricted"
RESTRICTED_TEXT = "Information from a restricted source"
RECORDED, NOT_RECORDED = "recorded", "not recorded"

_STRENGTHS: tuple[tuple[float, Literal["strong", "moderate"]], ...] = (
    (0.405, "strong"),
    (0.095, "moderate"),
)
"""Least size in log-odds: it changes the odds by half or more (ln 1.5), or by a tenth (ln 1.1)."""

_MOST_FEATURES = 5  # behind one reason; the rest are in the technical layer
_NOTHING = 1e-12
_RULE_SCALE: Literal["rule_value"] = "rule_value"
_PLACE = re.compile(r"\{(\w+)\}")
_COMPARISON = "comparison"


def explain(
    model: RiskModel, values: Mapping[str, Value], contributions: Sequence[float]
) -> Explanation:
    """Explanation of one score, with nothing withheld, largest reason first.

    Parameters
    ----------
    model
        The model that made the score.
    values
        Value of each feature by name; absent or None where it is not recorded. One that was filled
        in is worded as not recorded.
    contributions
        One for each feature in the model's order and, last, the base value; on the scale of the raw score.

    Returns
    -------
    Explanation
        Its contributions and base value add up to the raw score.
    """
    people, values = many_of(str(model.about["unit"])), as_recorded(model.features, values)
    by_group: dict[str, list[tuple[FeatureSpec, float]]] = {
        words.group: [] for words in model.reasons
    }
    for feature, contribution in zip(model.features, contributions, strict=False):
        by_group[feature.group].append((feature, float(contribution)))
    reasons = [
        _reason(model, words, by_group[words.group], values, people) for words in model.reasons
    ]
    return Explanation(
        method="tree_shap" if model.kind == "lightgbm" else "linear_shapley",
        scale=scale_of(model),
        base_value=float(contributions[-1]),
        reasons=_largest_first(reasons),
        withheld=Withheld(0),
        missing=tuple(reason.code for reason in reasons if reason.is_missing),
    )


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


def say(model: RiskModel, words: ReasonWords, values: Mapping[str, Value]) -> str:
    """What the record says of one group, where none of the values was filled in."""
    own = [feature for feature in model.features if feature.group == words.group]
    if _is_missing(words, own, values):
        return _missing_text(words)
    return _text(model, words, values, many_of(str(model.about["unit"])))


def effect(
    contribution: float, scale: str
) -> tuple[Literal["raises", "lowers", "neither"], Literal["strong", "moderate", "weak"]]:
    """Direction and strength of a contribution."""
    return _direction(contribution), _strength(contribution, scale)


def places_of(words: ReasonWords) -> set[str]:
    """Features that a group's text states."""
    return {name for name in _PLACE.findall(words.text) if name != _COMPARISON}


def _reason(
    model: RiskModel,
    words: ReasonWords,
    members: Sequence[tuple[FeatureSpec, float]],
    values: Mapping[str, Value],
    people: str,
) -> Reason:
    total = sum(contribution for _, contribution in members)
    is_missing = _is_missing(words, [feature for feature, _ in members], values)
    shown = sorted(members, key=lambda member: -abs(member[1]))[:_MOST_FEATURES]
    return Reason(
        code=words.group,
        title=words.title,
        text=_missing_text(words) if is_missing else _text(model, words, values, people),
        direction=_direction(total),
        strength=_strength(total, scale_of(model)),
        contribution=total,
        source=words.source_title or words.source,
        sensitivity="ordinary" if words.sensitivity == "ordinary" else "restricted",
        is_missing=is_missing,
        features=tuple(
            FeatureShown(
                feature.name, values.get(feature.name), _display(feature, values), contribution
            )
            for feature, contribution in shown
        ),
    )


def _text(model: RiskModel, words: ReasonWords, values: Mapping[str, Value], people: str) -> str:
    """The definition's text, each place filled; a clause after `;` goes where its value is not recorded."""
    first, *more = words.text.split(";")
    kept = [first, *(clause for clause in more if _has_values(clause, values))]
    return _fill(model, ";".join(kept), values, people)


def _has_values(clause: str, values: Mapping[str, Value]) -> bool:
    named = [name for name in _PLACE.findall(clause) if name != _COMPARISON]
    return all(values.get(name) is not None for name in named)


def _fill(model: RiskModel, text: str, values: Mapping[str, Value], people: str) -> str:
    """A text with its places filled; a comparison is of the feature named before it."""
    specs = {feature.name: feature for feature in model.features}
    last: FeatureSpec | None = None

    def fill(match: re.Match[str]) -> str:
        nonlocal last
        name = match[1]
        if name == _COMPARISON:
            return _comparison(model, last, values, people)
        last = specs[name]
        return _display(last, values)

    return _PLACE.sub(fill, text)


def _comparison(
    model: RiskModel, feature: FeatureSpec | None, values: Mapping[str, Value], people: str
) -> str:
    value = None if feature is None else values.get(feature.name)
    if feature is None or value is None:
        return NOT_RECORDED
    if isinstance(value, str):
        return compare_category(value, model.cohort.category_shares.get(feature.name, {}), people)
    return compare_number(value, feature, model.cohort.distributions.get(feature.name), people)


def _is_missing(
    words: ReasonWords, features: Sequence[FeatureSpec], values: Mapping[str, Value]
) -> bool:
    """Whether the first value that the text would state is not recorded, or none of the group's is."""
    named = [name for name in _PLACE.findall(words.text) if name != _COMPARISON]
    if named and values.get(named[0]) is None:
        return True
    own = [feature for feature in features if feature.flag_of is None]
    return all(values.get(feature.name) is None for feature in own)


def _missing_text(words: ReasonWords) -> str:
    return words.missing or f"{words.title}: {NOT_RECORDED}"


def _display(feature: FeatureSpec, values: Mapping[str, Value]) -> str:
    value = values.get(feature.name)
    if value is None:
        return NOT_RECORDED
    if feature.flag_of is not None:
        return NOT_RECORDED if value == 1 else RECORDED
    if _is_share(feature) and not isinstance(value, str):
        return value_in_words(100 * value, "%")
    return value_in_words(value, feature.unit)


def _is_share(feature: FeatureSpec) -> bool:
    """Whether it is a part of a whole; a ratio of like to like has no unit."""
    is_ratio = feature.name.startswith(f"{feature.group}_ratio_")
    return feature.name.startswith(f"{feature.group}_share_") or (is_ratio and feature.unit is None)


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
    return next((name for least, name in _STRENGTHS if abs(contribution) >= least), "weak")


def _largest_first(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda reason: (-abs(reason.contribution), reason.code)))

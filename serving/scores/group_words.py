"""What the record says of a reason group, in words: each text is taken apart once for a model."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hearth.risk_model import FeatureSpec, ReasonWords, RiskModel
from serving.answers import Value
from serving.scores.comparison import NumberComparison, compare_category
from serving.scores.wording import category_in_words, many_of, number_writer

RECORDED, NOT_RECORDED = "recorded", "not recorded"

_PLACE = re.compile(r"\{(\w+)\}")
_COMPARISON = "comparison"


class FeatureWords:
    """How a value of one feature is shown, and where it lies in the cohort."""

    def __init__(self, model: RiskModel, feature: FeatureSpec) -> None:
        self.name, self.label = feature.name, feature.label or feature.name.replace("_", " ")
        self._people = many_of(str(model.about["unit"]))
        self._number_in_words = _writer(feature)
        self._shares = model.cohort.category_shares.get(feature.name, {})
        distribution = model.cohort.distributions.get(feature.name)
        self._compare = NumberComparison(feature, distribution, self._people)

    def shown(self, value: Value) -> str:
        """The value as people read it."""
        if value is None:
            return NOT_RECORDED
        if isinstance(value, str):
            return category_in_words(value)
        return self._number_in_words(value)

    def compared(self, value: Value) -> str:
        """Clause that places the value in the cohort."""
        if value is None:
            return NOT_RECORDED
        if isinstance(value, str):
            return compare_category(value, self._shares, self._people)
        return self._compare(value)


class GroupWords:
    """Says what is recorded of one group.

    A clause after `;` goes where a value it states is not recorded; a comparison is of the feature
    named before it.

    Parameters
    ----------
    words
        The group's text, and what is said where nothing is recorded.
    features
        Words of the features that it names, and of its own.
    own
        Names of the group's features, without flags.
    """

    def __init__(
        self, words: ReasonWords, features: Mapping[str, FeatureWords], own: Sequence[str]
    ) -> None:
        self.missing = words.missing or f"{words.title}: {NOT_RECORDED}"
        self._stated, self._own, self._features = _named(words.text), own, features
        self._first_clause, *self._clauses = _clauses(words.text, features)

    def said(self, values: Mapping[str, Value], weightiest: str | None) -> str | None:
        """The text with its places filled; None where nothing is recorded that it could state.

        Parameters
        ----------
        values
            Value by feature name.
        weightiest
            Name of the feature whose contribution is the largest of the group's; None where none
            contributes. Where the text does not state it, a clause of its own does: two people
            whose texts read the same would else be told of opposite effects.
        """
        get, stated = values.get, self._stated
        if stated and get(stated[0]) is None:
            return None
        if (not stated or stated[0] not in self._own) and all(
            get(own) is None for own in self._own
        ):
            return None
        text = self._first_clause.said(get)
        for clause in self._clauses:
            if all(get(name) is not None for name in clause.needs):
                text += clause.said(get)
        if weightiest is None or weightiest in stated:
            return text
        return text + self._of_its_own(weightiest, values)

    def _of_its_own(self, name: str, values: Mapping[str, Value]) -> str:
        """Clause of a feature that the text does not state."""
        feature, value = self._features[name], values.get(name)
        compared = "" if value is None else f", {feature.compared(value)}"
        return f"; {feature.label}: {feature.shown(value)}{compared}"


@dataclass(frozen=True)
class _Clause:
    """A text with places for values, each by the feature's name and how it is worded.

    `needs` are the features without which the clause is left out.
    """

    before: str
    places: Sequence[tuple[str, Callable[[Value], str], str]]
    needs: Sequence[str]

    def said(self, get: Callable[[str], Value]) -> str:
        """The clause of one record."""
        text = self.before
        for name, words, after in self.places:
            text += words(get(name)) + after
        return text


def places_of(words: ReasonWords) -> set[str]:
    """Features that a group's text states."""
    return set(_named(words.text))


def _clauses(text: str, features: Mapping[str, FeatureWords]) -> list[_Clause]:
    """A text taken apart at each `;`, the first clause and those that may be left out."""
    clauses: list[_Clause] = []
    last: str | None = None
    for i, clause in enumerate(text.split(";")):
        before, *pieces = _PLACE.split(f";{clause}" if i else clause)  # names and texts by turns
        places: list[tuple[str, Callable[[Value], str], str]] = []
        for name, after in zip(pieces[::2], pieces[1::2], strict=True):
            last = last if name == _COMPARISON else name
            if last is None:  # nothing to compare
                before += NOT_RECORDED + after
                continue
            words = features[last]
            places.append((last, words.compared if name == _COMPARISON else words.shown, after))
        clauses.append(_Clause(before, places, tuple(name for name, _, _ in places)))
    return clauses


def _writer(feature: FeatureSpec) -> Callable[[float], str]:
    """How numbers of a feature are shown."""
    if feature.flag_of is not None:
        return lambda value: NOT_RECORDED if value == 1 else RECORDED
    if _is_share(feature):
        percent = number_writer("%")
        return lambda value: percent(100 * value)
    return number_writer(feature.unit)


def _named(text: str) -> tuple[str, ...]:
    return tuple(name for name in _PLACE.findall(text) if name != _COMPARISON)


def _is_share(feature: FeatureSpec) -> bool:
    """Whether it is a part of a whole; a ratio of like to like has no unit."""
    is_ratio = feature.name.startswith(f"{feature.group}_ratio_")
    return feature.name.startswith(f"{feature.group}_share_") or (is_ratio and feature.unit is None)

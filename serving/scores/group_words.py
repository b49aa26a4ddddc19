"""What the record says of a reason group, in words: each text is taken apart once for a model."""

import re
from collections.abc import Mapping, Sequence

from hearth.risk_model import FeatureSpec, ReasonWords, RiskModel
from serving.answers import Value
from serving.scores.comparison import NumberComparison, compare_category
from serving.scores.wording import many_of, value_in_words

RECORDED, NOT_RECORDED = "recorded", "not recorded"

_PLACE = re.compile(r"\{(\w+)\}")
_COMPARISON = "comparison"


class FeatureWords:
    """How a value of one feature is shown, and where it lies in the cohort."""

    def __init__(self, model: RiskModel, feature: FeatureSpec) -> None:
        self.name, self.label = feature.name, feature.label or feature.name.replace("_", " ")
        self._people = many_of(str(model.about["unit"]))
        self._unit = feature.unit
        self._is_flag = feature.flag_of is not None
        self._is_share = _is_share(feature)
        self._shares = model.cohort.category_shares.get(feature.name, {})
        distribution = model.cohort.distributions.get(feature.name)
        self._compare = NumberComparison(feature, distribution, self._people)

    def shown(self, value: Value) -> str:
        """The value as people read it."""
        if value is None:
            return NOT_RECORDED
        if self._is_flag:
            return NOT_RECORDED if value == 1 else RECORDED
        if self._is_share and not isinstance(value, str):
            return value_in_words(100 * value, "%")
        return value_in_words(value, self._unit)

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
    """

    def __init__(self, words: ReasonWords, features: Mapping[str, FeatureWords]) -> None:
        self._missing = words.missing or f"{words.title}: {NOT_RECORDED}"
        first, *more = words.text.split(";")
        self._clauses = [_parts(first, features), *(_parts(f";{text}", features) for text in more)]
        self._needs = [(), *(_named(text) for text in more)]
        self._stated = _named(words.text)
        self._features = features

    def said(
        self, own: Sequence[str], values: Mapping[str, Value], weightiest: str | None
    ) -> str | None:
        """The text with its places filled; None where nothing is recorded that it could state.

        Parameters
        ----------
        own
            Names of the group's features, without flags.
        weightiest
            Name of the feature whose contribution is the largest of the group's; None where none
            contributes. Where the text does not state it, a clause of its own does: two people
            whose texts read the same would else be told of opposite effects.
        """
        get = values.get
        if self._stated and get(self._stated[0]) is None:
            return None
        if all(get(name) is None for name in own):
            return None
        last: FeatureWords | None = None
        said: list[str] = []
        for parts, needs in zip(self._clauses, self._needs, strict=True):
            if needs and any(get(name) is None for name in needs):
                continue
            for part in parts:
                if isinstance(part, str):
                    said.append(part)
                elif part is None:
                    said.append(NOT_RECORDED if last is None else last.compared(get(last.name)))
                else:
                    last = part
                    said.append(last.shown(get(last.name)))
        return "".join(said) + self._of_its_own(weightiest, values)

    def _of_its_own(self, name: str | None, values: Mapping[str, Value]) -> str:
        """Clause of a feature that the text does not state."""
        if name is None or name in self._stated:
            return ""
        feature, value = self._features[name], values.get(name)
        compared = "" if value is None else f", {feature.compared(value)}"
        return f"; {feature.label}: {feature.shown(value)}{compared}"

    @property
    def missing(self) -> str:
        """What is said where it says nothing."""
        return self._missing


def places_of(words: ReasonWords) -> set[str]:
    """Features that a group's text states."""
    return set(_named(words.text))


def _parts(text: str, features: Mapping[str, FeatureWords]) -> list[str | FeatureWords | None]:
    """A text as what stands as it is, features to be shown, and None for a comparison."""
    pieces = _PLACE.split(text)  # texts and names by turns
    return [
        piece if not i % 2 else None if piece == _COMPARISON else features[piece]
        for i, piece in enumerate(pieces)
    ]


def _named(text: str) -> tuple[str, ...]:
    return tuple(name for name in _PLACE.findall(text) if name != _COMPARISON)


def _is_share(feature: FeatureSpec) -> bool:
    """Whether it is a part of a whole; a ratio of like to like has no unit."""
    is_ratio = feature.name.startswith(f"{feature.group}_ratio_")
    return feature.name.startswith(f"{feature.group}_share_") or (is_ratio and feature.unit is None)

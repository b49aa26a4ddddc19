"""Where a value lies in its cohort, said in words that are true of the value."""

from bisect import bisect_left
from collections.abc import Mapping
from typing import NamedTuple

from hearth.risk_model.cohort import Distribution
from hearth.risk_model.encoding import FeatureSpec

_ALL, _HALF = 100, 50
"""A claim about "N of 100" stands alone once it speaks of at least half the cohort."""

_ALL_VALUES_KEPT_BELOW = 201
"""A distribution with fewer values than this dropped none, so that shares at a value are exact."""

_TIME = ("longer ago than", "more recent than")
_COUNT = ("more than", "fewer than")
_AMOUNT = ("more than", "less than")
_PLAIN = ("higher than", "lower than")
_WORDS_OF_MEASURE = {
    "days_since": _TIME,
    "count": _COUNT,
    "distinct": _COUNT,
    "around_count": _COUNT,
}


class Standing(NamedTuple):
    """Shares of the cohort sure to lie below, at and above a value, in whole hundredths.

    Each is a lower bound, so that "more than 90 of 100" is never said of 89.
    """

    below: int
    same: int
    above: int


def standing(value: float, distribution: Distribution) -> Standing:
    """Standing of a finite value among the recorded values of its cohort."""
    values, below = distribution.values, distribution.share_below(value)
    place = bisect_left(values, value)
    is_kept = (
        place < len(values)
        and values[place] == value
        and (not place or len(values) < _ALL_VALUES_KEPT_BELOW)
    )
    at = distribution.at_or_below[place] - below if is_kept else 0.0
    return Standing(
        _hundredths(below), _hundredths(at), _hundredths(distribution.share_above(value))
    )


def compare_number(
    value: float, feature: FeatureSpec, distribution: Distribution | None, people: str
) -> str:
    """Clause that places a number in its cohort: "more than 90 of 100 households".

    Parameters
    ----------
    value
        A finite number, in the feature's unit.
    feature
        Which feature it is of: counts read "more", days since something "longer ago".
    distribution
        The feature's recorded values over the cohort; None or empty if there are none.
    people
        What the cohort is made of, in the plural.
    """
    return NumberComparison(feature, distribution, people)(value)


class NumberComparison:
    """Places numbers of one feature in its cohort; see `compare_number`.

    A clause depends only on which kept values a number lies at or between, so each is worded once.
    """

    def __init__(
        self, feature: FeatureSpec, distribution: Distribution | None, people: str
    ) -> None:
        self._distribution = distribution
        self._kept = () if distribution is None else distribution.values
        self._worded: dict[int, str] = {}
        self._nobody = f"with no {people} to compare it with"
        if distribution is not None and distribution.values:
            more, less = _words(feature)
            is_always_known = distribution.missing_share == 0
            whom = people if is_always_known else f"{people} where this is recorded"
            self._above_all = f"{more} all {whom} in the comparison"
            self._below_all = f"{less} all {whom} in the comparison"
            self._more, self._less, self._of_whom = more, less, f" of 100 {whom}"

    def __call__(self, value: float) -> str:
        """Clause that places a finite number."""
        kept = self._kept
        place = bisect_left(kept, value)
        at = 2 * place + (place < len(kept) and kept[place] == value)
        if at not in self._worded:
            self._worded[at] = self._clause(value)
        return self._worded[at]

    def _clause(self, value: float) -> str:
        if self._distribution is None or not self._distribution.values:
            return self._nobody
        place = standing(value, self._distribution)
        if place.below == _ALL:
            return self._above_all
        if place.above == _ALL:
            return self._below_all
        return self._share(place) + self._of_whom

    def _share(self, place: Standing) -> str:
        if place.same >= _HALF:
            return f"the same as {place.same}"
        if place.below >= _HALF:
            return f"{self._more} {place.below}"
        if place.above >= _HALF:
            return f"{self._less} {place.above}"
        return f"{self._more} {place.below} and {self._less} {place.above}"


def compare_category(value: str, shares: Mapping[str, float], people: str) -> str:
    """Clause that places a category in its cohort: "the same as 12 of 100 households where this is recorded".

    Shares are of the recorded values, so the clause always says so.
    """
    share, whom = shares.get(value, 0.0), f"{people} where this is recorded"
    if share <= 0:
        return f"unlike all {whom} in the comparison"
    return f"the same as {_hundredths(share) or 'fewer than 1'} of 100 {whom}"


def _words(feature: FeatureSpec) -> tuple[str, str]:
    """Words for a larger and a smaller value, from the measure that the feature's name tells."""
    measure = feature.name.removeprefix(f"{feature.group}_")
    found = (words for name, words in _WORDS_OF_MEASURE.items() if measure.startswith(name))
    return next(found, _AMOUNT if feature.unit else _PLAIN)


def _hundredths(share: float) -> int:
    """Whole hundredths, rounded down, forgiving only the rounding of floats."""
    return int(100 * share + 1e-9)

"""Where a value lies in its cohort, said in words that are true of the value."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Standing:
    """Shares of the cohort sure to lie below, at and above a value, in whole hundredths.

    Each is a lower bound, so that "more than 90 of 100" is never said of 89.
    """

    below: int
    same: int
    above: int


def standing(value: float, distribution: Distribution) -> Standing:
    """Standing of a finite value among the recorded values of its cohort."""
    values, shares = distribution.values, distribution.at_or_below
    if value < values[0]:
        return Standing(0, 0, _ALL)
    return Standing(
        _hundredths(distribution.share_below(value)),
        _hundredths(_share_at(value, values, shares)),
        _hundredths(distribution.share_above(value)),
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
    if distribution is None or not distribution.values:
        return f"with no {people} to compare it with"
    more, less = _words(feature)
    whom = people if distribution.missing_share == 0 else f"{people} where this is recorded"
    place = standing(value, distribution)
    claims = (
        (place.below == _ALL, f"{more} all {whom} in the comparison"),
        (place.above == _ALL, f"{less} all {whom} in the comparison"),
        (place.same >= _HALF, f"the same as {place.same} of 100 {whom}"),
        (place.below >= _HALF, f"{more} {place.below} of 100 {whom}"),
        (place.above >= _HALF, f"{less} {place.above} of 100 {whom}"),
        (True, f"{more} {place.below} and {less} {place.above} of 100 {whom}"),
    )
    return next(words for holds, words in claims if holds)


def compare_category(value: str, shares: Mapping[str, float], people: str) -> str:
    """Clause that places a category in its cohort: "the same as 12 of 100 households where this is recorded".

    Shares are of the recorded values, so the clause always says so.
    """
    share, whom = shares.get(value, 0.0), f"{people} where this is recorded"
    if share <= 0:
        return f"unlike all {whom} in the comparison"
    return f"the same as {_hundredths(share) or 'fewer than 1'} of 100 {whom}"


def _share_at(value: float, values: tuple[float, ...], shares: tuple[float, ...]) -> float:
    """Share of the cohort with this very value; 0 where values between those kept could hide it."""
    index = bisect_left(values, value)
    if index == len(values) or values[index] != value:
        return 0.0
    if index == 0:
        return shares[0]
    return shares[index] - shares[index - 1] if len(values) < _ALL_VALUES_KEPT_BELOW else 0.0


def _words(feature: FeatureSpec) -> tuple[str, str]:
    """Words for a larger and a smaller value, from the measure that the feature's name tells."""
    measure = feature.name.removeprefix(f"{feature.group}_")
    found = (words for name, words in _WORDS_OF_MEASURE.items() if measure.startswith(name))
    return next(found, _AMOUNT if feature.unit else _PLAIN)


def _hundredths(share: float) -> int:
    """Whole hundredths, rounded down, forgiving only the rounding of floats."""
    return int(100 * share + 1e-9)

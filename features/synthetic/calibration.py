"""Chance of a good level of development for each kind of child, fitted to the published rates.

On the probit scale the effects of deprivation, ethnic group and month of birth are added to an
intercept for each year, sex and free-school-meal status. The fit enumerates every kind of child
with its share of the council's children, so it involves no sampling and no seed.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from features.synthetic.ethnicity import DECILES, GROUPS, Mix, make_mix
from features.synthetic.normal import normal_cdf, normal_quantile
from features.synthetic.published import (
    BY_DECILE_2025,
    BY_MEALS_AND_SEX,
    FREE_MEALS_BY_ETHNICITY_2025,
    OVERALL,
    PROFILE_YEARS,
)
from features.synthetic.timeline import Floats, Ints

LAST_PUBLISHED: Final = PROFILE_YEARS[-1]
_MONTH_SLOPE: Final = 0.27
"""Probit units from the mid-year child to the September-born; the August-born lose as much.

The Department for Education finds about 75 % for autumn-born and 58 % for summer-born children.
"""
_ROUNDS: Final = 60
_MONTHS: Final = 12


@dataclass(frozen=True)
class Readiness:
    """Fitted effects on the probit scale.

    Parameters
    ----------
    intercept
        By year of PROFILE_YEARS, free school meals (0, 1) and sex (0 girl, 1 boy); shape (4, 2, 2).
    decile, group, month
        Effects of deprivation decile (10,), ethnic group (groups,) and month of birth (12,).
    """

    intercept: Floats
    decile: Floats
    group: Floats
    month: Floats

    def index(
        self, *, year: Ints, meals: Ints, boy: Ints, decile: Ints, group: Ints, month: Ints
    ) -> Floats:
        """Probit of each child's chance of a good level of development.

        Years after the last published one are like it. `decile` counts from 0, `month` from
        September.
        """
        at = np.clip(year - PROFILE_YEARS[0], 0, len(PROFILE_YEARS) - 1)
        place: Floats = self.decile[decile] + self.group[group] + self.month[month]
        return self.intercept[at, meals, boy] + place


@cache
def fit(*, null: bool) -> Readiness:
    """Effects that reproduce the published rates in the council's mix of children."""
    shares = _shares(make_mix(null=null))
    month = np.linspace(_MONTH_SLOPE, -_MONTH_SLOPE, _MONTHS)
    decile, group = np.zeros(DECILES), np.zeros(len(GROUPS))
    if not null:
        for _ in range(_ROUNDS):
            decile, group = _improved(shares, decile, group, month)
    intercept = [
        _intercepts(_targets(year, null), shares, decile, group, month) for year in PROFILE_YEARS
    ]
    return Readiness(np.stack(intercept), decile, group, month)


def _improved(
    shares: Floats, decile: Floats, group: Floats, month: Floats
) -> tuple[Floats, Floats]:
    """Effects of decile and ethnic group, each moved by what it misses; both sum to zero.

    Ethnic groups are published for children with free school meals only: the same effects are
    assumed for the others.
    """
    last = _intercepts(_targets(LAST_PUBLISHED, null=False), shares, decile, group, month)
    met = _rates(last, decile, group, month).mean(axis=1) * shares  # (meals, decile, group)
    in_decile, in_group = shares.sum(axis=(0, 2)), shares[1].sum(axis=0)
    wanted_decile = np.array(BY_DECILE_2025)
    wanted_group = np.array([FREE_MEALS_BY_ETHNICITY_2025[name] for name in GROUPS])
    decile = decile + _gap(wanted_decile, met.sum(axis=(0, 2)) / in_decile)
    group = group + _gap(wanted_group, met[1].sum(axis=0) / in_group)
    return (
        decile - np.average(decile, weights=in_decile),
        group - np.average(group, weights=in_group),
    )


def _gap(wanted: Floats, met: Floats) -> Floats:
    """Distance between rates on the probit scale."""
    return normal_quantile(wanted) - normal_quantile(met)


def _shares(mix: Mix) -> Floats:
    """Share of children by free school meals, decile and ethnic group; sums to one."""
    eligible = normal_cdf(-mix.meals_threshold)
    joint = mix.children_by_decile[:, None] * mix.group_by_decile
    return np.stack([joint * (1 - eligible), joint * eligible])


def _targets(year: int, null: bool) -> Floats:
    """Rates to be met, by free school meals and sex."""
    if null:
        return np.full((2, 2), OVERALL[year])
    rates = BY_MEALS_AND_SEX[year]
    return np.array([[rates[(meals, sex)] for sex in ("F", "M")] for meals in (False, True)])


def _rates(intercept: Floats, decile: Floats, group: Floats, month: Floats) -> Floats:
    """Rate by free school meals, sex, decile and group, over evenly spread months of birth."""
    place = decile[:, None, None] + group[None, :, None] + month[None, None, :]
    rates: Floats = normal_cdf(intercept[:, :, None, None, None] + place).mean(axis=-1)
    return rates


def _intercepts(
    targets: Floats, shares: Floats, decile: Floats, group: Floats, month: Floats
) -> Floats:
    """Intercepts, by free school meals and sex, that meet the targets; by Newton's method."""
    found = normal_quantile(targets)
    for _ in range(8):
        rates = _rates(found, decile, group, month)
        weight = shares[:, None] / shares.sum(axis=(1, 2))[:, None, None, None]
        mean = (rates * weight).sum(axis=(2, 3))
        density = np.exp(-(normal_quantile(mean) ** 2) / 2) / np.sqrt(2 * np.pi)
        found = found + (targets - mean) / density
    return found

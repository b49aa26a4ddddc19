"""Ethnic groups of the synthetic council: shares, where they live, and free school meals.

The shares and gradients are a stylised English mix, rounded by hand. They describe no place, and
nothing should be concluded from them about any group.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from features.synthetic.normal import normal_cdf
from features.synthetic.published import CHILDREN_BY_DECILE_2025, FREE_MEALS_SHARE
from features.synthetic.timeline import Floats

DECILES: Final = 10
BROAD: Final = ("White British", "White other", "Mixed", "Asian", "Black", "Other")

# name: (broad group, share, lean to deprived areas, lean to free school meals)
_GROUPS: Final = {
    "White British": ("White British", 0.620, -0.10, 0.00),
    "White Irish": ("White other", 0.003, -0.10, 0.00),
    "Traveller of Irish heritage": ("White other", 0.001, 0.60, 1.20),
    "Gypsy or Roma": ("White other", 0.003, 0.70, 0.80),
    "Any other White background": ("White other", 0.075, 0.10, -0.30),
    "White and Black Caribbean": ("Mixed", 0.016, 0.35, 0.45),
    "White and Black African": ("Mixed", 0.010, 0.25, 0.20),
    "White and Asian": ("Mixed", 0.018, 0.00, -0.10),
    "Any other Mixed background": ("Mixed", 0.027, 0.10, 0.10),
    "Indian": ("Asian", 0.043, -0.10, -0.60),
    "Pakistani": ("Asian", 0.048, 0.60, -0.05),
    "Bangladeshi": ("Asian", 0.019, 0.60, 0.05),
    "Chinese": ("Asian", 0.009, -0.10, -0.60),
    "Any other Asian": ("Asian", 0.026, 0.10, -0.20),
    "Black Caribbean": ("Black", 0.011, 0.50, 0.40),
    "Black African": ("Black", 0.047, 0.55, 0.25),
    "Any other Black background": ("Black", 0.009, 0.50, 0.30),
    "Any other ethnic group": ("Other", 0.026, 0.30, 0.30),
}
GROUPS: Final = tuple(_GROUPS)
BROAD_OF_GROUP: Final = np.array([BROAD.index(_GROUPS[group][0]) for group in GROUPS])
"""Index in BROAD of each of GROUPS."""

_MEALS_BY_DEPRIVATION: Final = 0.75  # probit units from the middle to the most deprived decile


@dataclass(frozen=True)
class Mix:
    """Joint make-up of the council's children.

    Parameters
    ----------
    children_by_decile
        Share of children in each decile, most deprived first; shape (10,), sums to one.
    group_by_decile
        Share of each ethnic group within each decile; shape (10, groups), rows sum to one.
    meals_threshold
        Hardship above which a family is eligible for free school meals; shape (10, groups).
    hardship
        Mean hardship of families of each decile and group before their own; shape (10, groups).
    """

    children_by_decile: Floats
    group_by_decile: Floats
    meals_threshold: Floats
    hardship: Floats


def make_mix(*, null: bool) -> Mix:
    """Make-up of the council; a null council mixes all groups evenly."""
    counts = np.array(CHILDREN_BY_DECILE_2025, dtype=np.float64)
    children = counts / counts.sum()
    deprivation = (5.5 - np.arange(1, DECILES + 1)) / 4.5
    share, lean, meals = (np.array([row[i] for row in _GROUPS.values()]) for i in (1, 2, 3))
    if null:
        lean, meals, deprivation_of_meals = lean * 0, meals * 0, deprivation * 0
    else:
        deprivation_of_meals = deprivation * _MEALS_BY_DEPRIVATION
    weight = share[None, :] * np.exp(deprivation[:, None] * lean[None, :])
    group = weight / weight.sum(axis=1, keepdims=True)
    hardship = deprivation_of_meals[:, None] + meals[None, :]
    joint = children[:, None] * group
    low, high = -5.0, 5.0
    for _ in range(60):  # bisection to the published share of free school meals
        middle = (low + high) / 2
        share_above = float((joint * normal_cdf(hardship - middle)).sum())
        low, high = (middle, high) if share_above > FREE_MEALS_SHARE else (low, middle)
    return Mix(children, group, low - hardship, hardship)

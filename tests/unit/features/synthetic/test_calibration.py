"""The synthetic council has the published rates: by the fit itself, and in the profiles it makes."""

import numpy as np
import pytest

from features.synthetic.block import make_block
from features.synthetic.calibration import fit
from features.synthetic.ethnicity import BROAD_OF_GROUP, GROUPS, make_mix
from features.synthetic.normal import normal_cdf
from features.synthetic.published import (
    BY_DECILE_2025,
    BY_MEALS_AND_SEX,
    FREE_MEALS,
    FREE_MEALS_BY_ETHNICITY_2025,
    FREE_MEALS_SHARE,
    NOT_FREE_MEALS,
    OVERALL,
    PROFILE_YEARS,
)
from features.synthetic.scenario import Scenario
from features.synthetic.schooling import eyfs_profile

BLOCKS = 16
POINT = 0.01


@pytest.fixture(scope="module")
def children():
    """True chance of a good level for every profiled child of 160,000 households, with its groups."""
    parts = []
    for number in range(BLOCKS):
        block = make_block(2, number, 10_000, Scenario())
        profiles = eyfs_profile(block)
        child = profiles.frame["person"]
        home = block.home_of(child, profiles.frame["assessed_on"])
        parts.append(
            {
                "year": profiles.year,
                "chance": 1 - profiles.chance_not_good,
                "good": profiles.frame["good_level_of_development"],
                "meals": block.families.has_free_meals[block.people.family[child]],
                "boy": block.people.boy[child],
                "group": block.people.group[child],
                "decile": block.places.decile[home],
            }
        )
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _mean(children, chosen) -> float:
    return float(children["chance"][chosen].mean())


@pytest.mark.parametrize("year", PROFILE_YEARS)
def test_each_year_has_the_published_rates_overall_and_by_free_meals(children, year):
    of_year, meals = children["year"] == year, children["meals"]
    assert _mean(children, of_year) == pytest.approx(OVERALL[year], abs=1.5 * POINT)
    assert _mean(children, of_year & meals) == pytest.approx(FREE_MEALS[year], abs=2.5 * POINT)
    assert _mean(children, of_year & ~meals) == pytest.approx(NOT_FREE_MEALS[year], abs=1.5 * POINT)


def test_the_four_published_years_together_come_within_a_point(children):
    published = children["year"] <= PROFILE_YEARS[-1]
    for chosen, rates in (
        (published, OVERALL),
        (published & children["meals"], FREE_MEALS),
        (published & ~children["meals"], NOT_FREE_MEALS),
    ):
        mean = np.mean([rates[y] for y in PROFILE_YEARS])
        assert _mean(children, chosen) == pytest.approx(mean, abs=1.2 * POINT)


@pytest.mark.parametrize("sex", [0, 1])
@pytest.mark.parametrize("meals", [True, False])
def test_girls_and_boys_have_the_published_rates(children, sex, meals):
    chosen = (children["boy"] == sex) & (children["meals"] == meals)
    chosen &= children["year"] <= PROFILE_YEARS[-1]
    rates = [BY_MEALS_AND_SEX[y][(meals, "FM"[sex])] for y in PROFILE_YEARS]
    assert _mean(children, chosen) == pytest.approx(np.mean(rates), abs=2 * POINT)


def test_deprived_areas_have_the_published_rates(children):
    latest = children["year"] >= PROFILE_YEARS[-1]
    found = [_mean(children, latest & (children["decile"] == d)) for d in range(10)]
    assert found == pytest.approx(list(BY_DECILE_2025), abs=3 * POINT)


def test_recorded_outcomes_follow_their_true_chances(children):
    spread = np.sqrt((children["chance"] * (1 - children["chance"])).sum())
    excess = children["good"].sum() - children["chance"].sum()
    assert abs(excess) < 4 * spread


def test_children_with_free_meals_are_as_many_as_published(children):
    assert children["meals"].mean() == pytest.approx(FREE_MEALS_SHARE, abs=1.5 * POINT)


def test_reception_in_2026_is_like_2025_and_nothing_stands_for_2020_and_2021(children):
    assert set(children["year"].tolist()) == {2022, 2023, 2024, 2025, 2026}
    assert _mean(children, children["year"] == 2026) == pytest.approx(OVERALL[2025], abs=0.015)


def _rates_by_group(*, null: bool, meals: int) -> np.ndarray:
    mix, readiness = make_mix(null=null), fit(null=null)
    share = mix.children_by_decile[:, None] * mix.group_by_decile
    eligible = normal_cdf(-mix.meals_threshold)
    share = share * (eligible if meals else 1 - eligible)
    index = (
        readiness.intercept[-1, meals][:, None, None, None]
        + readiness.decile[None, :, None, None]
        + readiness.group[None, None, :, None]
        + readiness.month[None, None, None, :]
    )
    rate = normal_cdf(index).mean(axis=(0, 3))
    return (rate * share).sum(axis=0) / share.sum(axis=0)


def test_the_fit_gives_children_with_free_meals_of_each_ethnic_group_the_published_rate():
    published = [FREE_MEALS_BY_ETHNICITY_2025[name] for name in GROUPS]
    assert _rates_by_group(null=False, meals=1) == pytest.approx(published, abs=2 * POINT)


@pytest.mark.parametrize("meals", [0, 1])
def test_in_a_null_council_every_ethnic_group_has_the_same_rate(meals):
    rates = _rates_by_group(null=True, meals=meals)
    assert np.ptp(rates) < 1e-9
    assert rates[0] == pytest.approx(OVERALL[2025], abs=1e-6)


def test_ethnic_groups_differ_in_the_calibrated_council():
    assert np.ptp(_rates_by_group(null=False, meals=1)) > 0.2
    assert len(BROAD_OF_GROUP) == len(GROUPS)

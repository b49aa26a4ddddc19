"""What is written in the module is what the published file says."""

from pathlib import Path

import pandas as pd
import pytest

from features.synthetic import published

FILE = Path(__file__).parents[3] / "data" / "published" / "gld_age5_england_splits_SON26.csv.gz"
MEALS = {True: "Eligible for free school meals", False: "Not eligible for free school meals"}
SEXES = {"F": "Girls", "M": "Boys"}


@pytest.fixture(scope="module")
def figures():
    return pd.read_csv(FILE)


def _period(year: int) -> str:
    return f"{year - 1}/{year % 100}"


@pytest.mark.parametrize("year", published.PROFILE_YEARS)
def test_overall_and_free_meal_rates_are_as_published(figures, year):
    rows = figures[(figures.chart_type == "trend") & (figures.time_period == _period(year))]
    rates = rows.set_index("primary_split_value")["value"] / 100
    assert rates["Total"] == pytest.approx(published.OVERALL[year])
    assert rates[MEALS[True]] == pytest.approx(published.FREE_MEALS[year])
    assert rates[MEALS[False]] == pytest.approx(published.NOT_FREE_MEALS[year])


@pytest.mark.parametrize("year", published.PROFILE_YEARS)
def test_rates_by_meals_and_sex_are_as_published(figures, year):
    rows = figures[(figures.chart_type == "sex") & (figures.time_period == _period(year))]
    rates = rows.set_index(["secondary_split_value", "primary_split_value"])["value"] / 100
    for (meals, sex), rate in published.BY_MEALS_AND_SEX[year].items():
        assert rates[MEALS[meals], SEXES[sex]] == pytest.approx(rate)


def test_rates_and_children_by_decile_are_as_published(figures):
    rows = figures[figures.chart_type == "level_idaci"]
    assert rows["value"].tolist() == pytest.approx([100 * r for r in published.BY_DECILE_2025])
    assert tuple(rows["sample_size"].astype(int)) == published.CHILDREN_BY_DECILE_2025


def test_rates_by_ethnic_group_are_as_published_for_children_with_free_meals(figures):
    rows = figures[(figures.primary_split_type == "ethnicity") & (figures.time_period == "2024/25")]
    rates = (rows.set_index("primary_split_value")["value"] / 100).to_dict()
    assert rates == pytest.approx(published.FREE_MEALS_BY_ETHNICITY_2025)


def test_the_closed_years_were_never_published(figures):
    rows = figures[figures.time_period.isin(["2019/20", "2020/21"])]
    assert rows["value"].isna().all()

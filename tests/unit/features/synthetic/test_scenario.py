"""Each planted bias strikes the named group alone, and the null council treats all alike."""

import numpy as np
import pytest

from features.synthetic.block import make_block
from features.synthetic.early_years import SETTINGS, funded_hours
from features.synthetic.ethnicity import BROAD, BROAD_OF_GROUP
from features.synthetic.scenario import Bias, Scenario
from features.synthetic.schooling import eyfs_profile


def _profiles(scenario, seeds=range(4)):
    """Recorded and true outcome of each profiled child, and whether it is of the group."""
    parts = []
    for number in seeds:
        block = make_block(9, number, 4000, scenario)
        made = eyfs_profile(block)
        shown = made.frame["good_level_of_development"]
        parts.append((shown, made.is_good, block.in_group[made.frame["person"]]))
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))


def test_measurement_bias_records_good_profiles_of_the_group_as_not_good():
    shown, true, in_group = _profiles(Scenario(bias=Bias.MEASUREMENT))
    assert (shown[~in_group] == true[~in_group]).all()
    misread = (true & ~shown)[in_group].sum() / true[in_group].sum()
    assert misread == pytest.approx(0.25, abs=0.06)
    assert not (shown & ~true).any()


def test_without_bias_profiles_are_recorded_as_they_were():
    shown, true, _ = _profiles(Scenario())
    assert (shown == true).all()


def test_sampling_bias_leaves_the_group_out_of_the_records():
    plain = make_block(9, 0, 4000, Scenario())
    biased = make_block(9, 0, 4000, Scenario(bias=Bias.SAMPLING))
    group = plain.in_group
    assert biased.is_recorded[group].mean() < 0.7 < plain.is_recorded[group].mean()
    assert (biased.is_recorded[~group] == plain.is_recorded[~group]).all()


def test_a_planted_proxy_all_but_names_the_group():
    block = make_block(9, 0, 4000, Scenario(bias=Bias.PROXY))
    frame = funded_hours(block)
    at_group = frame["setting"] == SETTINGS.index("community_group")
    in_group = block.in_group[frame["person"]]
    assert in_group[at_group].all()
    assert at_group[in_group].mean() > 0.8


def test_the_group_named_by_the_proxy_does_worse():
    _, plain, in_group = _profiles(Scenario())
    _, true, _ = _profiles(Scenario(bias=Bias.PROXY))
    assert true[in_group].mean() < plain[in_group].mean() - 0.08


def test_in_a_null_council_the_chance_of_the_outcome_owes_nothing_to_any_group():
    block = make_block(9, 0, 8000, Scenario(null=True))
    profiles = eyfs_profile(block)
    child = profiles.frame["person"]
    by_group = [
        profiles.chance_not_good[BROAD_OF_GROUP[block.people.group[child]] == code]
        for code in range(len(BROAD))
    ]
    spread = np.std(profiles.chance_not_good)
    overall = profiles.chance_not_good.mean()
    for chances in by_group:
        assert abs(chances.mean() - overall) < 4 * spread / np.sqrt(len(chances))


def test_in_a_null_council_troubles_owe_nothing_to_group_meals_or_area():
    block = make_block(9, 0, 8000, Scenario(null=True))
    families = block.families
    for trait in (families.group, families.has_free_meals, families.decile, families.hardship):
        assert abs(np.corrcoef(trait, families.adversity)[0, 1]) < 0.04


def test_the_signal_is_stronger_than_any_one_group():
    block = make_block(9, 0, 8000, Scenario())
    profiles = eyfs_profile(block)
    child = profiles.frame["person"]
    link = np.corrcoef(block.people.development[child], profiles.chance_not_good)[0, 1]
    assert link > 0.7

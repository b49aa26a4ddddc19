import numpy as np
import pytest

from features.synthetic.block import make_block
from features.synthetic.extract import extract
from features.synthetic.inspections import FINDINGS, REASONS, UNLICENSED
from features.synthetic.licensing import (
    DESIGNATIONS,
    MANDATORY_FROM,
    hmo_designations,
    make_register,
)
from features.synthetic.places import WARDS_PER_BLOCK
from features.synthetic.scenario import Scenario


@pytest.fixture(scope="module")
def large():
    return make_block(4, 0, 10_000, Scenario())


@pytest.fixture(scope="module")
def inspected(large):
    return extract(large)[1].inspected


def test_nobody_needs_a_licence_before_the_law_or_a_designation_asks_for_one(large):
    assert make_register(large).duty_start.min() >= MANDATORY_FROM


def test_small_lets_need_a_licence_only_in_a_designated_ward(large):
    register = make_register(large)
    lets = large.settlement.shared
    small = large.sharers.occupants[register.duty_let] < 5
    ward = large.places.ward[lets.home[register.duty_let[small]]] % WARDS_PER_BLOCK
    assert set(ward.tolist()) <= {place for place, *_ in DESIGNATIONS}


def test_designations_are_announced_before_they_start(large):
    frame = hmo_designations(large)
    assert (frame["announced_on"] < frame["starts_on"]).all()
    assert (frame["ends_on"] - frame["starts_on"] <= 5 * 366).all()


def test_an_unlicensed_home_is_found_only_where_one_is(inspected):
    frame = inspected.frame
    found = frame["finding"] == UNLICENSED
    for home, on in zip(frame["home"][found], frame["inspected_on"][found], strict=True):
        spells = inspected.unlicensed_home == home
        assert (inspected.unlicensed_start[spells] <= on).any()


def test_between_a_tenth_and_a_fifth_of_inspections_since_2019_find_one(large):
    frames = [extract(make_block(4, n, 10_000, Scenario()))[1].inspected.frame for n in range(3)]
    since = np.concatenate([f["inspected_on"] >= MANDATORY_FROM + 180 for f in frames])
    finding = np.concatenate([f["finding"] for f in frames])
    assert 0.08 < (finding[since] == UNLICENSED).mean() < 0.2
    assert len(FINDINGS) == len(np.unique(finding))


def test_officers_go_where_complaints_are_and_to_a_few_homes_by_lot(inspected):
    reasons = np.bincount(inspected.frame["reason"], minlength=len(REASONS)) / len(
        inspected.frame["reason"]
    )
    assert reasons[0] > 0.7
    assert 0.02 < reasons[2] < 0.2


def test_most_unlicensed_homes_are_never_inspected(inspected):
    unlicensed = np.unique(inspected.unlicensed_home)
    seen = np.isin(unlicensed, inspected.frame["home"])
    assert 0.05 < seen.mean() < 0.7

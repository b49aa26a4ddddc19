"""Who is held back: a share of everybody, by lot, the same whoever asks."""

from datetime import date

import numpy as np
import pytest

from hearth.risk_model import HoldBack

RULE = HoldBack("school_readiness", 0.05, date(2027, 4, 1))
EVERYBODY = [f"home-{number}" for number in range(20_000)]
NEXT = date(2028, 4, 1)


def test_about_the_share_asked_for_is_held_back():
    assert RULE.drawn(EVERYBODY, RULE.since).mean() == pytest.approx(0.05, abs=0.005)


def test_a_lot_hangs_on_nobody_else_of_the_list():
    assert RULE.drawn(EVERYBODY, NEXT)[5:9].tolist() == RULE.drawn(EVERYBODY[5:9], NEXT).tolist()


def test_every_date_and_every_model_has_lots_of_its_own():
    first = RULE.drawn(EVERYBODY, RULE.since)
    for other in (
        RULE.drawn(EVERYBODY, NEXT),
        HoldBack("other", RULE.share, RULE.since).drawn(EVERYBODY, RULE.since),
    ):
        assert np.mean(other[first]) == pytest.approx(0.05, abs=0.03)


def test_a_larger_share_holds_back_the_same_and_more():
    more = HoldBack(RULE.model, 0.2, RULE.since).drawn(EVERYBODY, NEXT)

    assert more[RULE.drawn(EVERYBODY, NEXT)].all()


def test_before_it_began_nobody_is_held_back():
    assert not RULE.drawn(EVERYBODY, date(2027, 3, 31)).any()


def test_a_bundle_without_the_rule_holds_nobody_back():
    assert HoldBack.of({"name": "older"}) is None

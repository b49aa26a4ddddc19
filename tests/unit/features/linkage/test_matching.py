from datetime import date

import pytest

from features.linkage.matching import Identity, Index, match

BORN = date(2015, 3, 10)
ANN = Identity("p1", "ann", "ash", BORN, "ZZ11AA")


def _links(references, *persons):
    return {m.reference: (m.person_id, m.confidence) for m in match(references, Index(persons))}


def _reference(**changes):
    fields = {
        "owner": "s1",
        "forename": "ann",
        "surname": "ash",
        "date_of_birth": BORN,
        "postcode": "ZZ11AA",
    }
    return Identity(**{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "confidence"),
    [
        ({}, 0.999),
        ({"postcode": "ZZ99ZZ"}, 0.98),
        ({"postcode": None}, 0.98),
        ({"forename": "anne"}, 0.97),
        ({"forename": "ash", "surname": "ann"}, 0.97),
        ({"surname": "green"}, 0.93),
        ({"forename": "anne", "postcode": None}, 0.92),
        ({"date_of_birth": date(2015, 10, 3)}, 0.9),
        ({"date_of_birth": date(2015, 3, 11)}, 0.9),
    ],
)
def test_a_reference_is_linked_with_the_confidence_of_its_rule(changes, confidence):
    assert _links([_reference(**changes)], ANN) == {"s1": ("p1", confidence)}


@pytest.mark.parametrize(
    "changes",
    [
        {"date_of_birth": date(2014, 5, 22)},
        {"forename": "robert", "surname": "green"},
        {"date_of_birth": None},
        {"forename": None, "surname": None},
    ],
)
def test_a_reference_that_agrees_on_too_little_stays_unlinked(changes):
    assert _links([_reference(**changes)], ANN) == {}


def test_a_reference_that_fits_two_persons_stays_unlinked():
    twin = Identity("p2", "anne", "ash", BORN, "ZZ11AA")
    assert _links([_reference(forename="annie")], ANN, twin) == {}


def test_an_exact_link_is_made_before_a_twin_can_be_taken_for_it():
    twin = Identity("p2", "anne", "ash", BORN, "ZZ11AA")
    found = _links([_reference(), _reference(owner="s2", forename="anne")], ANN, twin)
    assert {s: p for s, (p, _) in found.items()} == {"s1": "p1", "s2": "p2"}


def test_two_references_that_fit_one_person_stay_unlinked():
    assert _links([_reference(), _reference(owner="s2")], ANN) == {}


def test_a_person_may_be_known_by_several_spellings():
    moved = Identity("p1", "ann", "ash", BORN, "ZZ22BB")
    assert _links([_reference(postcode="ZZ22BB")], ANN, moved) == {"s1": ("p1", 0.999)}

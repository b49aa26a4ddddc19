import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.linkage.assignment import assign


def _assign(*pairs, link_at=0.95):
    reference, person, weight = (np.array(column) for column in zip(*pairs, strict=True))
    return assign(reference, person, weight.astype(float), link_at=link_at)


def test_a_lone_pair_is_as_sure_as_its_odds():
    assert _assign((0, 0, 3.0)).confidence == pytest.approx([8 / 9])


def test_a_reference_that_fits_two_persons_equally_stays_unlinked():
    found = _assign((0, 0, 20), (0, 1, 20))
    assert found.confidence == pytest.approx([0.5, 0.5], abs=1e-5)
    assert not found.is_link.any()


def test_two_references_that_fit_one_person_equally_stay_unlinked():
    assert not _assign((0, 0, 20), (1, 0, 20)).is_link.any()


def test_an_exact_link_is_made_before_a_twin_can_be_taken_for_it():
    found = _assign((0, 0, 30), (0, 1, 15), (1, 0, 15), (1, 1, 15))
    assert found.is_link.tolist() == [True, False, False, True]


def test_a_pair_less_sure_than_asked_is_no_link():
    assert not _assign((0, 0, 4.0)).is_link.any()
    assert _assign((0, 0, 4.0), link_at=0.9).is_link.all()


def test_no_pairs_make_no_links():
    nobody = np.array([], dtype=np.int64)
    assert len(assign(nobody, nobody, np.array([]), link_at=0.95).is_link) == 0


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.floats(-10, 60)),
        min_size=1,
        max_size=30,
        unique_by=lambda pair: pair[:2],
    )
)
def test_links_are_one_to_one_and_at_least_as_sure_as_asked(pairs):
    found = _assign(*pairs)
    links = [pair for pair, is_link in zip(pairs, found.is_link, strict=True) if is_link]
    assert len({r for r, _, _ in links}) == len({p for _, p, _ in links}) == len(links)
    assert (found.confidence[found.is_link] >= 0.95).all()

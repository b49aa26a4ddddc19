import numpy as np
import pytest

from training.figures.overlap import Overlap, overlap


def listed(marks):
    return np.array([mark == "x" for mark in marks])


def test_two_lists_share_what_stands_on_both():
    assert overlap(listed("xx.."), listed(".xx.")) == Overlap(
        pytest.approx(1 / 2), pytest.approx(1 / 3)
    )


def test_a_list_is_wholly_its_own_and_shares_nothing_with_the_rest():
    assert overlap(listed("xx.."), listed("xx..")) == Overlap(1, 1)
    assert overlap(listed("xx.."), listed("..xx")) == Overlap(0, 0)

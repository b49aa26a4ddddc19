"""Further lists over the same people: nothing of them is withheld, so small groups are put together."""

import numpy as np
import pytest

from governance.disclosure.control import disclosure_policy
from governance.disclosure.put_together import put_together

DFE = disclosure_policy("dfe")
LARGE, SMALL, TINY = ([40, 30, 0, 60, 90, 0], [3, 20, 0, 30, 40, 0], [9, 4, 0, 12, 10, 0])


def parts(*groups, may_stand=None, policy=DFE, others=()):
    tables = [np.array(groups), *(np.array(other) for other in others)]
    return put_together(tables, range(len(groups)) if may_stand is None else may_stand, policy)


def test_large_groups_stand_by_themselves():
    assert parts(LARGE, LARGE, LARGE) == [(0,), (1,), (2,)]


def test_small_groups_are_put_together():
    assert parts(LARGE, SMALL, TINY) == [(0,), (1, 2)]


def test_a_lone_small_group_takes_the_smallest_large_one_with_it():
    larger = [2 * count for count in LARGE]

    assert parts(larger, LARGE, SMALL) == [(0,), (1, 2)]


def test_a_group_withheld_before_never_stands_by_itself():
    assert parts(LARGE, LARGE, LARGE, may_stand={0}) == [(0,), (1, 2)]


def test_a_group_small_on_any_list_is_put_together_on_all():
    found = parts(LARGE, LARGE, LARGE, others=[[LARGE, SMALL, LARGE]])

    assert (1,) not in found
    assert len(found) == 2


def test_where_everyone_is_few_nothing_is_printed():
    assert parts(SMALL, [0] * 6) == []


def test_public_data_are_printed_as_they_are():
    assert parts(LARGE, SMALL, TINY, policy=disclosure_policy("none")) == [(0,), (1,), (2,)]


@pytest.mark.parametrize("policy", ["dfe", "tre_10"])
def test_no_printed_sum_of_any_part_is_small(policy):
    random, rule = np.random.default_rng(3), disclosure_policy(policy)
    low, high = rule.protects
    for _ in range(200):
        tables = [random.poisson(random.gamma(1, 25, (5, 1)), (5, 6)) for _ in range(2)]
        for part in put_together(tables, range(5), rule):
            for table in tables:
                known = table[list(part)].sum(axis=0)[[0, 1, 3, 4]]
                assert not any(low <= count <= high for count in [*known, known[:2].sum(), known[2:].sum()])  # fmt: skip

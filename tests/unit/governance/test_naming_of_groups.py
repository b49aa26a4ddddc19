"""A protected group or an area is named only where all that is printed of it may be."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.disclosure.control import disclosure_policy
from governance.disclosure.naming import may_be_named
from governance.fairness.counts import SUMS
from governance.human_use.figures import OTHERS, use_in_figures
from governance.human_use.recorded import Decided, Recorded

DAY = date(2026, 11, 2)
NAMES = ["Arab", "Irish", "Roma", "White British"]  # smallest first
KINDS = [("agree", 3.0), ("agree", 90.0), ("override", 3.0), ("override", 90.0)]
LARGE, TINY = [20, 30, 12, 14], [2, 1, 0, 0]


def table(*counts, policy="dfe"):
    """The table of groups in the order of `NAMES`, each of counts in the order of `KINDS`."""
    made = [
        (name, Decided("1", "E01", "North", *KINDS[kind][:1], DAY, KINDS[kind][1]))
        for name, row in zip(NAMES, counts, strict=False)
        for kind, number in enumerate(row)
        for _ in range(number)
    ]
    use = Recorded(1_000, 12, tuple(one for _, one in made), ())
    groups = {"Ethnic group": [name for name, _ in made]}
    found = use_in_figures(use, groups, disclosure_policy(policy), {"Ethnic group": NAMES})
    return found["tables"][0]


def named(found):
    return [row["group"] for row in found["rows"]]


def test_one_decision_names_nobodys_group():
    found = table([0] * 4, [0] * 4, [0] * 4, [0, 1, 0, 0])
    assert found["rows"] == []
    assert found["too_few"] == "Too few decisions to say anything by ethnic group."
    assert not any(name in str(found) for name in NAMES)


@pytest.mark.parametrize("few", [[0] * 4, [1, 0, 0, 0], TINY])
def test_none_and_a_few_decisions_look_alike(few):
    found = table(few, LARGE, LARGE, LARGE)
    assert named(found) == ["Roma", "White British", OTHERS]
    assert found["rows"][-1]["decisions"] == sum(LARGE) + sum(few)


def test_where_all_groups_are_large_all_are_named():
    assert named(table(LARGE, LARGE, LARGE, LARGE)) == NAMES


def test_a_group_that_covers_too_little_takes_the_next_with_it():
    six_of_each = [3, 3, 3, 3]  # together with nobody, six agreed: then a reader knew of nobody
    assert named(table([0] * 4, six_of_each, LARGE, LARGE)) == ["White British", OTHERS]


def test_a_large_group_with_few_overrides_is_not_named():
    assert named(table(LARGE, [40, 40, 2, 0], LARGE, LARGE)) == ["Roma", "White British", OTHERS]


@pytest.mark.parametrize("policy", ["none", "round5"])
def test_public_and_rounded_tables_list_all_groups_there_are(policy):
    assert named(table([0] * 4, TINY, [0] * 4, LARGE, policy=policy)) == NAMES


@st.composite
def few_or_large(draw):
    """Of each group few decisions, or some of every kind and of no kind few."""
    few = st.lists(st.integers(0, 1), min_size=4, max_size=4)
    large = st.lists(st.integers(11, 40), min_size=4, max_size=4)
    return [draw(st.one_of(few, large)) for _ in NAMES]


@given(few_or_large(), st.integers(0, 3), st.integers(0, 3))
def test_a_further_decision_on_an_unnamed_group_changes_only_the_sums_it_is_in(rows, group, kind):
    more = [list(row) for row in rows]
    more[group][kind] += 1
    if sum(more[group]) > 5 or not any(sum(row) > 5 for row in rows):
        return
    before, after = table(*rows), table(*more)
    assert named(before) == named(after)
    apart = [row for row in before["rows"] if row["group"] != OTHERS]
    assert apart == [row for row in after["rows"] if row["group"] != OTHERS]


any_counts = st.lists(st.lists(st.integers(0, 30), min_size=6, max_size=6), min_size=1, max_size=6)


@given(any_counts, st.sampled_from(["dfe", "tre_10"]))
def test_nothing_small_is_printed_or_left_over(rows, name):
    counts, policy = np.array(rows), disclosure_policy(name)
    low, high = policy.protects
    apart, others = may_be_named(counts, policy)
    assert sorted([*apart, *others]) == list(range(len(rows)))
    for part in [*([g] for g in apart), *([others] if apart and others else [])]:
        tp, fp, unknown, fn, tn, unseen = counts[part].sum(axis=0)
        told = [tp + fn, fp + tn, unknown + unseen, tp + fp + unknown, fn + tn + unseen]
        everyone = counts.sum(axis=0)
        exists = [(everyone[[k, k + 3]] > 0).any() for k in range(3)] + [True, True]
        assert not any(
            low <= n <= high for n, is_there in zip(told, exists, strict=True) if is_there
        )
        assert counts[part].sum() > high


@given(any_counts, st.sampled_from(["dfe", "tre_10"]))
def test_of_an_unnamed_group_every_small_number_is_possible(rows, name):
    """Whatever small number it holds, the group that covers it holds the rest, and could be named."""
    counts, policy = np.array(rows), disclosure_policy(name)
    least, high = policy.protects[1] + 1, policy.protects[1]
    apart, others = may_be_named(counts, policy)
    if not apart or not others:
        return
    for cells in SUMS.values():
        is_printed = (cells[:3] == cells[3:]).all() or len({*cells[:3]}) == len({*cells[3:]}) == 1
        if is_printed and (counts @ cells).sum() > 0:
            assert (counts[others] @ cells).sum() - high >= least

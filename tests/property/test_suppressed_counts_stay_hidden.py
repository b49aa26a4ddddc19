"""No suppressed count can be worked out from what is printed.

The oracle is a solver: given only the printed numbers, it finds the least and the
greatest whole number that each withheld small count could be.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from governance.disclosure.control import POLICIES, protect_pairs, protect_table
from governance.fairness.counts import CELLS, SUMS

LARGE = st.integers(6, 400)
COUNT = st.one_of(st.integers(0, 8), st.integers(0, 60), st.integers(0, 2000))
BEYOND_ANY_COUNT = 10**5
SELDOM_SMALL = st.one_of(LARGE, LARGE, LARGE, LARGE, LARGE, st.integers(0, 8))


GROUPS = st.integers(1, 6)
OUTCOMES = st.sampled_from([(1, 1, 0), (1, 1, 1)])


@st.composite
def tables(draw, groups=GROUPS, count=COUNT):
    """Counts by group, with or without rows nobody looked at."""
    happens = draw(OUTCOMES)
    rows = [
        [draw(count) if happens[i % 3] else 0 for i in range(len(CELLS))]
        for _ in range(draw(groups))
    ]
    return np.array(rows, dtype=np.int64)


def printed_facts(parts, everyone, groups):
    """(weights over all cells, value) of every number printed."""
    size = groups * len(CELLS)
    for group, part in enumerate(parts):
        for name, value in part.sums.items():
            if value is not None:
                weights = np.zeros(size)
                weights[group * len(CELLS) : (group + 1) * len(CELLS)] = SUMS[name]
                yield weights, value
    for name, value in everyone.sums.items():
        if value is not None:
            yield np.tile(SUMS[name], groups), value


def feasible_range(weights, facts):
    """Least and greatest whole number that the weighted sum can be, agreeing with the facts."""
    matrix = np.array([w for w, _ in facts]).reshape(-1, len(weights))
    values = np.array([v for _, v in facts], dtype=float)
    answers = []
    for sign in (1, -1):
        found = milp(
            sign * weights,
            constraints=LinearConstraint(matrix, values, values) if facts else (),
            bounds=Bounds(0, BEYOND_ANY_COUNT),
            integrality=np.ones(len(weights)),
        )
        assert found.success, found.message
        answers.append(round(sign * found.fun))
    return answers[0], answers[1]


def sensitive_sums(counts, policy):
    """(group, sum's cells) of each small count; an outcome that nobody has is no count."""
    exists = np.tile(counts.sum(axis=0).reshape(2, 3).sum(axis=0) > 0, 2)
    low, high = policy.protects
    for group, row in enumerate(counts):
        for name, cells in SUMS.items():
            if (cells * exists).any() and low <= cells @ row <= high:
                yield group, name, cells


@pytest.mark.parametrize("name", ["dfe", "tre_10"])
@given(counts=tables())
def test_a_small_count_of_a_group_could_be_any_small_count(name, counts):
    policy = POLICIES[name]
    groups = [str(i) for i in range(len(counts))]
    table = protect_table(groups, counts, policy)
    parts = [table.groups[group] for group in groups]
    facts = list(printed_facts(parts, table.everyone, len(counts)))

    for group, sum_name, cells in sensitive_sums(counts, policy):
        assert parts[group].sums[sum_name] is None
        weights = np.zeros(counts.size)
        weights[group * len(CELLS) : (group + 1) * len(CELLS)] = cells
        least, most = feasible_range(weights, facts)
        assert least <= policy.protects[0]
        assert most >= policy.protects[1]


@st.composite
def crossed(draw, *sides):
    """Counts of three attributes crossed: few of them small, or many, or all of one group."""
    shape = tuple(draw(st.integers(2, most)) for most in sides)
    count = draw(st.sampled_from([COUNT, SELDOM_SMALL, SELDOM_SMALL]))
    flat = draw(tables(groups=st.just(int(np.prod(shape))), count=count))
    counts = flat.reshape(*shape, len(CELLS))
    for thin in range(draw(st.integers(0, 2))):
        counts[thin] %= 4
    return counts


def printed_tables(counts, policy):
    """(axes, cells over the crossing's shape, parts) of every table a report prints together."""
    alone = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        groups = [str(i) for i in range(counts.shape[axis])]
        table = protect_table(groups, counts.sum(axis=others), policy)
        alone.append(list(table.groups.values()))
        yield (axis,), {(i,): part for i, part in enumerate(alone[axis])}
    yield (), {(): table.everyone}
    for second in (1, 2):  # the first attribute with each of the others: a star
        pairs = protect_pairs(counts.sum(axis=3 - second), alone[0], alone[second], policy)
        yield (
            (0, second),
            {(a, b): part for a, row in enumerate(pairs) for b, part in enumerate(row)},
        )


def weights_of(shape, axes, place, cells):
    """Weight of each cell of the crossing in a sum of one part of one table."""
    weights = np.zeros((*shape, len(CELLS)))
    index = [slice(None)] * 3
    for axis, position in zip(axes, place, strict=True):
        index[axis] = position
    weights[tuple(index)] = cells
    return weights.ravel()


def is_printed(axes, parts):
    """Whether a table is printed; a crossing of which nothing may be printed is left out."""
    return len(axes) < 2 or any(part.is_complete for part in parts.values())


@settings(max_examples=settings().max_examples // 2)
@given(counts=crossed(4, 3, 2))
def test_a_small_count_in_crossed_tables_could_be_any_small_count(counts):
    low, high = POLICIES["dfe"].protects
    shape = counts.shape[:3]
    printed = [t for t in printed_tables(counts, POLICIES["dfe"]) if is_printed(*t)]
    facts = [
        (weights_of(shape, axes, place, SUMS[name]), value)
        for axes, parts in printed
        for place, part in parts.items()
        for name, value in part.sums.items()
        if value is not None
    ]

    for axes, parts in printed:
        for place, part in parts.items():
            for name, cells in SUMS.items():
                weights = weights_of(shape, axes, place, cells)
                if low <= weights @ counts.ravel() <= high:
                    assert part.sums[name] is None
                    least, most = feasible_range(weights, facts)
                    assert least <= low
                    assert most >= high


def test_one_small_count_takes_a_partner_with_it():
    counts = np.array([[400, 300, 0, 200, 900, 0], [80, 3, 0, 60, 90, 0], [70, 90, 0, 50, 80, 0]])

    table = protect_table(["a", "b", "c"], counts, POLICIES["dfe"])

    assert table.groups["b"]["fp"] is None
    assert [table.groups[g]["fp"] for g in "ac"].count(None) == 1
    assert table.groups["b"]["positives"] == 140


def test_a_table_without_small_counts_is_printed_whole():
    counts = np.array([[40, 30, 0, 20, 90, 0], [80, 0, 0, 60, 90, 0]])

    table = protect_table(["a", "b"], counts, POLICIES["dfe"])

    assert all(part.is_complete for part in table.groups.values())


def test_when_everyone_together_is_small_only_the_size_is_printed():
    table = protect_table(
        ["a", "b"], np.array([[2, 9, 0, 9, 99, 0], [1, 9, 0, 9, 99, 0]]), POLICIES["dfe"]
    )

    printed = {name for name, value in table.everyone.sums.items() if value is not None}
    assert printed == {"n", "known"}
    assert all(v is None for part in table.groups.values() for v in part.sums.values())


@given(counts=tables())
def test_rounded_counts_are_within_two_and_a_half_of_the_truth(counts):
    names = [str(i) for i in range(len(counts))]
    table = protect_table(names, counts, POLICIES["round5"])

    for name, row in zip(names, counts, strict=True):
        for key, cells in SUMS.items():
            assert table.groups[name][key] % 5 == 0
            assert abs(table.groups[name][key] - int(cells @ row)) <= 2

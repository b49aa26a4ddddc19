"""No suppressed count can be worked out from all tables of a report together.

The oracle is a solver over every cell of test date × first × second attribute × how each of two
ways of ranking chose × what happened. Its facts are all counts that the assessment prints, of
whatever table: by group, by pair of groups, by date, by date and group, by way of ranking, and of
who enters and leaves the list; rates, intervals and ratios are checked to be made of those counts alone.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from governance.assessment import assess
from governance.fairness.counts import KNOWN, SUMS
from governance.fairness.intervals import wilson
from governance.fairness.policy import METRICS
from governance.fairness.replacement import PLACES, Champion
from governance.further import Beside

WAYS = ("lightgbm", "logistic")
NAMES = {"day": ["2022-09-01", "2023-09-01"], "first": list("abcd"), "second": list("xyz")}
AXES = ("day", "first", "second", "lightgbm", "logistic", "happened")


@st.composite
def councils(draw):
    """How many people are in each cell; some groups are thin, and outcomes may be unknown."""
    shape = (
        2,
        draw(st.integers(2, 4)),
        draw(st.integers(2, 3)),
        2,
        2,
        draw(st.sampled_from([2, 3])),
    )
    seed = draw(st.integers(0, 2**32 - 1))
    most = draw(st.sampled_from([4, 20, 60, 200]))
    cells = np.random.default_rng(seed).integers(0, most, shape)
    for thin in range(draw(st.integers(0, 2))):
        cells[:, thin] = cells[:, thin] * draw(st.integers(0, 3)) // (4 * max(1, most // 20))
    if shape[-1] == 3 and draw(st.booleans()):
        cells[..., 2] = cells[..., 2] // 20
    assume(cells.sum())
    return cells


def council(crossed_evidence, cells, policy):
    """Assessment of one row a person and way of ranking, as training leaves them."""
    index = np.repeat(np.arange(cells.size), cells.ravel())
    place = dict(zip(AXES, np.unravel_index(index, cells.shape), strict=True))
    entity = pd.Series(np.arange(len(index))).astype(str)
    as_of = pd.to_datetime(pd.Series(np.array(NAMES["day"])[place["day"]]))
    label = pd.Series(place["happened"] == 0, dtype="boolean").mask(place["happened"] == 2)
    shared = {"split": np.array(NAMES["day"])[place["day"]], "as_of": as_of, "entity_id": entity}
    rows = [
        pd.DataFrame({**shared, "candidate": way, "score": 0.5, "calibrated": False,
                      "selected": place[way] == 0, "label": label, "observed": label.notna()})
        for way in WAYS
    ]  # fmt: skip
    groups = {name: np.array(NAMES[name])[place[name]] for name in ("first", "second")}
    protected = pd.DataFrame({"entity_id": entity, "as_of": as_of, **groups})
    splits = [
        {"test_as_of": day, "candidates": {way: {"auc": 0.7} for way in WAYS}}
        for day in NAMES["day"]
    ]
    made = crossed_evidence(
        pd.concat(rows), protected, policy=policy, chosen=WAYS[0], splits=splits
    )
    champion = Champion("2", rows[1].assign(candidate=WAYS[1]))
    return assess(replace(made, beside=Beside(champion)))


KNOWN_SUMS = {name for name, cells in SUMS.items() if (cells <= KNOWN).all()}
MOVES = {
    "before": {"logistic": 0}, "after": {"lightgbm": 0}, "stays": {"lightgbm": 0, "logistic": 0},
    "enters": {"lightgbm": 0, "logistic": 1}, "leaves": {"lightgbm": 1, "logistic": 0},
}  # fmt: skip


def place_of(**groups):
    """Where a printed row lies: the group's place on each axis it names."""
    return {axis: NAMES[axis].index(name) for axis, name in groups.items()}


def among(found, name, group):
    """Places of a group in a further table, which puts together those not printed whole."""
    rows = found.tables[name].rows
    if group == "Everyone":
        return {}
    alone = [row.group for row in rows if row.counts.is_complete]
    wanted = [group] if group in alone else [r.group for r in rows if r.group not in alone]
    return {name: [NAMES[name].index(each) for each in wanted]}


def further(found):
    """The same of every group by date."""
    for name, table in found.further.dates.items():
        for group in (*table.groups, table.everyone):
            for day, at in zip(table.dates, group.dates, strict=True):
                sums = {}
                for metric, rate in at.rates.items():
                    sums[METRICS[metric].numerator] = rate.numerator
                    sums[METRICS[metric].denominator] = rate.denominator
                told = {
                    key: value
                    for key, value in sums.items()
                    if value is not None and key in KNOWN_SUMS
                }
                yield WAYS[0], place_of(day=day) | among(found, name, group.group), told


def lists(found):
    """The same of who enters and leaves the list."""
    moves = found.further.replacement
    for place, (new, old) in zip(PLACES, [(0, 0), (0, 1), (1, 0), (1, 1)], strict=False):
        yield (
            WAYS[0],
            {"lightgbm": new, "logistic": old},
            moves.places[place].sums if place in moves.places else {},
        )
    for name, rows in moves.movement.items():
        whole = [row.counts for row in found.tables[name].rows if row.counts.is_complete]
        counted = "n" if any(counts["n"] is not None for counts in whole) else "known"
        for row in rows:
            for part, on in MOVES.items():
                if isinstance(value := getattr(row, part), int):
                    yield WAYS[0], among(found, name, row.group) | on, {counted: value}


def printed(found):
    """(way, which cells it counts, printed counts) of every table of the assessment."""
    for name, table in found.tables.items():
        yield WAYS[0], {}, table.everyone.counts.sums
        for row in table.rows:
            yield WAYS[0], place_of(**{name: row.group}), row.counts.sums
    # A crossing of which nothing may be printed is left out: what margins alone say of it, they say.
    tables = [t for t in found.pairs if any(pair.counts.is_complete for pair in t.comparisons)]
    for pair in (pair for table in tables for pair in table.comparisons):
        first, second = sorted([pair.within, pair.group])
        yield WAYS[0], place_of(first=first, second=second), pair.counts.sums
    for split in (*found.performance.splits, found.performance.over_all):
        where = place_of(day=split.split) if split.split in NAMES["day"] else {}
        for way, result in split.candidates.items():
            yield way, where, result.counts.sums
    yield from further(found)
    yield from lists(found)


def _ranges(index, shape):
    return [range(n) if isinstance(i, slice) else i for i, n in zip(index, shape, strict=True)]


def weights(shape, way, where, sums):
    """Which cells of the council a printed sum adds up."""
    outcome = np.asarray(sums).reshape(2, 3)[:, : shape[-1]]
    whole = np.zeros(shape)
    index = [slice(None)] * len(AXES)
    for name, position in where.items():
        index[AXES.index(name)] = position
    index = tuple(np.ix_(*([p] if isinstance(p, int) else p for p in _ranges(index, shape))))
    chosen = np.ones(shape) * (outcome[:, None, :] if way == WAYS[0] else outcome[None, :, :])
    whole[index] = chosen[index]
    return whole.ravel()


def reach(wanted, matrix, values):
    """Least and greatest whole number that a sum can be, agreeing with the facts."""
    ends = []
    for sign in (1, -1):
        solved = milp(
            sign * wanted, integrality=np.ones(len(wanted)), bounds=Bounds(0, 10**5),
            constraints=LinearConstraint(matrix, values, values), options={"time_limit": 30},
        )  # fmt: skip
        assert solved.success, solved.message
        ends.append(round(sign * solved.fun))
    return ends


def check_hidden(found, cells):
    """Every small count that the report withholds could be any small count."""
    low, high = found.policy.protects
    happens = [bool(cells[..., i].sum()) if i < cells.shape[-1] else False for i in range(3)]
    exists = np.tile(happens, 2)  # an outcome that nobody has is no count
    told, hidden = {}, {}
    for way, where, sums in printed(found):
        for sum_name, value in sums.items():
            wanted = weights(cells.shape, way, where, SUMS[sum_name])
            true = int(wanted @ cells.ravel())
            if value is not None:
                assert value == true
                told[wanted.tobytes()] = (wanted, value)
            elif low <= true <= high and (SUMS[sum_name] * exists).any():
                hidden[wanted.tobytes()] = wanted
    matrix = csr_array(np.array([w for w, _ in told.values()]).reshape(-1, cells.size))
    values = np.array([v for _, v in told.values()], dtype=float)
    for wanted in hidden.values():
        least, most = reach(wanted, matrix, values)
        assert (least <= low, most >= high) == (True, True)


@settings(max_examples=settings().max_examples // 5)
@given(cells=councils())
def test_all_tables_together_leave_each_small_count_open(crossed_evidence, cells):
    check_hidden(council(crossed_evidence, cells, "dfe"), cells)


@pytest.mark.deep
@settings(max_examples=400)
@given(cells=councils())
def test_all_tables_together_leave_each_count_below_ten_open(crossed_evidence, cells):
    check_hidden(council(crossed_evidence, cells, "tre_10"), cells)


@settings(max_examples=settings().max_examples // 5)
@given(cells=councils())
def test_every_rate_is_made_of_printed_counts_alone(crossed_evidence, cells):
    found = council(crossed_evidence, cells, "dfe")

    for table in found.tables.values():
        for row in (*table.rows, table.everyone):
            for name, rate in row.rates.items():
                above, below = (row.counts[part] for part in (METRICS[name].numerator, METRICS[name].denominator))  # fmt: skip
                if rate.interval is not None:
                    assert rate.interval == wilson(above, below, rate.design_effect)
                    assert (4 * rate.design_effect).is_integer()

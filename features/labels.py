"""Labels: whether the outcome came about in the window after each as-of date, where anybody looked."""

from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.cohort import Cohort
from features.conditions import meets
from features.days import date_of, day_of, days
from features.followed import Followed
from features.known_rows import EVENT_DATE, KEY, KnownRows, superseded_on
from hearth.definition import Label, Role
from hearth.source_contract import Subject

SCHEMA = pa.schema(
    {
        "entity_id": pa.string(),
        "as_of": pa.date32(),
        "label": pa.bool_(),
        "observed": pa.bool_(),
        "window_end": pa.date32(),
    }
)
_UNKNOWN, _NO, _YES = -1, 0, 1
Ints = npt.NDArray[np.int64]


def label_rows(label: Label, cohort: Cohort, source: KnownRows, *, extracted_on: date) -> pa.Table:
    """Label of each row of the cohort.

    Outcome rows are those whose event date lies in [as-of date, window end), whoever or whatever
    the source is about: the child, the person or the address. Rows without an outcome value, or
    corrected since, say nothing. Of several children the label is true if it is true for any.

    Parameters
    ----------
    label
        What is foreseen, and how it is looked for.
    cohort
        Rows to be labelled.
    source
        Rows of the label's source.
    extracted_on
        Day of the source's extract: a window that had not matured by then has no label.

    Returns
    -------
    pa.Table
        `SCHEMA`, a row for each of the cohort's: `label` is null where unknown, and `observed` is
        whether anybody looked in a window that has matured.
    """
    as_of, place = np.unique(days(cohort.rows["as_of"]).astype(np.int64), return_inverse=True)
    dates = [date_of(day) for day in as_of]
    window_end = np.array([day_of(label.closes_on(day)) for day in dates])[place]
    mature = np.array([label.matures_on(day) <= extracted_on for day in dates])[place]
    role = Role.ADDRESS
    if source.contract.about is Subject.PERSON:
        role = Role.CHILD if Role.CHILD in cohort.followed else Role.PERSON
    outcome = _outcomes(label, cohort.followed[role], source, (as_of[place], window_end))
    looked = outcome != _UNKNOWN
    if label.observed == "always":
        outcome, looked = np.where(looked, outcome, _NO), np.ones(len(looked), dtype=bool)
    observed = mature & looked
    return pa.table(
        {
            "entity_id": cohort.rows["entity_id"],
            "as_of": cohort.rows["as_of"],
            "label": pa.array(outcome == _YES, mask=~observed),
            "observed": pa.array(observed),
            "window_end": pc.cast(pa.array(window_end, pa.int32()), pa.date32()),
        },
        schema=SCHEMA,
    )


def _outcomes(
    label: Label, followed: pa.Table, source: KnownRows, window: tuple[Ints, Ints]
) -> Ints:
    """Outcome of each row of the cohort, (rows,): 1, 0, or -1 where there is nothing to tell by."""
    stands = pc.is_null(superseded_on(source.table))
    table = source.table.filter(pc.and_(stands, pc.is_valid(source.table[label.outcome.column])))
    if label.at == "first_row_of_child":
        table = _first_of_each_key(table)
    happened = days(table[EVENT_DATE])
    is_outcome = np.asarray(meets(table, label.outcome), dtype=bool)
    row, pair, place = _joined(followed, table)
    inside = (happened[place] >= window[0][row]) & (happened[place] < window[1][row])
    row, pair, place = row[inside], pair[inside], place[inside]
    if label.row != "any":
        chosen = _chosen(pair, last=label.row == "last")
        row, place = row[chosen], place[chosen]
    outcome = np.full(len(window[0]), _UNKNOWN, dtype=np.int64)
    np.maximum.at(outcome, row, is_outcome[place].astype(np.int64))
    return outcome


def _first_of_each_key(table: pa.Table) -> pa.Table:
    """First row of each key; sources keep their rows in order of time."""
    keys = np.asarray(table[KEY].combine_chunks().dictionary_encode().indices)
    order = np.argsort(days(table[EVENT_DATE]), kind="stable")
    _, first = np.unique(keys[order], return_index=True)
    return table.take(pa.array(np.sort(order[first])))


def _joined(followed: pa.Table, table: pa.Table) -> tuple[Ints, Ints, Ints]:
    """Cohort row, place among the pairs and place in the table of each row of a followed key."""
    pairs = Followed.of(followed)
    codes = pc.index_in(table[KEY], value_set=pairs.keys)
    codes = np.asarray(pc.fill_null(codes, -1), dtype=np.int64)
    order = np.lexsort((days(table[EVENT_DATE]), codes))
    starts = np.searchsorted(codes[order], np.arange(len(pairs.keys) + 1))
    wanted = pairs.code.astype(np.int64)
    lengths = starts[wanted + 1] - starts[wanted]
    pair = np.repeat(np.arange(len(wanted)), lengths)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    place = order[starts[wanted[pair]] + within]
    return pairs.row.astype(np.int64)[pair], pair, place


def _chosen(pair: Ints, *, last: bool) -> Ints:
    """Positions of the first, or last, row of each pair; they come in order of time."""
    edge = np.ones(len(pair), dtype=bool)
    if last:
        edge[:-1] = pair[1:] != pair[:-1]
    else:
        edge[1:] = pair[1:] != pair[:-1]
    return np.flatnonzero(edge)

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

ASSESSOR = "assessor_"
"""Begins the name of a column that says who decided, or how."""

SCHEMA = pa.schema(
    {
        "entity_id": pa.string(),
        "as_of": pa.date32(),
        "label": pa.bool_(),
        "observed": pa.bool_(),
        "window_end": pa.date32(),
        "found_on": pa.date32(),
        "visited": pa.bool_(),
        "drawn": pa.bool_(),
        "drawn_label": pa.bool_(),
    }
)
_NOBODY = -1
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def label_rows(
    label: Label,
    cohort: Cohort,
    source: KnownRows,
    visits: KnownRows | None = None,
    *,
    extracted_on: date,
) -> pa.Table:
    """Label of each row of the cohort.

    Outcome rows are those whose event date lies in [as-of date, window end), whoever or whatever
    the source is about: the child, the person or the address. Rows without an outcome value, or
    corrected since, say nothing. Of several children the label is true if it is true for any. The
    row that decides is the first with the outcome, or the first of all where none has it.

    Parameters
    ----------
    label
        What is foreseen, and how it is looked for.
    cohort
        Rows to be labelled.
    source
        Rows of the label's source.
    visits
        Rows of the source that says whom the list led to; None where the definition names none.
    extracted_on
        Day of the source's extract: a window that had not matured by then has no label.

    Returns
    -------
    pa.Table
        `SCHEMA`, a row for each of the cohort's: `label` is null where unknown, and `observed` is
        whether anybody looked in a window that has matured. `found_on` is the event date of the row
        that decides, and a string column `assessor_COLUMN` for each of `label.assessor` what it
        holds; null where unobserved, or where no row says so. `visited` is whether the list led to
        the entity in the window; null where the definition names no visits. `drawn` is whether the
        entity was drawn by lot and looked at, and `drawn_label` what was found then; null where the
        definition names no random arm.
    """
    as_of, place = np.unique(days(cohort.rows["as_of"]).astype(np.int64), return_inverse=True)
    dates = [date_of(day) for day in as_of]
    window_end = np.array([day_of(label.closes_on(day)) for day in dates])[place]
    mature = np.array([label.matures_on(day) <= extracted_on for day in dates])[place]
    inside, followed = (as_of[place], window_end), _followed(cohort, source)
    table = rows_that_say(label, source)
    deciding, positive = _deciding(label, followed, table, inside)
    looked = (deciding != _NOBODY) | (label.observed == "always")
    observed = mature & looked
    decided = pa.array(deciding, mask=(deciding == _NOBODY) | ~mature)
    labels = pa.table(
        {
            "entity_id": cohort.rows["entity_id"],
            "as_of": cohort.rows["as_of"],
            "label": pa.array(positive, mask=~observed),
            "observed": pa.array(observed),
            "window_end": pc.cast(pa.array(window_end, pa.int32()), pa.date32()),
            "found_on": table[EVENT_DATE].take(decided),
            "visited": pa.nulls(len(deciding), pa.bool_())
            if visits is None
            else pa.array(_visited(label, cohort, visits, inside)),
            **_of_arm(label, followed, table, inside, mature),
        },
        schema=SCHEMA,
    )
    for column in label.assessor:
        said = pc.cast(table[column].take(decided), pa.string())
        labels = labels.append_column(f"{ASSESSOR}{column}", said)
    return labels


def _followed(cohort: Cohort, source: KnownRows) -> pa.Table:
    """Keys that each row of the cohort follows in a source: the child, the person or the address."""
    if source.contract.about is not Subject.PERSON:
        return cohort.followed[Role.ADDRESS]
    return cohort.followed[Role.CHILD if Role.CHILD in cohort.followed else Role.PERSON]


def rows_that_say(label: Label, source: KnownRows) -> pa.Table:
    """Rows of the label's source that stand and hold an outcome value: those that decide labels."""
    stands = pc.is_null(superseded_on(source.table))
    table = source.table.filter(pc.and_(stands, pc.is_valid(source.table[label.outcome.column])))
    return _first_of_each_key(table) if label.at == "first_row_of_child" else table


def _deciding(
    label: Label, followed: pa.Table, table: pa.Table, window: tuple[Ints, Ints]
) -> tuple[Ints, Flags]:
    """Place in the table of the row that decides each row of the cohort, -1 for none; its outcome."""
    happened = days(table[EVENT_DATE])
    is_outcome = np.asarray(meets(table, label.outcome), dtype=bool)
    row, pair, place = _within(_joined(followed, table), happened.astype(np.int64), window)
    if label.row != "any":
        chosen = _chosen(pair, last=label.row == "last")
        row, place = row[chosen], place[chosen]
    order = np.lexsort((happened[place], ~is_outcome[place], row))
    decided, first = np.unique(row[order], return_index=True)
    deciding = np.full(len(window[0]), _NOBODY, dtype=np.int64)
    deciding[decided] = place[order][first]
    positive = np.zeros(len(deciding), dtype=bool)
    positive[decided] = is_outcome[deciding[decided]]
    return deciding, positive


def _of_arm(
    label: Label, followed: pa.Table, table: pa.Table, window: tuple[Ints, Ints], mature: Flags
) -> dict[str, pa.Array]:
    """Columns of those drawn by lot, by the rows of the random arm alone."""
    if label.random_arm is None:
        none = pa.nulls(len(mature), pa.bool_())
        return {"drawn": none, "drawn_label": none}
    by_lot = table.filter(pc.fill_null(meets(table, label.random_arm), False))
    deciding, positive = _deciding(label, followed, by_lot, window)
    drawn = (deciding != _NOBODY) & mature
    return {"drawn": pa.array(drawn), "drawn_label": pa.array(positive, mask=~drawn)}


def _visited(label: Label, cohort: Cohort, visits: KnownRows, window: tuple[Ints, Ints]) -> Flags:
    """Whether the list led to each row of the cohort in its window, as far as is known."""
    table = visits.table.filter(pc.is_null(superseded_on(visits.table)))
    for condition in label.visited.where if label.visited else ():
        table = table.filter(meets(table, condition))
    pairs = _joined(_followed(cohort, visits), table)
    row, _, _ = _within(pairs, days(table[EVENT_DATE]).astype(np.int64), window)
    found = np.zeros(len(window[0]), dtype=bool)
    found[row] = True
    return found


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


def _within(
    joined: tuple[Ints, Ints, Ints], happened: Ints, window: tuple[Ints, Ints]
) -> tuple[Ints, Ints, Ints]:
    """Joined rows whose event lies in the window of their cohort row."""
    row, pair, place = joined
    inside = (happened[place] >= window[0][row]) & (happened[place] < window[1][row])
    return row[inside], pair[inside], place[inside]


def _chosen(pair: Ints, *, last: bool) -> Ints:
    """Positions of the first, or last, row of each pair; they come in order of time."""
    edge = np.ones(len(pair), dtype=bool)
    if last:
        edge[:-1] = pair[1:] != pair[:-1]
    else:
        edge[1:] = pair[1:] != pair[:-1]
    return np.flatnonzero(edge)

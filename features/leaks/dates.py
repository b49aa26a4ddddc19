"""What a source's own dates betray: knowledge that is no knowledge, back-fills, days yet to come."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.days import date_of, day_of, days
from features.ingest.quality import IN_THE_FUTURE
from features.leaks.finding import Finding, Gravity, contract_file
from hearth.source_contract import SourceContract, SourceKind

NEARLY_ALL = 0.98
"""Share of rows known on the very day they happened that no office keeps up."""
FEWEST = 50
"""Rows below which a share says little."""
FEW_AHEAD = 0.01
"""Share of rows known before they happened that may be slips."""
_FILLED, _USUAL = 0.95, 0.5  # a year's share of rows known the same day, beside all other years'
_PERIOD, _PERIODS = 28, 26  # days; two years of four weeks each
_THIN = 0.5
Ints = npt.NDArray[np.int64]


def date_findings(
    contract: SourceContract,
    rows: pa.Table,
    set_aside: Sequence[Mapping[str, Any]],
    *,
    extracted_on: date,
) -> Iterator[Finding]:
    """What the dates of one source betray.

    Parameters
    ----------
    contract, rows
        The source's contract and its snapshot.
    set_aside
        Findings of its quality report: `column`, `reason` and `rows`.
    extracted_on
        Day of the extract.
    """
    yield from _in_the_future(contract, len(rows), set_aside)
    begun = contract.event_date or contract.starts_on
    if contract.knowledge_date is not None and begun is not None:
        yield from _same_day(contract, rows, begun, contract.knowledge_date)
    if contract.kind is SourceKind.EVENT and contract.recording_lag is not None:
        yield from _lag_too_short(contract, rows, extracted_on)


def _same_day(
    contract: SourceContract, rows: pa.Table, begun: str, known: str
) -> Iterator[Finding]:
    """Knowledge dates that only repeat the event date: of nearly all rows, or of whole years."""
    held = rows.filter(pc.and_(pc.is_valid(rows[begun]), pc.is_valid(rows[known])))
    if len(held) < FEWEST and begun != known:
        return
    same = np.asarray(pc.equal(held[begun], held[known]))
    remedy = (
        "name the column that says when the council knew; if none does, declare a recording_lag "
        "and why it holds"
    )
    if begun == known:
        yield _leak(
            "known at once", contract, "knowledge_date", f"is {known}, the date it happened", remedy
        )
        return
    if same.mean() >= NEARLY_ALL:
        found = f"equals {begun} in {same.mean():.1%} of {len(held):,} rows, so it does not say when the council knew"
        yield _leak("known at once", contract, "knowledge_date", found, remedy)
        return
    year = np.asarray(pc.year(held[begun]))
    for one in np.unique(year):
        mine = year == one
        few = min(mine.sum(), (~mine).sum()) < FEWEST
        if not few and same[mine].mean() >= _FILLED and same[~mine].mean() <= _USUAL:
            found = (
                f"equals {begun} in {same[mine].mean():.1%} of the {mine.sum():,} rows of {one}, "
                f"and in {same[~mine].mean():.1%} of all others: they look filled in afterwards"
            )
            fill = "give those rows the day they were loaded as knowledge date, or leave them out"
            yield _leak("back-filled", contract, "knowledge_date", found, fill)
    ahead = np.asarray(pc.less(held[known], held[begun]))
    if contract.kind is SourceKind.EVENT and ahead.mean() > FEW_AHEAD:
        found = (
            f"is before {begun} in {ahead.sum():,} of {len(held):,} rows: known before it happened"
        )
        look = "see that these are plans, and that no label is among them"
        yield _finding(Gravity.LOOK, "known ahead", contract, ("knowledge_date", found, look))


def _in_the_future(
    contract: SourceContract, rows: int, set_aside: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    """Days after the extract, which ingest set aside: a system whose dates cannot be believed."""
    for one in set_aside:
        if one["reason"] == IN_THE_FUTURE:
            found = f"lies after the day of the extract in {one['rows']:,} rows, set aside beside {rows:,} kept"
            remedy = (
                "ask the system's owner what these dates are, or mend read.extracted_on; "
                "then run `hearth ingest`"
            )
            place = f"columns.{one['column']}"
            yield _leak("future", contract, place, found, remedy)


def _lag_too_short(
    contract: SourceContract, rows: pa.Table, extracted_on: date
) -> Iterator[Finding]:
    """Events that should all be known by the extract, and are far rarer than ever before."""
    lag = contract.recording_lag
    if lag is None:
        return
    complete = day_of(lag.period.before(extracted_on))
    ago = (complete - 1 - days(rows[str(contract.event_date)].drop_null())) // _PERIOD
    counts = np.bincount(ago[(ago >= 0) & (ago <= _PERIODS)], minlength=_PERIODS + 1)
    last, least = int(counts[0]), int(counts[1:].min())
    if least >= FEWEST and last < _THIN * least:
        until = date_of(complete)
        found = (
            f"is {lag.period}, but the {_PERIOD} days to {until} hold {last:,} rows, where none of "
            f"the {_PERIODS} such spans before held fewer than {least:,}: they were not all known yet"
        )
        remedy = "declare the lag after which the table is complete"
        yield _leak("lag too short", contract, "recording_lag", found, remedy)


def _leak(test: str, contract: SourceContract, place: str, found: str, remedy: str) -> Finding:
    return _finding(Gravity.LEAK, test, contract, (place, found, remedy))


def _finding(
    gravity: Gravity, test: str, contract: SourceContract, said: tuple[str, str, str]
) -> Finding:
    return Finding(gravity, test, contract_file(contract.source), *said)

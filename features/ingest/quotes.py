"""Which line ends of a CSV stand inside quotes, found for a whole block at once.

A run of quotes of even length changes nothing: it is an empty field, or quotes doubled within one.
A run of odd length at the start of a field opens it, or closes the one it stands in; any other run of
odd length closes. So a place is inside where the runs at starts of fields, counted since the last of
the other sort, are odd in number.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_QUOTE, _NEWLINE = ord('"'), ord("\n")


@dataclass(frozen=True)
class Quoting:
    """`is_inside` says for each line end whether it stands inside quotes, (line ends,).

    `torn` is the place where the first field opens that runs over several lines and is closed in the
    middle of a text: the mark of a quote that was never closed, which took other rows in.
    """

    is_inside: Flags
    torn: int | None


@dataclass(frozen=True)
class _Runs:
    """Runs of quotes of odd length: first and last place of each, and whether it leaves a field open."""

    first: Places
    last: Places
    opens: Flags


def quoting(text: npt.NDArray[np.uint8], newlines: Places, delimiter: int) -> Quoting:
    """How the quotes of a text, which begins with a record, divide its lines."""
    runs = _odd_runs(text, delimiter)
    if len(runs.first) == 0:
        return Quoting(np.zeros(len(newlines), dtype=bool), None)
    run = np.searchsorted(runs.first, newlines) - 1
    is_inside = np.where(run < 0, False, runs.opens[np.maximum(run, 0)])
    return Quoting(is_inside, _torn(text, newlines, delimiter, runs))


def _odd_runs(text: npt.NDArray[np.uint8], delimiter: int) -> _Runs:
    at = np.flatnonzero(text == _QUOTE)
    gap = np.diff(at) > 1
    first, last = at[np.append(True, gap)[: len(at)]], at[np.append(gap, True)[: len(at)]]
    odd = (last - first) % 2 == 0
    first, last = first[odd], last[odd]
    before = text[np.maximum(first, 1) - 1]
    starts_field = (before == delimiter) | (before == _NEWLINE) | (first == 0)
    seen = np.cumsum(starts_field)
    since = np.maximum.accumulate(np.where(starts_field, 0, seen))
    return _Runs(first, last, (seen - since) % 2 == 1)


def _torn(text: npt.NDArray[np.uint8], newlines: Places, delimiter: int, runs: _Runs) -> int | None:
    closing = np.flatnonzero(~runs.opens[1:] & runs.opens[:-1]) + 1
    closing = closing[runs.last[closing] + 1 < len(text)]
    after = text[runs.last[closing] + 1]
    in_text = (after != delimiter) & (after != _NEWLINE)
    opened, closed = runs.last[closing - 1], runs.first[closing]
    spans = np.searchsorted(newlines, closed) > np.searchsorted(newlines, opened)
    found = opened[in_text & spans]
    return int(found[0]) if len(found) else None

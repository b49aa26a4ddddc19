"""What a request for many scores may hold: up to 1,000 subjects, or as many rows of values."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta, Raw
from numpy.typing import NDArray

from hearth.errors import Fault, UnusableInputError
from hearth.risk_model import FeatureSpec
from serving.answers import Value
from serving.scores.schemas import LONGEST_SUBJECT, decode_json, read_values, values_type
from serving.scores.tables import ColumnsOf, RowEncoder, name_faults, named_row

MOST_AT_ONCE = 1_000
"""Scores of one request; files take more."""

_MOST_FAULTS = 100
_MANY = re.compile(
    rb'\s*\{\s*(?:"reasons"\s*:\s*(?:true|false)\s*,\s*)?"(?:subjects|rows|names)"\s*:'
)
_FORM = (
    'send {"subjects": […]}, {"rows": [{…}, …]} or {"names": […], "rows": [[…], …]}, '
    'with "reasons": true or false if you like'
)
_TOO_MANY = f"send 1 to {MOST_AT_ONCE:,} at once; score more of them as a file, with `hearth score`"
_Subject = Annotated[str, Meta(min_length=1, max_length=LONGEST_SUBJECT)]
_Reasons = Annotated[bool, Meta(description="False spares the work of explaining.")]


class SubjectsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to 1,000 subjects by the identifiers that the feature store knows."""

    subjects: Annotated[tuple[_Subject, ...], Meta(min_length=1, max_length=MOST_AT_ONCE)]
    reasons: _Reasons = True


class RowsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to 1,000 rows, each every feature of the model by name; null where a value is not recorded."""

    rows: Annotated[
        tuple[dict[str, float | str | None], ...], Meta(min_length=1, max_length=MOST_AT_ONCE)
    ]
    reasons: _Reasons = True


@dataclass(frozen=True)
class GivenRows:
    """Rows of values found fit: encoded for the model, as the JSON they came in, and by feature name.

    `before` is the JSON that says of each text what it holds, as `ScoreRecorder.record` has it.
    `values` is empty where no reasons are asked for, which alone need it.
    """

    matrix: NDArray[np.float64]
    texts: Sequence[Raw]
    before: bytes
    values: Sequence[Mapping[str, Value]] = ()


@dataclass(frozen=True)
class ManyAsked:
    """What scores are asked of: subjects of the feature store or, where there are none, these rows."""

    subjects: Sequence[str] = ()
    rows: GivenRows | None = None
    reasons: bool = True


def asks_for_many(body: bytes) -> bool:
    """Whether a body is a request for many scores, by its first keys alone."""
    return _MANY.match(body) is not None


class _Rows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows of either form, not yet read; with names they are a table."""

    rows: Annotated[list[Raw], Meta(min_length=1, max_length=MOST_AT_ONCE)]
    names: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    reasons: bool = True


class ManySchema:
    """Reads requests for many scores of one model."""

    def __init__(self, features: Sequence[FeatureSpec]) -> None:
        self._features = tuple(features)
        self._names = tuple(feature.name for feature in features)
        self._encoder, self._columns = RowEncoder(features), ColumnsOf(features)
        self._rows = msgspec.json.Decoder(_Rows)
        self._row: msgspec.json.Decoder[Any] = msgspec.json.Decoder(values_type(features))
        self._subjects = msgspec.json.Decoder(SubjectsRequest)

    def read(self, body: bytes) -> ManyAsked:
        """What a request asks for.

        Raises
        ------
        ProblemError
            If the body is not JSON.
        UnusableInputError
            With every fault together, up to a hundred, by row and never by value.
        """
        try:
            given = self._rows.decode(body)
            rows = self._read_rows(given)
        except (msgspec.MsgspecError, RecursionError, KeyError):
            return self._read_slowly(body)
        return ManyAsked(rows=rows, reasons=given.reasons)

    def _read_rows(self, given: "_Rows") -> GivenRows:
        rows: Iterable[Sequence[Value]]
        encode: Callable[[Iterable[Sequence[Value]], int], NDArray[np.float64]]
        if given.names is msgspec.UNSET:
            names, before, encode = self._names, b'"values":', self._encoder.encode
            rows = (msgspec.structs.astuple(self._row.decode(text)) for text in given.rows)
        else:
            columns = self._columns.of(given.names)
            names, before, encode = columns.names, columns.before_row, columns.encode
            rows = columns.read(given.rows)
        if not given.reasons:  # each row is read, encoded and forgotten
            return GivenRows(encode(rows, len(given.rows)), given.rows, before)
        kept = list(rows)
        values = [dict(zip(names, row, strict=True)) for row in kept]
        return GivenRows(encode(kept, len(kept)), given.rows, before, values)

    def _read_slowly(self, body: bytes) -> ManyAsked:
        """Subjects, or the faults of what the fast way refused."""
        try:
            asked = self._subjects.decode(body)
        except (msgspec.MsgspecError, RecursionError):
            raise UnusableInputError(self._faults(decode_json(body))) from None
        faults = [
            _no_identifier(row)
            for row, subject in enumerate(asked.subjects, start=1)
            if not subject.isprintable()
        ]
        if faults:
            raise UnusableInputError(faults[:_MOST_FAULTS])
        return ManyAsked(subjects=asked.subjects, reasons=asked.reasons)

    def _faults(self, content: Any) -> list[Fault]:
        """All that is wrong with a request, up to a hundred."""
        given = {} if not isinstance(content, dict) else dict(content)
        if not isinstance(given.pop("reasons", True), bool):
            return [Fault("request", "reasons", "is not true or false", _FORM)]
        if set(given) not in ({"subjects"}, {"rows"}, {"names", "rows"}):
            return [Fault("request", "", "is of no known form", _FORM)]
        form = "subjects" if "subjects" in given else "rows"
        items = given[form]
        if not isinstance(items, list):
            return [Fault("request", form, "is not a list", _FORM)]
        if not 1 <= len(items) <= MOST_AT_ONCE:
            return [Fault("request", form, f"holds {len(items):,}", _TOO_MANY)]
        if form == "subjects":
            return [_no_identifier(i) for i, one in enumerate(items, start=1) if not _is_fit(one)]
        return (
            self._table_faults(given["names"], items)
            if "names" in given
            else self._row_faults(items)
        )

    def _table_faults(self, names: Any, items: Sequence[Any]) -> list[Fault]:
        wrong = name_faults(self._features, names)
        return wrong[:_MOST_FAULTS] or self._row_faults([named_row(names, row) for row in items])

    def _row_faults(self, items: Sequence[Any]) -> list[Fault]:
        faults: list[Fault] = []
        for row, values in enumerate(items, start=1):
            if isinstance(values, Fault):
                faults.append(replace(values, place=f"row {row}"))
                continue
            try:
                read_values(self._features, values)
            except UnusableInputError as error:
                faults += [
                    Fault(
                        "rows", f"row {row}, {fault.place}".rstrip(", "), fault.found, fault.remedy
                    )
                    for fault in error.faults
                ]
            if len(faults) >= _MOST_FAULTS:
                break
        return faults[:_MOST_FAULTS]


def _is_fit(subject: Any) -> bool:
    return (
        isinstance(subject, str) and 1 <= len(subject) <= LONGEST_SUBJECT and subject.isprintable()
    )


def _no_identifier(row: int) -> Fault:
    remedy = f"give a text of 1 to {LONGEST_SUBJECT} characters"
    return Fault("subjects", f"row {row}", "is no identifier", remedy)

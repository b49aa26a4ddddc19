"""Fields of an extract turned into values of their contract's types; what will not turn is marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.ingest.dates import parse_days
from features.ingest.numbers import parse_integers, parse_numbers, to_decimals
from features.ingest.quotes import Flags, Places
from hearth.source_contract import Column, ColumnType, Read

_UPRN = r"^0*[1-9]\d{0,11}(\.0*)?$"  # at most twelve digits (GeoPlace, Data Entry Conventions)
_TRUE = pa.array(["true", "t", "yes", "y", "1"])
_FALSE = pa.array(["false", "f", "no", "n", "0"])

ARROW_TYPES = {
    ColumnType.STRING: pa.string(),
    ColumnType.UPRN: pa.string(),
    ColumnType.CATEGORY: pa.string(),
    ColumnType.DATE: pa.date32(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.NUMBER: pa.float64(),
    ColumnType.BOOLEAN: pa.bool_(),
}


@dataclass(frozen=True)
class Coerced:
    """Values of one type, null where missing or marked, and which fields were marked and why.

    `bad` marks what is not of the type, `inexact` a number with more decimals than its column has;
    `written` holds the texts of both, in their order.
    """

    values: pa.ChunkedArray
    bad: Flags
    inexact: Flags
    written: pa.ChunkedArray

    @classmethod
    def joined(cls, parts: Sequence["Coerced"], kind: pa.DataType) -> "Coerced":
        """Parts of one column, one after the other."""
        return cls(
            pa.chunked_array([chunk for part in parts for chunk in part.values.chunks], kind),
            np.concatenate([part.bad for part in parts]),
            np.concatenate([part.inexact for part in parts]),
            pa.chunked_array([c for part in parts for c in part.written.chunks], pa.string()),
        )

    def as_written(self, places: Places) -> pa.ChunkedArray:
        """Texts of some rows: what could not be read as it was written, all else as it was read."""
        marked = self.bad | self.inexact
        text = pc.cast(self.values.take(pa.array(places)), pa.string())
        order = np.cumsum(marked)[places] - 1
        original = self.written.take(pa.array(order, mask=~marked[places]))
        return pc.coalesce(original, text)


def coerce(values: pa.Array, column: Column, read: Read) -> Coerced:
    """Values of a column in its contract's type.

    Parameters
    ----------
    values
        Text, or what a Parquet file, a workbook or a database holds; all are read by the same rules.
    column, read
        The column's type, and how the extract writes dates, numbers and missing values.
    """
    held = _native(values, column.type)
    bad = np.zeros(len(values), dtype=bool)
    is_native = held is not None
    if held is None:
        text = _text(values, read)
        held = _PARSERS[column.type](text, read)
        bad = np.asarray(pc.and_(pc.is_valid(text), pc.is_null(held)))
    inexact = np.zeros(len(values), dtype=bool)
    if column.decimals is not None and pa.types.is_floating(held.type):
        held, inexact = to_decimals(held, column.decimals, computed=is_native)
        held = pc.if_else(pa.array(inexact), pa.scalar(None, held.type), held)
    marked = pa.array(bad | inexact)
    written = pc.cast(values.filter(marked), pa.string())
    return Coerced(pa.chunked_array([held]), bad, inexact, pa.chunked_array([written]))


def _native(values: pa.Array, wanted: ColumnType) -> pa.Array | None:
    """Values that already have the type, needing no parsing; None where they must be parsed."""
    kind = values.type
    if wanted is ColumnType.DATE and pa.types.is_date(kind):
        return pc.cast(values, pa.date32())
    if wanted is ColumnType.DATE and pa.types.is_timestamp(kind):
        local = values if kind.tz is None else pc.local_timestamp(values)
        return pc.cast(local, pa.date32(), safe=False)
    if wanted is ColumnType.BOOLEAN and pa.types.is_boolean(kind):
        return values
    if wanted is ColumnType.INTEGER and pa.types.is_signed_integer(kind):
        return pc.cast(values, pa.int64())
    if wanted is ColumnType.NUMBER and pa.types.is_floating(kind) and not _has_infinity(values):
        numbers = pc.cast(values, pa.float64())
        return pc.if_else(pc.is_nan(numbers), pa.scalar(None, pa.float64()), numbers)
    return None


def _has_infinity(values: pa.Array) -> bool:
    return bool(pc.any(pc.is_inf(values)).as_py())


def _text(values: pa.Array, read: Read) -> pa.Array:
    """Fields as trimmed text, null where the contract calls them missing."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_floating(values.type):
        values = _float_text(values)
    text = pc.utf8_trim_whitespace(pc.cast(values, pa.string()))
    missing = pc.is_in(text, value_set=pa.array(read.missing_values, pa.string()))
    return pc.if_else(missing, pa.scalar(None, pa.string()), text)


def _float_text(values: pa.Array) -> pa.Array:
    """Doubles as text: whole ones without a point or an exponent, so that a UPRN keeps its digits."""
    known = pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)
    whole = pc.and_(pc.equal(pc.floor(known), known), pc.less(pc.abs(known), 2.0**53))
    digits = pc.cast(pc.if_else(whole, known, pa.scalar(None, known.type)), pa.int64())
    return pc.coalesce(pc.cast(digits, pa.string()), pc.cast(known, pa.string()))


def _words(text: pa.Array, _read: Read) -> pa.Array:
    return text


def _number(text: pa.Array, read: Read) -> pa.Array:
    return parse_numbers(text, read.numbers)


def _integer(text: pa.Array, read: Read) -> pa.Array:
    return parse_integers(text, read.numbers)


def _uprn(text: pa.Array, _read: Read) -> pa.Array:
    is_uprn = pc.match_substring_regex(text, _UPRN)
    digits = pc.replace_substring_regex(
        pc.if_else(is_uprn, text, pa.scalar(None, pa.string())), r"\.0*$", ""
    )
    return pc.utf8_ltrim(digits, "0")


def _boolean(text: pa.Array, _read: Read) -> pa.Array:
    lower = pc.utf8_lower(text)
    is_true = pc.is_in(lower, value_set=_TRUE)
    known = pc.or_(is_true, pc.is_in(lower, value_set=_FALSE))
    return pc.if_else(known, is_true, pa.scalar(None, pa.bool_()))


def _date(text: pa.Array, read: Read) -> pa.Array:
    return parse_days(text, read.dates)


_PARSERS: dict[ColumnType, Callable[[pa.Array, Read], pa.Array]] = {
    ColumnType.STRING: _words,
    ColumnType.CATEGORY: _words,
    ColumnType.UPRN: _uprn,
    ColumnType.DATE: _date,
    ColumnType.INTEGER: _integer,
    ColumnType.NUMBER: _number,
    ColumnType.BOOLEAN: _boolean,
}

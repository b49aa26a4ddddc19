"""Fields as text turned into values of their contract's types; what will not turn is marked bad."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hearth.source_contract import Column, ColumnType, Read

Flags = npt.NDArray[np.bool_]

_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_WHOLE = r"^[+-]?\d{1,15}(\.0*)?$"
_UPRN = r"^0*[1-9]\d{0,11}(\.0*)?$"  # at most twelve digits (GeoPlace, Data Entry Conventions)
_TRUE = frozenset({"true", "t", "yes", "y", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "0"})

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
    """Values of one type, null where missing or bad, and which fields were bad."""

    values: pa.Array
    bad: Flags


def coerce(values: pa.ChunkedArray, column: Column, read: Read) -> Coerced:
    """Values of a column in its contract's type.

    Parameters
    ----------
    values
        Text, or what a Parquet file holds; both are read by the same rules.
    column, read
        The column's type, and how the file writes dates and missing values.
    """
    native = _native(values.combine_chunks(), column.type)
    if native is not None:
        return Coerced(native, np.zeros(len(native), dtype=bool))
    text = _text(values.combine_chunks(), read)
    result = _PARSERS[column.type](text, read)
    bad = pc.and_(pc.is_valid(text), pc.is_null(result))
    return Coerced(result, np.asarray(bad))


def _native(values: pa.Array, wanted: ColumnType) -> pa.Array | None:
    """Values that already have the type, needing no parsing; None where they must be parsed."""
    kind = values.type
    if wanted is ColumnType.DATE and (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        return pc.cast(values, pa.date32(), safe=False)
    if wanted is ColumnType.BOOLEAN and pa.types.is_boolean(kind):
        return values
    if wanted is ColumnType.INTEGER and pa.types.is_integer(kind):
        return pc.cast(values, pa.int64())
    return None


def _text(values: pa.Array, read: Read) -> pa.Array:
    """Fields as trimmed text, null where the contract calls them missing."""
    if pa.types.is_dictionary(values.type):
        values = pc.cast(values, values.type.value_type)
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)
    text = pc.utf8_trim_whitespace(pc.cast(values, pa.string()))
    missing = pc.is_in(text, value_set=pa.array(read.missing_values, pa.string()))
    return pc.if_else(missing, pa.scalar(None, pa.string()), text)


def _matching(text: pa.Array, pattern: str) -> pa.Array:
    """Texts that match; null for the others."""
    return pc.if_else(pc.match_substring_regex(text, pattern), text, pa.scalar(None, pa.string()))


def _words(text: pa.Array, _read: Read) -> pa.Array:
    return text


def _number(text: pa.Array, _read: Read) -> pa.Array:
    numbers = pc.cast(_matching(text, _NUMBER), pa.float64())
    return pc.if_else(pc.is_finite(numbers), numbers, pa.scalar(None, pa.float64()))


def _integer(text: pa.Array, _read: Read) -> pa.Array:
    return pc.cast(pc.cast(_matching(text, _WHOLE), pa.float64()), pa.int64())


def _uprn(text: pa.Array, _read: Read) -> pa.Array:
    digits = pc.replace_substring_regex(_matching(text, _UPRN), r"\.0*$", "")
    return pc.utf8_ltrim(digits, "0")


def _by_distinct(text: pa.Array, parse: Callable[[str], object], kind: pa.DataType) -> pa.Array:
    """Each different text parsed once."""
    encoded = text.dictionary_encode()
    parsed = pa.array([parse(word.as_py()) for word in encoded.dictionary], kind)
    return parsed.take(encoded.indices)


def _boolean(text: pa.Array, _read: Read) -> pa.Array:
    def parse(word: str) -> bool | None:
        lower = word.lower()
        return True if lower in _TRUE else (False if lower in _FALSE else None)

    return _by_distinct(text, parse, pa.bool_())


def _date(text: pa.Array, read: Read) -> pa.Array:
    def parse(word: str) -> date | None:
        try:
            return datetime.strptime(word, read.dates).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            return None

    return _by_distinct(text, parse, pa.date32())


_PARSERS: dict[ColumnType, Callable[[pa.Array, Read], pa.Array]] = {
    ColumnType.STRING: _words,
    ColumnType.CATEGORY: _words,
    ColumnType.UPRN: _uprn,
    ColumnType.DATE: _date,
    ColumnType.INTEGER: _integer,
    ColumnType.NUMBER: _number,
    ColumnType.BOOLEAN: _boolean,
}

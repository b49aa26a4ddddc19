"""Rows of values that come as a table: the names of the features once, then each row as a list."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta, Raw
from numpy.typing import NDArray

from hearth.errors import Fault
from hearth.risk_model import FeatureSpec
from serving.answers import Value
from serving.scores.schemas import type_of_value

_ORDERS_KEPT = 8  # in which callers name the features of one model
_ONCE = "name every feature of the model once, in any order"


class RowEncoder:
    """From values in the order of these features, found fit, to the numbers that the model reads."""

    def __init__(self, features: Sequence[FeatureSpec]) -> None:
        self._width = len(features)
        self._codes = [
            (place, {None: None} | {name: float(code) for code, name in enumerate(f.categories)})
            for place, f in enumerate(features)
            if f.kind == "category"
        ]

    def encode(self, rows: Iterable[Sequence[Value]], count: int) -> NDArray[np.float64]:
        """So many rows as a matrix; their types were found fit, and JSON has no infinity."""
        flat: Any = chain.from_iterable(map(self._encoded, rows))
        size = (count, self._width)
        return np.fromiter(flat, np.float64, size[0] * size[1]).reshape(size)  # None becomes NaN

    def _encoded(self, row: Sequence[Value]) -> list[Any]:
        encoded: list[Any] = list(row)
        for place, codes in self._codes:
            encoded[place] = codes[encoded[place]]
        return encoded


class Columns:
    """Reads rows whose values stand in one order of the model's features.

    Raises
    ------
    KeyError
        If the names are not those of the features, each once.
    """

    def __init__(self, features: Sequence[FeatureSpec], names: tuple[str, ...]) -> None:
        by_name = {feature.name: feature for feature in features}
        if len(names) != len(by_name) or set(names) != set(by_name):
            raise KeyError
        ordered = [by_name[name] for name in names]
        self.names = names
        self.before_row = b'"names":' + msgspec.json.encode(names) + b',"row":'
        self._encoder = RowEncoder(ordered)
        self._places = np.array([names.index(feature.name) for feature in features], np.intp)
        values: Any = tuple[tuple(map(type_of_value, ordered))]  # type: ignore[misc]  # made from data
        self._row: msgspec.json.Decoder[Any] = msgspec.json.Decoder(values)

    def read(self, texts: Sequence[Raw]) -> Iterator[tuple[Value, ...]]:
        """Rows found fit, their values in the order of the names; each is read as it is taken.

        Raises
        ------
        msgspec.MsgspecError
            If one has another length, or a value that its feature cannot have.
        """
        return map(self._row.decode, texts)

    def encode(self, rows: Iterable[Sequence[Value]], count: int) -> NDArray[np.float64]:
        """So many rows as the model takes them, its features in its own order."""
        return self._encoder.encode(rows, count)[:, self._places]


class ColumnsOf:
    """Columns of a model by the order in which somebody names its features; the last few orders are kept."""

    def __init__(self, features: Sequence[FeatureSpec]) -> None:
        given = tuple(features)
        self.of = lru_cache(maxsize=_ORDERS_KEPT)(lambda names: Columns(given, names))


class TableRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to 1,000 rows as a table: every feature of the model named once, then each row's values in that order."""

    names: Annotated[tuple[str, ...], Meta(min_length=1)]
    rows: Annotated[
        tuple[tuple[float | str | None, ...], ...], Meta(min_length=1, max_length=1_000)
    ]
    reasons: Annotated[bool, Meta(description="False spares the work of explaining.")] = True


def name_faults(features: Sequence[FeatureSpec], names: Any) -> list[Fault]:
    """What is wrong with the names of a table; those that are no feature are told by their place."""
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return [Fault("request", "names", "is not a list of texts", _ONCE)]
    known = [feature.name for feature in features]
    faults = [
        Fault("names", f"name {place}", "is no feature of the model", _ONCE)
        for place, name in enumerate(names, start=1)
        if name not in set(known)
    ]
    given = [(name, names.count(name)) for name in known]
    faults += [Fault("names", name, "is absent", _ONCE) for name, times in given if not times]
    faults += [
        Fault("names", name, f"is given {times} times", _ONCE) for name, times in given if times > 1
    ]
    return faults


def named_row(names: Sequence[str], row: Any) -> Mapping[str, Any] | Fault:
    """A row's values by name, or why they cannot be told apart."""
    if not isinstance(row, list):
        return Fault("rows", "", "is not a list", "give its values in the order of `names`")
    if len(row) != len(names):
        found = f"holds {len(row):,} values for {len(names):,} names"
        return Fault("rows", "", found, "give a value for each name, null where none is recorded")
    return dict(zip(names, row, strict=True))

"""Texts as numbers, in the marks of a contract, and exactly to its decimals."""

import re
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.ingest.quotes import Flags
from hearth.source_contract.formats import NumberStyle, number_style

_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_WHOLE = r"^[+-]?\d{1,15}(\.0*)?$"
_PLAIN = NumberStyle(currency="", thousands="", decimal=".")
_SPACES = " \u00a0\u202f"
_EXACT = 2.0**53  # above it a double does not hold every whole number
_SLIP = 1e-9  # relative error of a number that a program computed and stored as a double


def parse_numbers(text: pa.Array, example: str) -> pa.Array:
    """Number that each text writes, as the nearest double; null where it is none, or not finite."""
    numbers = pc.cast(_matching(_unmarked(text, example), _NUMBER), pa.float64())
    return pc.if_else(pc.is_finite(numbers), numbers, pa.scalar(None, pa.float64()))


def parse_integers(text: pa.Array, example: str) -> pa.Array:
    """Whole number that each text writes, `.0` allowed; null where it is none."""
    return pc.cast(pc.cast(_matching(_unmarked(text, example), _WHOLE), pa.float64()), pa.int64())


def to_decimals(numbers: pa.Array, decimals: int, *, computed: bool) -> tuple[pa.Array, Flags]:
    """Numbers as the nearest doubles to decimals of so many places, and which are not such.

    Parameters
    ----------
    computed
        Whether they come as doubles, whose last bits a program may have got wrong.
    """
    held = numbers.to_numpy(zero_copy_only=False)
    scaled = np.rint(held * 10.0**decimals)
    nearest = scaled / 10.0**decimals
    off = np.abs(nearest - held) > (np.abs(held) * _SLIP if computed else 0.0)
    return pa.array(nearest, from_pandas=True), off | (np.abs(scaled) > _EXACT)


def _matching(text: pa.Array, pattern: str) -> pa.Array:
    """Texts that match; null for the others."""
    return pc.if_else(pc.match_substring_regex(text, pattern), text, pa.scalar(None, pa.string()))


def _unmarked(text: pa.Array, example: str) -> pa.Array:
    """Numbers without their currency and the marks between thousands, and with a decimal point."""
    style = number_style(example)
    if style == _PLAIN:
        return text
    marked = _matching(text, _marked(example))
    bare = pc.replace_substring_regex(marked, f"[{style.currency}{_between(style)} ]", "")
    return pc.replace_substring(bare, style.decimal, ".")


@cache
def _marked(example: str) -> str:
    """Pattern of a number in this style; its marks may be left out, and never be misplaced."""
    style = number_style(example)
    currency = f"({re.escape(style.currency)} ?)?" if style.currency else ""
    grouped = rf"\d{{1,3}}([{_between(style)}]\d{{3}})+|" if style.thousands else ""
    return rf"^[+-]?{currency}[+-]?({grouped}\d+)({re.escape(style.decimal)}\d*)?$"


def _between(style: NumberStyle) -> str:
    return _SPACES if style.thousands == " " else style.thousands

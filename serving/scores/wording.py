"""How values, days and shares are written for people."""

from collections.abc import Callable
from datetime import date

_MANY = {"household": "households", "property": "properties", "person": "people"}
_SMALL, _LARGE = 0.01, 100
_GROUPED = 1_000


def many_of(unit: str) -> str:
    """Several of what a model scores, in plain words: `people` for persons."""
    return _MANY.get(unit, unit)


def value_in_words(value: float | str, unit: str | None = None) -> str:
    """A value as people read it: `1,204`, `0.35`, `120 hours`, `1 day`, `£12.50`, `1964`, `private rented`."""
    return category_in_words(value) if isinstance(value, str) else number_writer(unit)(value)


def category_in_words(value: str) -> str:
    """A category as people read it: `private rented`."""
    return value.replace("_", " ")


def number_writer(unit: str | None) -> Callable[[float], str]:
    """How numbers in a unit are written, see `value_in_words`; made once for many numbers."""
    if not unit:
        return _number
    if unit == "year":
        return "{:.0f}".format
    if unit in {"£", "GBP"}:
        return _pounds
    if unit == "%":
        return lambda value: f"{_number(value)}%"
    one = unit.removesuffix("s")

    def with_unit(value: float) -> str:
        text = _number(value)
        return f"{text} {one if text == '1' else unit}"

    return with_unit


def frequency_in_words(probability: float, people: str) -> str:
    """A probability as a natural frequency: `About 41 of every 100 households`.

    Rare outcomes are counted in thousands, so that none is called impossible and none certain.

    References
    ----------
    Gigerenzer & Hoffrage (1995), How to improve Bayesian reasoning without instruction.
    """
    hundredths, thousandths = round(100 * probability), round(1_000 * probability)
    if 0 < hundredths < 100:  # noqa: PLR2004 all of a hundred
        return f"About {hundredths} of every 100 {people}"
    if 0 < thousandths < 1_000:  # noqa: PLR2004 all of a thousand
        return f"About {thousandths} of every 1,000 {people}"
    bound = "Fewer than 1" if thousandths == 0 else "More than 999"
    return f"{bound} of every 1,000 {people}"


def day_in_words(day: date) -> str:
    """Day as people write it: 1 November 2026."""
    return f"{day.day} {day:%B %Y}"


def _pounds(value: float) -> str:
    return f"£{value:,.0f}" if value == int(value) else f"£{value:,.2f}"


def _number(value: float) -> str:
    """Whole numbers whole; two decimals below a hundred, one above; the very small to two figures."""
    size = abs(value)
    if _SMALL <= size < _LARGE:  # most numbers, soonest
        return f"{value:.2f}".rstrip("0").rstrip(".")
    whole = int(value)
    if value == whole:
        return str(whole) if size < _GROUPED else f"{whole:,}"
    if size < _SMALL:
        return f"{value:.2g}"
    return f"{value:,.1f}".removesuffix(".0")

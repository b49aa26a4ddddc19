"""Guesses at what the columns of a sample hold, from their names and values; a person checks them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from features.drafting.numbers import PLAIN, number_of, style_of
from features.drafting.sample import Sample
from hearth.source_contract import ColumnType
from hearth.source_contract.formats import date_shape

DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %b %Y", "%d/%m/%y", "%m/%d/%Y")
_MOST_CATEGORIES = 12
_FEWEST_EACH = 5  # rows for each category, on average: fewer, and it may be a name
_LONGEST_CATEGORY = 40
_MOST_ODD = 0.01  # what a draft lets be quarantined
_UPRN = re.compile(r"\d{1,12}")
_TRUTHS = ({"true", "false"}, {"yes", "no"}, {"y", "n"}, {"t", "f"})
_PERSONAL = re.compile(r"name|address|post_?code|mail|phone|mobile|birth|dob|nino|nhs|note|comment")
_IDENTIFIER = re.compile(r"(^|_)(id|ref|reference|number|no|key|code)$")
_KNOWN = re.compile(r"logged|recorded|entered|received|registered|created|loaded|known")
_REPORTED = re.compile(r"reported")  # to whom? known, unless another date says so better
_KEYS = (
    (r"^person_?(id|ref)$", "person"),
    (r"^household_?(id|ref)$", "household"),
    (r"(^|_)uprn(_|$)", "property"),
    (r"^(lsoa|output_area|ward)(_|$)", "area"),
)
_PERSON = {
    "forename": re.compile(r"forename|first_?name|given_?name"),
    "surname": re.compile(r"surname|last_?name|family_?name"),
    "date_of_birth": re.compile(r"date_of_birth|birth_?date|^dob$"),
    "postcode": re.compile(r"post_?code"),
}
_BORN = re.compile(r"birth|born|(^|_)dob(_|$)")
_STARTS = re.compile(r"(^|_)(start|starts|from|began|begins|moved_in)(_|$)")
_ENDS = re.compile(r"(^|_)(end|ends|to|until|ceased|moved_out)(_|$)")


@dataclass(frozen=True)
class Guess:
    """What a column seems to hold: `name` is the contract's, `given` the file's.

    `numbers` is 1234.56 as the column writes it; `odd_rows` counts values that are not of the type.
    """

    given: str
    name: str
    type: ColumnType
    values: tuple[str, ...] = ()
    dates: str | None = None
    numbers: str = PLAIN
    decimals: int | None = None
    odd_rows: int = 0
    has_missing: bool = False
    is_unique: bool = False


@dataclass(frozen=True)
class Guesses:
    """What the table seems to be; None where nothing tells."""

    columns: tuple[Guess, ...]
    dates: tuple[str, ...]
    key: str | None
    about: str | None
    row_key: str | None
    event_date: str | None
    knowledge_date: str | None
    spell: tuple[str, str] | None
    link: dict[str, str | None] | None


def guess(sample: Sample) -> Guesses:
    """Guesses at a sample's columns and at which of them are keys and dates."""
    names = _names(sample.columns)
    columns = [
        _column(given, names[given], values, sample) for given, values in sample.columns.items()
    ]
    formats = Counter(column.dates for column in columns if column.dates is not None)
    dates = _told_apart([form for form, _ in formats.most_common()])
    columns = [_of_these_formats(column, dates) for column in columns]
    days = [c.name for c in columns if c.type is ColumnType.DATE and not _BORN.search(c.name)]
    known = _first(days, _KNOWN) or _first(days, _REPORTED)
    happened = [day for day in days if day != known]
    starts, ends = _first(happened, _STARTS), _first(happened, _ENDS)
    key, about = _key(columns)
    return Guesses(
        columns=tuple(columns),
        dates=dates,
        key=key,
        about=about,
        row_key=next((c.name for c in columns if _names_the_row(c, key)), None),
        event_date=happened[0] if happened else None,
        knowledge_date=known,
        link=_link(columns) if about is None else None,
        spell=(starts, ends) if starts is not None and ends is not None else None,
    )


def _first(names: Iterable[str], pattern: re.Pattern[str]) -> str | None:
    return next((name for name in names if pattern.search(name)), None)


def _names(given: Iterable[str]) -> dict[str, str]:
    """Name in the contract of each column: lower case, digits and underscores, each once."""
    names: dict[str, str] = {}
    for column in given:
        plain = re.sub(r"[^a-z0-9]+", "_", column.strip().lower()).strip("_") or "column"
        plain = plain if plain[0].isalpha() else f"column_{plain}"
        name, number = plain, 2
        while name in names.values():
            name, number = f"{plain}_{number}", number + 1
        names[column] = name
    return names


def _column(given: str, name: str, values: Sequence[str | None], sample: Sample) -> Guess:
    known = [value for value in values if value is not None]
    distinct = Counter(known)
    guessed = Guess(
        given,
        name,
        ColumnType.STRING,
        has_missing=len(known) < len(values),
        is_unique=len(distinct) == len(values) > 1,
    )
    if not known:
        return guessed
    if "uprn" in name and _all(known, _UPRN):
        return replace(guessed, type=ColumnType.UPRN)
    if given in sample.typed:
        told = ColumnType(sample.typed[given])
        is_identifier = told is ColumnType.INTEGER and _IDENTIFIER.search(name)
        return guessed if is_identifier else replace(guessed, type=told)
    return _text_column(guessed, known, distinct)


def _text_column(guessed: Guess, known: Sequence[str], distinct: Counter[str]) -> Guess:
    for most in dict.fromkeys((0, int(_MOST_ODD * len(known)))):
        if (found := _quantity(guessed, distinct, most)) is not None:
            return found
    if {value.lower() for value in distinct} in _TRUTHS:
        return replace(guessed, type=ColumnType.BOOLEAN)
    if _is_category(guessed.name, len(known), distinct):
        values = tuple(value for value, _ in distinct.most_common())
        return replace(guessed, type=ColumnType.CATEGORY, values=values)
    return guessed


def _quantity(guessed: Guess, distinct: Counter[str], most: int) -> Guess | None:
    """A column of dates or numbers, all but so many of its values; None where it is not."""
    for form in DATE_FORMATS:
        odd = _odd_rows(distinct, partial(_is_date, form=form), most)
        if odd is not None:
            return replace(guessed, type=ColumnType.DATE, dates=form, odd_rows=odd)
    if _IDENTIFIER.search(guessed.name):
        return None
    odd = _odd_rows(distinct, lambda value: number_of(value) is not None, most)
    if odd is None:
        return None
    written = style_of(distinct, guessed.name)
    kind = ColumnType.INTEGER if written.is_whole else ColumnType.NUMBER
    return replace(
        guessed, type=kind, numbers=written.numbers, decimals=written.decimals, odd_rows=odd
    )


def _odd_rows(distinct: Counter[str], fits: Callable[[str], bool], most: int) -> int | None:
    """Rows whose value does not fit; None where they are more than `most`."""
    odd = 0
    for value, rows in distinct.items():
        odd += 0 if fits(value) else rows
        if odd > most:
            return None
    return odd


def _is_date(value: str, form: str) -> bool:
    try:
        datetime.strptime(value, form)  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False
    return True


def _all(values: Iterable[str], pattern: re.Pattern[str]) -> bool:
    return all(value and pattern.fullmatch(value) for value in values)


def _is_category(name: str, rows: int, distinct: Counter[str]) -> bool:
    return (
        len(distinct) <= _MOST_CATEGORIES
        and rows >= _FEWEST_EACH * len(distinct)
        and max(map(len, distinct)) <= _LONGEST_CATEGORY
        and not _PERSONAL.search(name)
    )


def _told_apart(formats: Sequence[str]) -> tuple[str, ...]:
    """Formats, the commonest first, without those that one text may be read by as another day."""
    chosen: dict[str, str] = {}
    for form in formats:
        chosen.setdefault(date_shape(form), form)
    return tuple(chosen.values())


def _of_these_formats(column: Guess, dates: tuple[str, ...]) -> Guess:
    """A column whose dates are written in none of the file's ways stays text."""
    if column.dates in (None, *dates):
        return column
    return replace(column, type=ColumnType.STRING, dates=None, odd_rows=0)


def _key(columns: Sequence[Guess]) -> tuple[str | None, str | None]:
    """Column that names the entity, and what that is; an area only where its rows are areas."""
    for pattern, about in _KEYS:
        for column in columns:
            if re.search(pattern, column.name) and (about != "area" or column.is_unique):
                return column.name, about
    return None, None


def _link(columns: Sequence[Guess]) -> dict[str, str | None] | None:
    """Columns by which another body's persons can be linked, where they are all there."""
    names = [column.name for column in columns]
    found = {field: _first(names, pattern) for field, pattern in _PERSON.items()}
    if None in found.values():
        return None
    reference = _first((name for name in names if name not in found.values()), _IDENTIFIER)
    return {"reference": reference, **found}


def _names_the_row(column: Guess, key: str | None) -> bool:
    return column.is_unique and column.name != key and bool(_IDENTIFIER.search(column.name))

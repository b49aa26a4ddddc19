"""What a place in a model definition is, and how long a period, in plain words."""

from collections.abc import Iterable

from hearth.periods import Period

_WORDS = {
    "cohort": "who is scored",
    "label": "the outcome",
    "features": "the score",
    "fairness": "comparing groups",
    "area": "areas",
    "unit": "who lives where",
}


def uses_in_words(places: Iterable[str]) -> str:
    """What a source is used for, from the places that name it, each said once."""
    parts = (place.partition(".")[0].partition("[")[0] for place in places)
    return ", ".join(dict.fromkeys(_WORDS.get(part, part) for part in parts)) or "nothing"


def length_in_words(period: Period) -> str:
    """A period in years where it is whole years: `15 years`, `18 months`."""
    years, rest = divmod(period.months, 12)
    if period.unbounded or rest or not years:
        return period.in_words()
    return "1 year" if years == 1 else f"{years} years"

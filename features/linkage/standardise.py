"""Names and postcodes in one spelling, so that like can be compared with like."""

import re
import unicodedata

_NOT_LETTERS = re.compile(r"[^a-z]+")
_TITLES = frozenset({"mr", "mrs", "miss", "ms", "mx", "dr", "master"})
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")  # outward and inward code, BS 7666


def standardise_forename(text: str | None) -> str | None:
    """First forename in plain small letters, without title or accents; None where nothing is left."""
    words = [w for w in _plain(text).split() if w not in _TITLES]
    return words[0] if words else None


def standardise_surname(text: str | None) -> str | None:
    """Surname in plain small letters without spaces, hyphens or accents; None where nothing is left."""
    return _plain(text).replace(" ", "") or None


def standardise_postcode(text: str | None) -> str | None:
    """Postcode in capitals without its space; None where the text is no postcode."""
    joined = re.sub(r"[^A-Z0-9]", "", (text or "").upper())
    return joined if _POSTCODE.fullmatch(joined) else None


def standardise_number(text: str | None) -> str | None:
    """Identifying number in capitals and digits alone; None where nothing is left."""
    return re.sub(r"[^A-Z0-9]", "", (text or "").upper()) or None


def _plain(text: str | None) -> str:
    """Small letters and single spaces; an apostrophe joins (`o'brien`), any other mark parts."""
    folded = unicodedata.normalize("NFKD", text or "").casefold()
    bare = "".join(c for c in folded if not unicodedata.combining(c) and c not in "'’`")
    return _NOT_LETTERS.sub(" ", bare).strip()

"""Which of the nine protected characteristics the assessment can speak of, and why not the others."""

import re
from dataclasses import dataclass
from enum import StrEnum

from hearth.definition import Fairness, ProtectedAttribute

CHARACTERISTICS = {
    "age": "Age",
    "disability": "Disability",
    "gender_reassignment": "Gender reassignment",
    "marriage_and_civil_partnership": "Marriage and civil partnership",
    "pregnancy_and_maternity": "Pregnancy and maternity",
    "race": "Race",
    "religion_or_belief": "Religion or belief",
    "sex": "Sex",
    "sexual_orientation": "Sexual orientation",
}
"""The nine of the Equality Act 2010, section 4."""

BESIDES = {"deprivation": "Deprivation", "rurality": "Rurality", "language": "Language"}
"""What else decides how a service reaches people."""

_ASSIGNED = {
    "named_person": "the record of the person the score is about",
    "any_member": "the records of its members: the group they share, “more than one” where they "
    "differ, and of yes and no, yes if any member is",
    "property": "the record of the property",
    "area_estimate": "the make-up of the area, not the people: what is true of an area "
    "need not be true of anyone in it",
}


UNSAID = "The model definition does not say why."
"""Stands where a characteristic is not held and nobody has said why."""

_CODES = {"cat", "cd", "code", "flag", "grp", "ind"}


class Coverage(StrEnum):
    """How far a characteristic can be looked at."""

    MEASURED = "measured"
    PROXY = "proxy"
    NOT_HELD = "not held"


@dataclass(frozen=True)
class CoverageRow:
    """One characteristic: how it is covered, from where, or why it is not."""

    characteristic: str
    coverage: Coverage
    detail: str


def coverage_of(fairness: Fairness) -> tuple[CoverageRow, ...]:
    """A row for each of the nine characteristics, then deprivation, rurality and language; none blank."""
    return tuple(
        _row(key, title, fairness) for key, title in {**CHARACTERISTICS, **BESIDES}.items()
    )


def title_of(attribute: ProtectedAttribute) -> str:
    """What people call the attribute."""
    return attribute.title or readable(attribute.name)


def readable(column: str) -> str:
    """A column's name as words, without those that only say how it is coded: `age_cat` is Age."""
    words = re.split(r"[_\W]+", column.strip("_"))
    said = [word for word in words if word.lower() not in _CODES] or words
    return " ".join(said).capitalize()


def _row(key: str, title: str, fairness: Fairness) -> CoverageRow:
    held = [a for a in fairness.attributes if a.characteristic == key]
    if not held:
        unsaid = UNSAID if key in CHARACTERISTICS else "Not looked at."
        why = fairness.not_held.get(key, unsaid)
        return CoverageRow(title, Coverage.NOT_HELD, why)
    is_proxy = all(a.assign == "area_estimate" for a in held)
    detail = "; ".join(
        f"{title_of(a)}, from “{a.source.replace('_', ' ')}”: {_ASSIGNED[a.assign]}" for a in held
    )
    return CoverageRow(title, Coverage.PROXY if is_proxy else Coverage.MEASURED, f"{detail}.")

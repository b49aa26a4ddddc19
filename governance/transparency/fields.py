"""The fields of the Algorithmic Transparency Recording Standard, version 4.0, in their order, as data (atrs_v4.csv).

No machine-readable form of version 4 is published; this one is ours. `confirmed` is False where
we could not see the number or the name at its source.

References
----------
GOV.UK, "Algorithmic Transparency Recording Standard: guidance for public sector bodies" (2025).
It binds central government; for a council it is good practice, not law.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType

STANDARD = "Algorithmic Transparency Recording Standard"
STANDARD_VERSION = "4.0"


class Origin(StrEnum):
    """Where a field's text comes from."""

    PERSON = "person"
    DEFINITION = "definition"
    CONTRACTS = "contracts"
    RUN = "run"
    REPORT = "report"
    USAGE = "usage"

    @property
    def is_measured(self) -> bool:
        """Whether it is a figure, beside which a person may write but not in its place."""
        return self in {Origin.RUN, Origin.REPORT, Origin.USAGE}


@dataclass(frozen=True)
class Field:
    """One field of the standard.

    Attributes
    ----------
    key : str
        Its name in transparency.yaml.
    ref : str
        Its number in the standard.
    prompt : str
        What it asks.
    source : Origin
        Who or what fills it.
    required, redactable : bool
        Whether a record without it is incomplete; whether it may be withheld, with a reason.
    confirmed : bool
        Whether number and name were seen at their source.
    """

    key: str
    ref: str
    label: str
    prompt: str
    source: Origin
    required: bool
    redactable: bool
    confirmed: bool

    @property
    def section(self) -> str:
        """Heading under which it stands."""
        return next(title for start, title in SECTIONS.items() if self.ref.startswith(start))


SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "meta": "About this record",
        "1": "Tier 1: overview",
        "2.1": "Tier 2, 2.1: owner and responsibility",
        "2.2": "Tier 2, 2.2: description and rationale",
        "2.3": "Tier 2, 2.3: deployment context",
        "2.4.1": "Tier 2, 2.4.1: system",
        "2.4.2": "Tier 2, 2.4.2: model",
        "2.4.3": "Tier 2, 2.4.3: development data",
        "2.4.4": "Tier 2, 2.4.4: operational data",
        "2.5": "Tier 2, 2.5: impact assessments, risks and mitigations",
    }
)
"""Start of a field's number → heading."""


def _field(row: Mapping[str, str]) -> Field:
    claims = {name: row[name] == "yes" for name in ("required", "redactable", "confirmed")}
    return Field(
        row["key"], row["ref"], row["label"], row["prompt"], Origin(row["source"]), **claims
    )


def _fields() -> Iterator[Field]:
    text = files("governance.transparency").joinpath("atrs_v4.csv").read_text(encoding="utf-8")
    yield from map(_field, csv.DictReader(text.splitlines()))


FIELDS: tuple[Field, ...] = tuple(_fields())
"""Every field, in the order of the standard."""

BY_KEY: Mapping[str, Field] = MappingProxyType({field.key: field for field in FIELDS})

"""Which sources a person may read about somebody, for a purpose and on a day, and why not the others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hearth.source_contract import SourceContract


@dataclass(frozen=True)
class Reading:
    """On what footing somebody reads single rows.

    Attributes
    ----------
    purpose
        The purpose they read for, which their key holds.
    on
        Day of the reading, by which agreements are judged.
    restricted
        Whether they may see what a restricted source says.
    names
        Whether they may see names.
    """

    purpose: str
    on: date
    restricted: bool = False
    names: bool = False

    def refusal(self, contract: SourceContract) -> str | None:
        """Why a source may not be read; None where it may."""
        law = contract.law
        if self.purpose not in law.purposes:
            return f"is not held for {self.purpose}"
        if law.use == "assessment_only":
            return "is held for assessment only"
        if law.agreement is not None and law.has_lapsed(self.on):
            return f"its sharing agreement expired on {law.agreement.expires}"
        if law.sensitivity == "restricted" and not self.restricted:
            return "is restricted: it needs the permission explain:sensitive"
        return None

    def refusals(self, contracts: Iterable[SourceContract]) -> dict[str, str]:
        """Why, by source, for each that may not be read."""
        said = {contract.source: self.refusal(contract) for contract in contracts}
        return {name: why for name, why in sorted(said.items()) if why is not None}


_IDENTIFYING = frozenset({"forename", "surname", "date_of_birth", "postcode", "address"})


def identifying_columns(contract: SourceContract) -> frozenset[str]:
    """Columns that say who or where somebody is, rather than what happened."""
    linked = () if contract.link is None else (column for _, column in contract.link)
    return _IDENTIFYING | frozenset(linked)

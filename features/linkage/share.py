"""What share of a source's persons or addresses is linked, and whether that is enough to go on."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from features import artefacts
from hearth.errors import Fault
from hearth.source_contract import AddressLink, SourceContract

JUDGED_FROM: Final = 20
"""Persons or addresses from which the share linked is judged; of fewer it says too little."""

_REFUSED = "refused.json"


@dataclass(frozen=True)
class Share:
    """How many of the `things` (persons or addresses) of a source are linked.

    Attributes
    ----------
    linked, among : int
        Those linked, among all there are to link.
    linked_before, among_before : int or None
        The same of the links before; None where these are the first.
    refused : bool
        Whether too few could be linked, so that the links of before stay.
    of_earlier_rows : bool
        Whether the rows have been taken in anew since, and not linked.
    """

    things: str
    linked: int
    among: int
    linked_before: int | None
    among_before: int | None
    refused: bool = False
    of_earlier_rows: bool = False

    @property
    def holds(self) -> bool:
        """Whether these are the links of the rows that are held."""
        return not (self.refused or self.of_earlier_rows)

    @property
    def percent(self) -> str:
        """Share linked; a dash where there is nothing to link."""
        return f"{self.linked / self.among:.0%}" if self.among else "–"

    def in_words(self) -> str:
        """How many are linked, and how many were before if that was another number."""
        text = f"{self.linked:,} of {self.among:,} {self.things} linked"
        if self.of_earlier_rows and not self.refused:
            return f"{text} when it was last linked; its rows have changed: run `hearth ingest`"
        before = _before_in_words(self)
        if self.refused:
            kept = f"the links of before stay ({before})" if before else "so none is kept"
            return f"{text}: too few, {kept}"
        is_same = (self.linked, self.among) == (self.linked_before, self.among_before)
        return f"{text} ({before} before)" if before and not is_same else text


def how_many(contract: SourceContract, folder: Path, *, linked: int, among: int) -> dict[str, Any]:
    """Entries of the manifest of new links that say how many there are, and were before."""
    before = artefacts.read_manifest(folder) or {}
    field = _field(contract)
    return {
        field: among,
        "linked": linked,
        "linked_before": before.get("linked"),
        "among_before": before.get(field),
    }


def too_few(contract: SourceContract, folder: Path, *, linked: int, among: int) -> list[Fault]:
    """A fault, put on record beside the links of before, where fewer are linked than the contract demands."""
    least = contract.quality.link_at_least
    if among < JUDGED_FROM or linked >= least * among:
        return []
    counts = how_many(contract, folder, linked=linked, among=among)
    folder.mkdir(parents=True, exist_ok=True)
    artefacts.write_json(folder / _REFUSED, counts)
    share = _share(contract, counts, refused=True)
    found = f"is {least:.0%}, and links of {linked / among:.0%} were found: {share.in_words()}"
    remedy = (
        f"look at how the columns of `link` are written in {contract.read.place} and in the "
        "council's own list, or write a lower share if that is right"
    )
    return [
        Fault(f"features/sources/{contract.source}.yaml", "quality.link_at_least", found, remedy)
    ]


def forget_refusal(folder: Path) -> None:
    """Take away the record of links refused, once those of before are right again."""
    (folder / _REFUSED).unlink(missing_ok=True)


def read_share(contract: SourceContract, folder: Path, *, snapshot_key: str) -> Share | None:
    """Share linked of a source by what lies in the folder of its links; None where it was never linked."""
    refused = folder / _REFUSED
    if refused.exists():
        return _share(contract, json.loads(refused.read_text(encoding="utf-8")), refused=True)
    manifest = artefacts.read_manifest(folder)
    if manifest is None:
        return None
    return _share(contract, manifest, of_earlier_rows=manifest["source_key"] != snapshot_key)


def _share(contract: SourceContract, counts: dict[str, Any], **flags: bool) -> Share:
    return Share(
        things="addresses" if isinstance(contract.link, AddressLink) else "persons",
        linked=counts["linked"],
        among=counts[_field(contract)],
        linked_before=counts.get("linked_before"),
        among_before=counts.get("among_before"),
        **flags,
    )


def _field(contract: SourceContract) -> str:
    return "addresses" if isinstance(contract.link, AddressLink) else "references"


def _before_in_words(share: Share) -> str:
    if share.linked_before is None or share.among_before is None:
        return ""
    return f"{share.linked_before:,} of {share.among_before:,}"

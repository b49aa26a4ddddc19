"""Persons of other bodies' tables linked to the council's own spine of residents: who is whom, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from features import artefacts
from features.ingest.snapshot import snapshot_manifest
from features.linkage.decisions import decisions_sha256
from features.linkage.identities import held_fields
from features.linkage.share import forget_refusal
from features.linkage.weights import SHIPPED, weights_folder
from hearth.errors import DefinitionError, Fault, StateError
from hearth.linkage_settings import LinkageSettings
from hearth.progress import Progress, silent
from hearth.source_contract import PersonLink, SourceContract, Subject

LINKS, CANDIDATES = "links.parquet", "candidates.parquet"
SCHEMA: Final = pa.schema(
    {
        "reference": pa.string(),
        "person_id": pa.string(),
        "rule": pa.string(),
        "confidence": pa.float64(),
        "match_weight": pa.float64(),
    }
)
"""A link: whom a reference is, on what they agree, how sure that is, and log2 of the odds."""

_IDENTITY = ("forename", "surname", "date_of_birth", "postcode")
_MODULES = (
    "assignment charts decisions identities likeness linking model persons standardise weights"
)
_CODE = (SHIPPED, *(Path(__file__).with_name(f"{module}.py") for module in _MODULES.split()))


def links_folder(state_dir: Path, source: str) -> Path:
    """Folder that holds the links of a source."""
    return state_dir / "links" / source


def spine_of(sources: Mapping[str, SourceContract]) -> SourceContract:
    """The source that lists the council's own persons: a key, names, date of birth and postcode.

    Raises
    ------
    DefinitionError
        If there is none, or more than one.
    """
    found = [
        contract
        for _, contract in sorted(sources.items())
        if contract.about is Subject.PERSON
        and contract.key
        and contract.columns.keys() >= {*_IDENTITY}
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(contract.source for contract in found) or "none"
    remedy = f"keep just one source about persons with a key and the columns {', '.join(_IDENTITY)}"
    raise DefinitionError([Fault("features/sources", "", f"lists persons in: {names}", remedy)])


@dataclass(frozen=True)
class Linkage:
    """What is linked in a workspace, by which settings, and what each result is made from."""

    contracts: tuple[SourceContract, ...]
    spine: SourceContract
    state_dir: Path
    given: LinkageSettings

    @property
    def own(self) -> PersonLink:
        """The spine's columns as a link's; a number is one that a linked source holds too."""
        named = {link_of(contract).number for contract in self.contracts}
        shared = sorted(name for name in named if name in self.spine.columns)
        columns = {name: name for name in _IDENTITY}
        return PersonLink(
            reference=str(self.spine.key), number=shared[0] if shared else None, **columns
        )

    @property
    def settings(self) -> LinkageSettings:
        """Settings of the fields that both sides hold."""
        return self.given.about(held_fields(self.own))

    def weights_made_from(self) -> dict[str, Any]:
        """What the weights are made from, and its key."""
        return _keyed(
            {
                "settings_sha256": artefacts.model_sha256(self.settings),
                "spine_key": self._snapshot_key(self.spine),
                "source_keys": {c.source: self._snapshot_key(c) for c in self.contracts},
                "code_sha256": artefacts.code_sha256(*_CODE),
            }
        )

    def made_from(self, contract: SourceContract) -> dict[str, Any]:
        """What the links of a source are made from, and its key."""
        weights = artefacts.read_manifest(weights_folder(self.state_dir)) or {}
        return _keyed(
            {
                "source_key": self._snapshot_key(contract),
                "spine_key": self._snapshot_key(self.spine),
                "settings_sha256": artefacts.model_sha256(self.settings),
                "weights_sha256": weights.get("weights_sha256"),
                "decisions_sha256": decisions_sha256(self.state_dir, contract.source),
                "code_sha256": artefacts.code_sha256(*_CODE),
            }
        )

    def weights_are_current(self) -> bool:
        """Whether the weights were made from just these data and settings."""
        key = str(self.weights_made_from()["key"])
        return artefacts.is_current(weights_folder(self.state_dir), key)

    def stale(self) -> list[SourceContract]:
        """Sources whose links are not up to date."""
        return [
            contract
            for contract in self.contracts
            if not artefacts.is_current(
                links_folder(self.state_dir, contract.source), str(self.made_from(contract)["key"])
            )
        ]

    def _snapshot_key(self, contract: SourceContract) -> str:
        return str(snapshot_manifest(self.state_dir, contract.source)["key"])


def link_persons(
    contracts: Sequence[SourceContract],
    spine: SourceContract,
    state_dir: Path,
    *,
    settings: LinkageSettings | None = None,
    progress: Progress = silent,
) -> None:
    """Link the persons of each source to the spine, where its links are not up to date.

    Who somebody is, is judged by every spelling held, whenever it was known: a link is not a fact
    about the person and is not placed in time. The spine is taken at its word: two of its persons
    stay two, and a reference that fits both equally is linked to neither.

    Parameters
    ----------
    contracts
        Every contract with a `link` whose source has a snapshot; weights are learned from all.
    spine
        Contract of the council's own persons.
    state_dir
        Where snapshots lie and links go.
    settings
        Comparisons, rules and thresholds; those shipped if None.
    progress
        Told of each step.

    Raises
    ------
    DataError
        If fewer are linked of a source than its contract demands: its links of before stay, and
        the other sources are linked.
    """
    job = Linkage(tuple(contracts), spine, state_dir, settings or LinkageSettings())
    stale = job.stale()
    for contract in contracts:
        if contract not in stale:
            forget_refusal(links_folder(state_dir, contract.source))
    if job.weights_are_current() and not stale:
        return
    from features.linkage.linking import link  # noqa: PLC0415 - Splink takes a second to load

    link(job, progress)


def read_links(state_dir: Path, source: str) -> pa.Table:
    """Links of a source, one row per reference; see SCHEMA."""
    return _read(state_dir, source, LINKS)


def read_candidates(state_dir: Path, source: str) -> pa.Table:
    """Pairs that were weighed, linked or not: the columns of links, and `is_link`."""
    return _read(state_dir, source, CANDIDATES)


def link_of(contract: SourceContract) -> PersonLink:
    """The link of a contract; StateError where it has none."""
    if not isinstance(contract.link, PersonLink):
        found = f"features/sources/{contract.source}.yaml: `link` is missing"
        raise StateError(f"{found}; a source with a key needs no linkage")
    return contract.link


def _keyed(made_from: dict[str, Any]) -> dict[str, Any]:
    return {"key": artefacts.canonical_sha256(made_from), **made_from}


def _read(state_dir: Path, source: str, file: str) -> pa.Table:
    folder = links_folder(state_dir, source)
    artefacts.need_manifest(folder, "run `hearth ingest`")
    return artefacts.read_table(folder / file)

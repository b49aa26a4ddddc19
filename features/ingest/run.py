"""One run of the intake of a source: what its snapshot is made from, and where it goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from features import artefacts
from features.ingest.extract import Extract, file_of
from features.ingest.pseudonyms import person_columns, pseudonymised
from features.ingest.references import reference_hashes
from features.ingest.snapshot import snapshot_folder
from hearth.pseudonyms import PseudonymMap
from hearth.source_contract import SourceContract

_CODE = tuple(sorted(Path(__file__).parent.glob("*.py")))


@dataclass(frozen=True)
class Run:
    """One source taken in: by which contract, from where, and on which day."""

    contract: SourceContract
    workspace: Path
    state_dir: Path
    run_on: date
    sources: Mapping[str, SourceContract]
    accept_shrink: bool
    pseudonyms: PseudonymMap | None

    @property
    def folder(self) -> Path:
        """Folder of the snapshot."""
        return snapshot_folder(self.state_dir, self.contract.source)

    def made_from(self, table: Extract | None) -> dict[str, Any]:
        """What the snapshot is made from: its key is the hash of it."""
        made_from: dict[str, Any] = {
            "extract_sha256": self._file_sha256() if table is None else table.rows_sha256,
            "contract_sha256": artefacts.model_sha256(self.contract),
            "code_sha256": artefacts.code_sha256(*_CODE),
        }
        if self.contract.quality.references:
            made_from["references"] = reference_hashes(self.contract, self.folder.parent)
        if self.pseudonyms is not None and self.numbered:
            made_from["pseudonyms"] = self.pseudonyms.state()
        return made_from

    def known_as(self, rows: pa.Table) -> pa.Table:
        """Rows with pseudonyms in place of persons' numbers."""
        if self.pseudonyms is None:
            return rows
        return pseudonymised(rows, self.numbered, self.pseudonyms)

    @property
    def numbered(self) -> tuple[str, ...]:
        """Columns that hold persons' numbers in the extract."""
        return person_columns(self.contract, self.sources)

    def shown(self, folder: Path) -> Path:
        """A folder as messages name it."""
        within = folder.is_relative_to(self.workspace)
        return folder.relative_to(self.workspace) if within else folder

    def _file_sha256(self) -> str:
        return artefacts.file_sha256(file_of(self.contract.read, self.workspace))

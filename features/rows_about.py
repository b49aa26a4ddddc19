"""Rows of a source about a few keys, read batch by batch so that memory follows what is found."""

from collections.abc import Collection
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from features.known_rows import KEY, KnownRows, known_batches
from hearth.source_contract import SourceContract


def rows_about(
    contract: SourceContract,
    state_dir: Path,
    keys: Collection[str],
    *,
    assumed_known: date | None = None,
) -> KnownRows:
    """Rows of a source about these keys, as `known_rows` places them, whenever they were known."""
    wanted = pa.array(sorted(keys), pa.string())
    batches = known_batches(
        contract, state_dir, list(contract.columns), assumed_known=assumed_known
    )
    found = [batch.filter(pc.is_in(batch[KEY], value_set=wanted)) for batch in batches]
    return KnownRows(contract, pa.concat_tables(found))

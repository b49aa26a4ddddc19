"""Rows that would be lost at one stroke: a new extract that falls short, or retention."""

from typing import Any

import numpy as np

from features.ingest.retention import Retained
from features.ingest.sift import Sifted
from hearth.errors import Fault
from hearth.source_contract import SourceContract

_ACCEPT = "if that is right, run `hearth ingest --accept-shrink {}`; otherwise {}"


def shrink_faults(
    contract: SourceContract, rows: int, before: dict[str, Any] | None
) -> list[Fault]:
    """A fault where an extract falls further short of the last one than its contract allows."""
    held = 0 if before is None else before["rows"] + before.get("expired", 0)
    if held == 0 or 1 - rows / held <= contract.quality.shrink_at_most:
        return []
    found = (
        f"has {rows:,} usable rows, and the last extract had {held:,}: {1 - rows / held:.0%} fewer; "
        f"its contract allows {contract.quality.shrink_at_most:.0%}"
    )
    remedy = _ACCEPT.format(contract.source, "ask for all of it")
    return [Fault(contract.read.place, "", found, remedy)]


def retention_faults(contract: SourceContract, sifted: Sifted, lasting: Retained) -> list[Fault]:
    """A fault where retention lets go more of the rows held than its contract allows to be lost.

    They came with extracts that are gone, so that no later run can have them back; rows of an
    extract that replaces the last come back when the retention is mended.
    """
    lost = sifted.held - int(np.count_nonzero(lasting.rows < sifted.held))
    if lost <= contract.quality.shrink_at_most * sifted.held:
        return []
    found = (
        f"of {contract.law.retention.in_words()} lets go {lost:,} of {sifted.held:,} rows held, for good: "
        f"{lost / sifted.held:.0%}; the contract allows {contract.quality.shrink_at_most:.0%}"
    )
    remedy = _ACCEPT.format(contract.source, "mend it")
    return [Fault(f"features/sources/{contract.source}.yaml", "law.retention", found, remedy)]

"""Rows that would be lost at one stroke: a new extract that falls short, or retention."""

from typing import Any

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

"""What clerks decided about pairs of a reference and a person; it goes before every weight."""

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from features import artefacts

DECISIONS: Final = "decisions.parquet"
YES, NO, UNSURE = "yes", "no", "unsure"
SCHEMA: Final = pa.schema(
    {
        "source": pa.string(),
        "reference": pa.string(),
        "person_id": pa.string(),
        "match_weight": pa.float64(),
        "confidence": pa.float64(),
        "decision": pa.string(),
        "decided_by": pa.string(),
        "decided_on": pa.date32(),
    }
)
_DECIDED_RULE: Final = "decided by a clerk"


def decisions_folder(state_dir: Path) -> Path:
    """Folder that holds what clerks decided."""
    return state_dir / "linkage" / "decisions"


def read_decisions(state_dir: Path, source: str | None = None) -> pa.Table:
    """Decisions about one source, or all of them; none where none were taken."""
    path = decisions_folder(state_dir) / DECISIONS
    held = artefacts.read_table(path) if path.exists() else SCHEMA.empty_table()
    return held if source is None else held.filter(pc.equal(held["source"], source))


def decisions_sha256(state_dir: Path, source: str) -> str:
    """SHA-256 of the decisions about one source."""
    held = read_decisions(state_dir, source).select(["reference", "person_id", "decision"])
    return artefacts.canonical_sha256(held.to_pylist())


def keep_decisions(state_dir: Path, new: pa.Table, *, file_sha256: str) -> int:
    """Add decisions to those held; a later one about the same pair goes before an earlier. All held now.

    Parameters
    ----------
    state_dir
        Where they are kept.
    new
        Decisions (see SCHEMA), each pair once.
    file_sha256
        Of the file they came in.
    """
    pairs = {_pair(row): row for row in read_decisions(state_dir).to_pylist()}
    pairs |= {_pair(row): row for row in new.to_pylist()}
    kept = pa.Table.from_pylist([pairs[pair] for pair in sorted(pairs)], schema=SCHEMA)
    folder = decisions_folder(state_dir)
    before = artefacts.read_manifest(folder) or {"files": []}
    with artefacts.made_aside(folder) as aside:
        manifest = {
            "rows": len(kept),
            "files": [*before["files"], file_sha256],
            "data_sha256": artefacts.write_table(aside / DECISIONS, kept),
        }
        artefacts.write_json(aside / artefacts.MANIFEST, manifest)
    return len(kept)


def apply_decisions(candidates: pa.Table, decided: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Candidates that are still open, and the links that clerks made.

    A yes takes its reference and its person out of what is open, a no its pair; unsure changes
    nothing.
    """
    verdicts = {(r, p): d for r, p, d in _columns(decided, "reference", "person_id", "decision")}
    yes = {pair for pair, verdict in verdicts.items() if verdict == YES}
    references, persons = {r for r, _ in yes}, {p for _, p in yes}
    is_open = [
        r not in references and p not in persons and verdicts.get((r, p)) != NO
        for r, p in (_columns(candidates, "reference", "person_id") if verdicts else ())
    ]
    kept = candidates.filter(pa.array(is_open, pa.bool_())) if verdicts else candidates
    rows = [
        {
            "reference": row["reference"],
            "person_id": row["person_id"],
            "rule": _DECIDED_RULE,
            "confidence": 1.0,
            "match_weight": row["match_weight"],
        }
        for row in decided.to_pylist()
        if row["decision"] == YES
    ]
    schema = pa.schema(
        [
            ("reference", pa.string()),
            ("person_id", pa.string()),
            ("rule", pa.string()),
            ("confidence", pa.float64()),
            ("match_weight", pa.float64()),
        ]
    )
    return kept, pa.Table.from_pylist(rows, schema=schema)


def _pair(row: dict[str, str]) -> tuple[str, str, str]:
    return row["source"], row["reference"], row["person_id"]


def _columns(table: pa.Table, *names: str) -> list[tuple[str, ...]]:
    return list(zip(*(table[name].to_pylist() for name in names), strict=True))

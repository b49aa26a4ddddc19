"""The intake of an extract: read, sifted, judged by the thresholds of its contract, and put on record."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.compute as pc

from features import artefacts
from features.data_quality.assessment import DataQuality, drift_from
from features.data_quality.page import render_page
from features.data_quality.profile import profile_of
from features.ingest.changes import record_changes
from features.ingest.extract import Extract, read_extract
from features.ingest.held_rows import judge_again
from features.ingest.order import in_order
from features.ingest.overlaps import overlapping_spells
from features.ingest.quality import IN_THE_FUTURE
from features.ingest.quarantine import with_earlier
from features.ingest.references import (
    Unknown,
    reference_faults,
    unknown_references,
)
from features.ingest.retention import Retained, retained
from features.ingest.run import Run
from features.ingest.shrink import retention_faults, shrink_faults
from features.ingest.sift import Sifted, nothing_new, sift_extract
from features.ingest.snapshot import (
    DATA,
    QUALITY,
    QUALITY_PAGE,
    QUARANTINE,
    Ingested,
    read_quality,
    refused_folder,
)
from hearth.errors import DataError, Fault
from hearth.pseudonyms import PseudonymMap
from hearth.source_contract import SourceContract


def take_snapshot(
    contract: SourceContract,
    workspace: Path,
    state_dir: Path,
    *,
    run_on: date,
    sources: Mapping[str, SourceContract] | None = None,
    accept_shrink: bool = False,
    pseudonyms: PseudonymMap | None = None,
) -> Ingested:
    """Snapshot of a source, made anew only where file, contract, code or a source referred to has changed.

    Exact copies of a row are dropped and counted. Rows that break a rule are set aside with their
    reasons. Rows past their retention are not taken in; an extract that has not changed is judged
    for that again on the first run of each month.

    Parameters
    ----------
    contract
        The source's contract.
    workspace, state_dir
        Where the extract lies, and where snapshots go.
    run_on
        Day of the run.
    sources
        Contracts by name; needed where the contract refers to another source.
    accept_shrink
        Take the extract however far it falls short of the last one, and let go what retention
        takes of the rows held.
    pseudonyms
        The map by which persons' numbers are replaced before anything is kept; they stay as they
        are if None.

    Raises
    ------
    DataError
        If the extract cannot be read, or more of it is unusable, lost or unknown than its contract
        allows. The rows set aside are then kept apart, for whoever mends the extract.
    """
    run = Run(contract, workspace, state_dir, run_on, sources or {}, accept_shrink, pseudonyms)
    table = None if contract.read.table is None else read_extract(contract, workspace)
    made_from = run.made_from(table)
    before = artefacts.read_manifest(run.folder)
    key = artefacts.canonical_sha256(made_from)
    if before is not None and before["key"] == key and _still_holds(before, run_on):
        return Ingested.of(before, up_to_date=True)
    earlier = before if contract.read.each_extract == "adds" else None
    held = None if earlier is None else _held(run, made_from, earlier)
    sifted = _sifted(run, made_from, table, held)
    unknown = unknown_references(contract, sifted, run.sources, run.folder.parent)
    faults = [*sifted.faults, *reference_faults(contract, unknown)]
    lasting = retained(contract, sifted.table, sifted.kept, run_on=run_on)
    if not accept_shrink:
        faults += (
            shrink_faults(contract, len(sifted.kept), before)
            if earlier is None
            else retention_faults(contract, sifted, lasting)
        )
    if faults:
        _refuse(run, sifted, faults)
    made_from = {"key": key, **made_from}
    manifest = _put_on_record(
        run, sifted, unknown, made_from, lasting=lasting, held=held, before=before
    )
    shutil.rmtree(refused_folder(state_dir, contract.source), ignore_errors=True)
    return Ingested.of(manifest, up_to_date=False)


@dataclass(frozen=True)
class _Held:
    """What is held from earlier extracts, and what its manifest says of it."""

    table: pa.Table
    extracts: list[dict[str, Any]]
    judged_again: list[dict[str, Any]]
    set_aside: pa.Table | None


def _held(run: Run, made_from: dict[str, Any], earlier: dict[str, Any]) -> _Held:
    """Rows held from earlier extracts; judged again where the contract or the code changed."""
    held = artefacts.read_table(run.folder / DATA)
    judged = list(earlier.get("judged_again", []))
    if all(earlier[name] == made_from[name] for name in ("contract_sha256", "code_sha256")):
        in_their_order = held.select(list(run.contract.columns))
        return _Held(in_their_order, earlier["extracts"], judged, None)
    again = judge_again(
        run.contract,
        held,
        run_on=run.run_on,
        pseudonymised=run.numbered if run.pseudonyms is not None else (),
        shown=run.shown(run.folder),
    )
    entry = again.as_json(run_on=run.run_on, contract_sha256=made_from["contract_sha256"])
    return _Held(again.table, earlier["extracts"], [*judged, entry], again.set_aside)


def _sifted(
    run: Run, made_from: dict[str, Any], table: Extract | None, held: _Held | None
) -> Sifted:
    """The extract sifted; where extracts add and this one was taken in before, it adds nothing."""
    known = [] if held is None else [one["sha256"] for one in held.extracts]
    if held is not None and made_from["extract_sha256"] in known:
        return nothing_new(held.table)
    extract = read_extract(run.contract, run.workspace) if table is None else table
    rows = None if held is None else held.table
    return sift_extract(run.contract, extract, rows, run_on=run.run_on, known_as=run.known_as)


def _put_on_record(
    run: Run,
    sifted: Sifted,
    unknown: list[Unknown],
    made_from: dict[str, Any],
    *,
    lasting: Retained,
    held: _Held | None,
    before: dict[str, Any] | None,
) -> dict[str, Any]:
    """Write the snapshot in place of the one before; its manifest."""
    contract, run_on = run.contract, run.run_on
    table = in_order(contract, sifted.table, lasting.rows)
    extracts = [] if held is None else list(held.extracts)
    judged_again = [] if held is None else held.judged_again
    if sifted.is_new:
        extracts.append(_extract_entry(run, sifted, made_from))
    entries = [*extracts, *judged_again]
    manifest = {
        **made_from,
        "source": contract.source,
        "file": contract.read.place,
        "rows": len(table),
        "duplicates": sum(one["duplicates"] for one in entries),
        "quarantined": sum(one["quarantined"] for one in entries),
        "expired": len(sifted.kept) - len(table),
        "next_expiry": lasting.next_expiry and lasting.next_expiry.isoformat(),
        "extracts": extracts,
        "judged_again": judged_again,
        "ignored_columns": list(sifted.ignored_columns),
        "run_on": run_on.isoformat(),
        "holds_future_dates": any(f.reason == IN_THE_FUTURE for f in sifted.findings),
        "last_known_on": _last_known_on(contract, table),
        "hearth_version": version("hearth-council"),
    }
    with artefacts.made_aside(run.folder) as aside:
        manifest["data_sha256"] = artefacts.write_table(aside / DATA, table)
        artefacts.write_table(
            aside / QUARANTINE,
            _all_set_aside(run, sifted, held),
        )
        manifest["changes"] = record_changes(contract, run.folder, aside, before, manifest)
        found = _quality(run, sifted, table, unknown, manifest)
        manifest["notes"] = found.notes
        artefacts.write_json(aside / QUALITY, found.as_json())
        (aside / QUALITY_PAGE).write_text(render_page(found), encoding="utf-8")
        artefacts.write_json(aside / artefacts.MANIFEST, manifest)
    return manifest


def _all_set_aside(run: Run, sifted: Sifted, held: _Held | None) -> pa.Table:
    """Rows set aside: of earlier extracts, of those held that break the contract of now, and new."""
    if held is None:
        return sifted.quarantine
    tables = [sifted.quarantine] if held.set_aside is None else [held.set_aside, sifted.quarantine]
    return with_earlier(tables, run.folder / QUARANTINE)


def _quality(
    run: Run,
    sifted: Sifted,
    table: pa.Table,
    unknown: list[Unknown],
    manifest: dict[str, Any],
) -> DataQuality:
    """What the quality report of the snapshot tells, beside that of the snapshot before it."""
    profile = profile_of(run.contract, table, run_on=run.run_on)
    counts = {name: manifest[name] for name in ("duplicates", "quarantined", "expired")}
    counts["misshapen"] = sifted.misshapen
    counts["overlapping_spells"] = overlapping_spells(run.contract, table)
    return DataQuality(
        source=run.contract.source,
        title=run.contract.title,
        run_on=manifest["run_on"],
        profile=profile,
        drift=drift_from(read_quality(run.folder), profile),
        counts=counts,
        findings=list(sifted.described),
        references=[vars(one) for one in unknown],
        changes=manifest["changes"],
        ignored_columns=manifest["ignored_columns"],
    )


def _extract_entry(run: Run, sifted: Sifted, made_from: dict[str, Any]) -> dict[str, Any]:
    """Provenance of one extract."""
    given = run.contract.read.extracted_on
    return {
        "sha256": made_from["extract_sha256"],
        "contract_sha256": made_from["contract_sha256"],
        "extracted_on": None if given is None else given.isoformat(),
        "taken_in_on": run.run_on.isoformat(),
        "rows": len(sifted.new),
        "duplicates": sifted.duplicates,
        "quarantined": len(sifted.quarantine),
        "shrink_accepted": run.accept_shrink,
    }


def _refuse(run: Run, sifted: Sifted, faults: list[Fault]) -> NoReturn:
    """Keep the rows set aside where people can look at them, and stop."""
    folder = refused_folder(run.state_dir, run.contract.source)
    if len(sifted.quarantine):
        with artefacts.made_aside(folder) as aside:
            artefacts.write_table(aside / QUARANTINE, sifted.quarantine)
        found = f"had {len(sifted.quarantine):,} rows set aside, with their reasons"
        faults.append(
            Fault(run.contract.read.place, "", found, f"see {run.shown(folder) / QUARANTINE}")
        )
    raise DataError(faults)


def _still_holds(manifest: dict[str, Any], run_on: date) -> bool:
    """Whether a run on this day would judge the same rows to be in the future, or past retention."""
    today, then, expiry = run_on.isoformat(), manifest["run_on"], manifest["next_expiry"]
    if today == then:
        return True
    has_expired = expiry is not None and expiry <= today and today[:7] != then[:7]
    return not manifest["holds_future_dates"] and then <= today and not has_expired


def _last_known_on(contract: SourceContract, table: pa.Table) -> str | None:
    """Latest day on which the source says that something happened or was known."""
    columns = (contract.event_date, contract.knowledge_date, contract.end_knowledge_date)
    days = [pc.max(table[name]).as_py() for name in columns if name is not None]
    held = [day for day in (*days, contract.known_on) if day is not None]
    return max(held).isoformat() if held else None

"""What the command line asks of linkage: link again, judge the links, and have clerks look at them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from features import artefacts
from features.artefacts import model_sha256, read_manifest
from features.ingest.snapshot import snapshot_folder
from features.linkage import answers, review
from features.linkage.decisions import keep_decisions, read_decisions
from features.linkage.evaluation_report import differences, write_evaluation
from features.linkage.persons import Linkage, link_persons, links_folder, spine_of
from features.linkage.review import BandPrecision
from features.linkage.share import Share, read_share
from features.linkage.truth import LINKS, Line, evaluate
from hearth.audit_log import AuditLog
from hearth.catalogue import Catalogue
from hearth.progress import Progress, silent
from hearth.pseudonyms import PseudonymMap
from hearth.source_contract import AddressLink, PersonLink, SourceContract


@dataclass(frozen=True)
class Evaluation:
    """Quality of the links, what differs between groups, and where it is written."""

    lines: list[Line]
    differences: list[str]
    folder: Path


def relink(catalogue: Catalogue, state_dir: Path, *, progress: Progress = silent) -> None:
    """Link the persons of every source that was ingested under its present contract."""
    job = _job(catalogue, state_dir)
    link_persons(job.contracts, job.spine, state_dir, settings=job.given, progress=progress)


def share_linked(contract: SourceContract, state_dir: Path) -> Share | None:
    """What share of a source's persons or addresses is linked; None where it has none to link."""
    held = read_manifest(snapshot_folder(state_dir, contract.source))
    if contract.link is None or held is None:
        return None
    folder = links_folder(state_dir, contract.source)
    return read_share(contract, folder, snapshot_key=held["key"])


def evaluate_links(
    catalogue: Catalogue,
    state_dir: Path,
    truth: Path,
    *,
    on: date,
    pseudonyms: PseudonymMap | None = None,
) -> Evaluation:
    """Judge every source's links by the truth, and write what came of it; see `truth.evaluate`."""
    job = _job(catalogue, state_dir)
    lines = evaluate(job.contracts, job.spine, state_dir, truth, on=on, pseudonyms=pseudonyms)
    made_from: dict[str, Any] = {
        "truth_sha256": artefacts.file_sha256(truth / LINKS),
        "links_keys": {
            c.source: (read_manifest(links_folder(state_dir, c.source)) or {})["key"]
            for c in job.contracts
        },
        "run_on": on.isoformat(),
    }
    return Evaluation(lines, differences(lines), write_evaluation(lines, state_dir, made_from))


def sample(
    catalogue: Catalogue, state_dir: Path, pairs: int, *, audit: AuditLog, actor: str
) -> tuple[Path, int]:
    """Write pairs for clerks to decide; see `review.write_sample`."""
    return review.write_sample(_job(catalogue, state_dir), pairs, audit=audit, actor=actor)


def decide(
    catalogue: Catalogue,
    state_dir: Path,
    path: Path,
    *,
    on: date,
    audit: AuditLog,
    actor: str,
    progress: Progress = silent,
) -> tuple[int, list[BandPrecision]]:
    """Keep what clerks decided, and link again by it.

    Returns
    -------
    int, list of BandPrecision
        How many decisions the file holds, and precision by band from all that are held.
    """
    new = answers.read_answers(_job(catalogue, state_dir), path, on=on)
    digest = artefacts.file_sha256(path)
    audit.append(
        "linkage.decide", actor=actor, details={"decisions": len(new), "file_sha256": digest}
    )
    keep_decisions(state_dir, new, file_sha256=digest)
    relink(catalogue, state_dir, progress=progress)
    return len(new), review.precision_by_band(read_decisions(state_dir))


def ingested_with(
    catalogue: Catalogue, kind: type[PersonLink | AddressLink], state_dir: Path
) -> list[SourceContract]:
    """Contracts with a link of this kind whose source was ingested under them as they are."""
    found = []
    for _, contract in sorted(catalogue.sources.items()):
        manifest = read_manifest(snapshot_folder(state_dir, contract.source))
        is_current = manifest is not None and manifest["contract_sha256"] == model_sha256(contract)
        if isinstance(contract.link, kind) and is_current:
            found.append(contract)
    return found


def _job(catalogue: Catalogue, state_dir: Path) -> Linkage:
    contracts = tuple(ingested_with(catalogue, PersonLink, state_dir))
    return Linkage(contracts, spine_of(catalogue.sources), state_dir, catalogue.linkage)

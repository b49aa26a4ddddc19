"""What goes into an evidence pack, read from a workspace; scored rows, matrices and attributes stay out."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from governance.approval.standing import Standing, all_standings
from governance.approval.states import OPEN
from governance.approval.submission import (
    analyses_folder,
    changed_since,
    check_trained_on_matrix,
    matrix_folder,
    report_folder,
    run_folder,
)
from governance.evidence.audited import read_entries
from governance.evidence.code import code_version
from governance.evidence.pack import as_json
from hearth.audit_log.chain import read_head
from hearth.audit_log.checkpoints import FILE as CHECKPOINTS_FILE
from hearth.catalogue import Catalogue
from hearth.digest import sha256_of
from hearth.errors import NotFoundError, StateError
from hearth.linkage_settings import LINKAGE_FILE
from hearth.risk_model.files import MANIFEST, read_folder
from hearth.settings import Settings

DEFINITION, METRICS, CODE = "definition/model.yaml", "metrics.json", "code.json"
MATRIX, BUNDLE, RUN = "manifests/matrix.json", "manifests/bundle.json", "manifests/run.json"
REPORT = "report/"
APPROVALS, HEAD, ENTRIES = "approvals.json", "audit/head.json", "audit/entries.json"
NEEDED = (
    DEFINITION,
    METRICS,
    CODE,
    MATRIX,
    BUNDLE,
    RUN,
    f"{REPORT}{MANIFEST}",
    APPROVALS,
    HEAD,
    ENTRIES,
)
"""Members without which a pack proves nothing."""

_READ_ME = """# Evidence of {model}, version {version}

What this version was made from, what was found of it, and who decided what. No person's data is
in here: of scored rows, matrices and protected attributes there are only hashes.

To verify it, on any machine with Hearth and without any data:

    hearth evidence verify FILE --public-key audit_key.pub

The public key is to be got from the council on another way than this file. To compute its
metrics anew, on a machine that holds the workspace, add --rerun.
"""


def read_contents(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    version: str,
    *,
    connection: Connection,
) -> dict[str, bytes]:
    """Members of a reported version's pack, by path.

    Raises
    ------
    NotFoundError
        If the version was not trained or not reported here.
    StateError
        If the matrix was built again since, or what was submitted is not what lies here.
    BundleError
        If bundle or report was altered.
    """
    paths = _needed_files(settings, model, version)
    check_trained_on_matrix(settings, model, version)
    standings = [each for each in all_standings(connection, model=model) if each.version == version]
    _check_bound(settings, standings)
    run = run_folder(settings, model, version)
    members = {name: path.read_bytes() for name, path in paths.items()}
    members |= dict(_definition(catalogue, model, run))
    members |= {f"{REPORT}{n}": c for n, c in read_folder(report_folder(settings, model, version)).items()}  # fmt: skip
    for kind, folder in (
        ("analyses", analyses_folder(settings, model, version)),
        ("transparency", settings.state_dir / "transparency" / model / version),
    ):
        if folder.is_dir():
            members |= {f"{kind}/{name}": content for name, content in read_folder(folder).items()}
    members[APPROVALS] = as_json([_approval(each) for each in standings])
    members |= dict(_audit(settings, connection, model, version))
    members |= code_version()
    members["README.md"] = _READ_ME.format(model=model, version=version).encode()
    return members


def left_out(settings: Settings, model: str, version: str) -> dict[str, str]:
    """SHA-256 of what is about people, and stays where it is."""
    scored = run_folder(settings, model, version) / "scored.parquet"
    matrix = sorted(matrix_folder(settings, model).glob("*.parquet"))
    found = [path for path in (scored, *matrix) if path.exists()]
    return {path.name: sha256_of(path.read_bytes()) for path in found}


def mlflow_run(members: Mapping[str, bytes]) -> str | None:
    """Id of the run in MLflow that made the version."""
    found = json.loads(members[RUN]).get("mlflow_run")
    return None if found is None else str(found)


def bound_members(members: Mapping[str, bytes]) -> dict[str, str]:
    """The three hashes that an approval binds, of what is in the pack."""
    return {
        "bundle": sha256_of(members[BUNDLE]),
        "matrix": sha256_of(members[MATRIX]),
        "report": sha256_of(members[f"{REPORT}{MANIFEST}"]),
    }


def _needed_files(settings: Settings, model: str, version: str) -> dict[str, Path]:
    run = run_folder(settings, model, version)
    paths = {
        MATRIX: matrix_folder(settings, model) / MANIFEST,
        BUNDLE: run / "bundle" / MANIFEST,
        RUN: run / MANIFEST,
        METRICS: run / METRICS,
    }
    needed = {**paths, "report": report_folder(settings, model, version) / MANIFEST}
    for path in needed.values():
        if not path.exists():
            raise NotFoundError(
                f"{model} version {version} has no {path.parent.name}/{path.name} here; run: "
                f"hearth train {model}, then hearth report {model} --version {version}"
            )
    return paths


def _check_bound(settings: Settings, standings: list[Standing]) -> None:
    for each in standings:
        changed = changed_since(settings, each.model, each.version, each.hashes)
        if each.state in OPEN and changed:
            raise StateError(
                f"{' and '.join(changed)} of {each.model} version {each.version} changed since it was "
                "submitted, so a pack would not show what the board decides on; have it reported and "
                "submitted again"
            )


def _definition(catalogue: Catalogue, model: str, run: Path) -> Iterator[tuple[str, bytes]]:
    yield DEFINITION, (catalogue.root / "models" / model / "model.yaml").read_bytes()
    for name in ("definition.json", "model_card.md"):
        if (run / name).exists():
            yield f"definition/{name}", (run / name).read_bytes()
    sources = catalogue.root / "features" / "sources"
    for name in sorted({contract.source for contract in catalogue.sources_of(model)}):
        yield f"contracts/{name}.yaml", (sources / f"{name}.yaml").read_bytes()
    linkage = catalogue.root / LINKAGE_FILE
    if linkage.exists():
        yield "contracts/linkage.yaml", linkage.read_bytes()


def _approval(standing: Standing) -> dict[str, Any]:
    return {**asdict(standing), "is_open": standing.state in OPEN}


def _audit(
    settings: Settings, connection: Connection, model: str, version: str
) -> Iterator[tuple[str, bytes]]:
    head = read_head(connection)
    yield HEAD, as_json(None if head is None else asdict(head))
    yield ENTRIES, as_json(read_entries(connection, model, version))
    checkpoints = settings.checkpoints_dir / CHECKPOINTS_FILE
    if checkpoints.exists():
        yield f"audit/{CHECKPOINTS_FILE}", checkpoints.read_bytes()

"""A workspace with one approved version, and marks on everything that is about a person."""

import json
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace

import pytest

from governance.approval import decisions, submitting
from governance.approval.submission import read_submission
from governance.evidence.commands import write_evidence
from hearth.audit_log import AuditLog
from hearth.audit_log.checkpoints import add_checkpoint
from hearth.audit_log.signing import open_signer
from hearth.digest import sha256_of
from hearth.identity import Identity, Role
from hearth.risk_model.files import with_manifest, write_folder
from hearth.storage.database import open_records

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MARK = b"PERSON-4711"
METRICS = {"chosen": "rule", "splits": [{"auc": 0.7}], "comparison": [], "success": {"met": True}}


def lay_out(tmp_path):
    """The workspace, its records, and the key that signs."""
    state = tmp_path / ".hearth"
    matrix, run = state / "matrices" / "early_help", state / "runs" / "early_help" / "3"
    for folder in (matrix, run, tmp_path / "models/early_help", tmp_path / "features/sources"):
        folder.mkdir(parents=True)
    (tmp_path / "models/early_help/model.yaml").write_text("model: early_help\n")
    (tmp_path / "features/sources/school_census.yaml").write_text("source: school_census\n")
    (matrix / "manifest.json").write_text('{"rows": 1}')
    for file in (matrix / "features.parquet", matrix / "protected.parquet", run / "scored.parquet"):
        file.write_bytes(MARK)
    (run / "metrics.json").write_text(json.dumps(METRICS))
    (run / "manifest.json").write_text('{"mlflow_run": "abc123"}')
    hashes = {"hashes": {"matrix": sha256_of((matrix / "manifest.json").read_bytes())}}
    about = json.dumps({"about": {**hashes, "oversight": {"review_every": "12m"}}}).encode()
    write_folder(run / "bundle", with_manifest({"model.json": about}))
    (state / "reports/early_help").mkdir(parents=True)
    report = {"report.html": b"<p>Report</p>", "report.json": b"{}", "tables/a.csv": b"n\n[c]\n"}
    write_folder(state / "reports/early_help/3", with_manifest(report))
    settings = SimpleNamespace(state_dir=state, checkpoints_dir=state / "checkpoints")
    sources = [SimpleNamespace(source="school_census")]
    engine = open_records(f"sqlite:///{state / 'records.db'}")
    return SimpleNamespace(
        settings=settings,
        catalogue=SimpleNamespace(root=tmp_path, sources_of=lambda _model: sources),
        audit=AuditLog(engine, lambda: NOW),
        signer=open_signer(state / "audit_key.pem"),
        out=tmp_path / "pack.zip",
    )


def decide(made):
    """The same, submitted and approved by two people, with scores of somebody in the log."""
    what, audit = ("early_help", "3"), made.audit
    scientist = Identity("key1", "Data science team", Role.DATA_SCIENTIST)
    member = Identity("key2", "AI board", Role.BOARD_MEMBER)
    submitting.submit(read_submission(made.settings, *what), scientist, audit)
    decisions.approve(*what, member, audit, reason="Read and discussed.")
    about = {"model": "early_help", "version": "3", "note": MARK.decode()}
    audit.append("score.made", actor="key3", subject=MARK.decode(), details=about)
    audit.append("model.review", actor="key3", subject=MARK.decode(), details=about)
    audit.append("model.submit", actor="key1", details={**about, "model": "another"})
    head = audit.head()
    add_checkpoint(made.settings.checkpoints_dir, made.signer, head, NOW)
    return made


def write(made):
    """Writes the pack of the version; its bytes."""
    write_evidence(
        made.catalogue,
        made.settings,
        "early_help",
        "3",
        records=made.audit.engine,
        signer=made.signer,
        out=made.out,
    )
    return made.out.read_bytes()


@pytest.fixture(scope="session")
def pack(tmp_path_factory):
    """A pack of an approved version, and the key that signed it."""
    made = decide(lay_out(tmp_path_factory.mktemp("evidence")))
    content = write(made)
    made.audit.engine.dispose()
    return SimpleNamespace(content=content, signer=made.signer)


@pytest.fixture
def decided(tmp_path):
    """A workspace with an approved version, to be changed."""
    made = decide(lay_out(tmp_path))
    yield made
    made.audit.engine.dispose()


@pytest.fixture
def packed(decided):
    """Writes the pack of that version; its bytes."""
    return partial(write, decided)


@pytest.fixture
def mark():
    """What stands wherever a person's data do."""
    return MARK

"""Two people, a version, and records on which a test moves the clock on."""

import json
from datetime import UTC, datetime
from functools import partial

import pytest

from governance.approval.submission import Hashes, Submission
from hearth.audit_log import AuditLog
from hearth.digest import sha256_of
from hearth.identity import Role, authenticate, create_key
from hearth.risk_model.files import with_manifest
from hearth.storage.database import open_records
from hearth.storage.engine import writing

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PEPPER = "pepper for tests"
OVERSIGHT = {"review_every": "12m", "sunset": "2028-06-30"}


class Clock:
    """A clock that a test moves on."""

    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def audit(tmp_path):
    engine = open_records(f"sqlite:///{tmp_path / 'records.db'}")
    yield AuditLog(engine, Clock())
    engine.dispose()


@pytest.fixture
def person_of():
    """Makes an authenticated identity of a role."""

    def made(audit, role, name):
        with writing(audit.engine) as connection:
            key = create_key(
                connection, PEPPER, name=name, role=role, actor="setup", audit=audit, now=NOW
            )
        return authenticate(audit.engine, PEPPER, key, NOW)

    return made


@pytest.fixture
def person(audit, person_of):
    """The same, in the records of this test."""
    return partial(person_of, audit)


@pytest.fixture
def scientist(person):
    return person(Role.DATA_SCIENTIST, "Data science team")


@pytest.fixture
def member(person):
    return person(Role.BOARD_MEMBER, "AI board")


@pytest.fixture
def version_of():
    return make_version


def make_version(
    *, bundle=b"booster", matrix="m", report=b"report", oversight=OVERSIGHT, version="3"
):
    about = json.dumps({"about": {"oversight": oversight}}).encode()
    bundle_files = with_manifest({"model.json": about, "booster.txt": bundle})
    report_files = with_manifest({"report.html": report})
    hashes = Hashes(
        sha256_of(bundle_files["manifest.json"]),
        sha256_of(matrix.encode()),
        sha256_of(report_files["manifest.json"]),
    )
    return Submission("early_help", version, bundle_files, report_files, hashes)

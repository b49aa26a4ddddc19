from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from governance.approval import decisions as approval
from governance.approval.states import STATES, State, Step, next_state
from governance.approval.submission import Hashes, Submission
from hearth.audit_log import AuditLog
from hearth.digest import sha256_of
from hearth.errors import PermissionDeniedError, StateError, WithdrawnError
from hearth.identity import Role, authenticate, create_key
from hearth.risk_model.files import with_manifest, write_folder
from hearth.storage.database import open_records
from hearth.storage.engine import reading, writing
from hearth.storage.published import current_approval, published_bundle, published_report
from hearth.storage.schema import approvals

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PEPPER = "pepper for tests"
REASON = "The concern about the north was answered."


@pytest.fixture
def audit(tmp_path):
    engine = open_records(f"sqlite:///{tmp_path / 'records.db'}")
    return AuditLog(engine, lambda: NOW)


@pytest.fixture
def person(audit):
    """Makes an authenticated identity of a role."""

    def made(role, name):
        with writing(audit.engine) as connection:
            key = create_key(
                connection, PEPPER, name=name, role=role, actor="setup", audit=audit, now=NOW
            )
        return authenticate(audit.engine, PEPPER, key, NOW)

    return made


@pytest.fixture
def scientist(person):
    return person(Role.DATA_SCIENTIST, "Data science team")


@pytest.fixture
def member(person):
    return person(Role.BOARD_MEMBER, "AI board")


def version_of(*, bundle=b"booster", matrix="m", report=b"report"):
    bundle_files = with_manifest({"model.json": bundle})
    report_files = with_manifest({"report.html": report})
    hashes = Hashes(
        sha256_of(bundle_files["manifest.json"]),
        sha256_of(matrix.encode()),
        sha256_of(report_files["manifest.json"]),
    )
    return Submission("early_help", "3", bundle_files, report_files, hashes)


def in_force(audit):
    with reading(audit.engine) as connection:
        return current_approval(connection, "early_help")


def states(audit):
    with reading(audit.engine) as connection:
        return list(connection.scalars(select(approvals.c.state).order_by(approvals.c.approval_id)))


def actions(audit):
    from hearth.storage.schema import audit_entries  # noqa: PLC0415 read by this alone

    with reading(audit.engine) as connection:
        found = connection.scalars(select(audit_entries.c.action).order_by("sequence"))
        return [action for action in found if action.startswith("model.")]


def test_two_people_bring_a_version_into_use(audit, scientist, member):
    version = version_of()

    approval.submit(version, scientist, audit)
    approval.approve(version, member, audit, reason=REASON)

    with reading(audit.engine) as connection:
        assert published_bundle(connection, "early_help").files == version.bundle
        assert published_report(connection, "early_help").files == version.report
    assert in_force(audit).decided_by == member.key_id
    assert actions(audit) == ["model.submit", "model.approve"]
    assert audit.verify().ok


def test_who_may_submit_may_not_approve(audit, scientist):
    approval.submit(version_of(), scientist, audit)

    with pytest.raises(PermissionDeniedError, match="model:approve"):
        approval.approve(version_of(), scientist, audit, reason=REASON)

    assert in_force(audit) is None


def test_one_person_with_two_keys_is_still_one_person(audit, person):
    approval.submit(version_of(), person(Role.DATA_SCIENTIST, "J. at the desk"), audit)

    with pytest.raises(PermissionDeniedError, match="with whichever key"):
        approval.approve(
            version_of(), person(Role.BOARD_MEMBER, "J. at the desk"), audit, reason=REASON
        )


@pytest.mark.parametrize("changed", ["bundle", "matrix", "report"])
def test_a_change_after_submission_voids_it(audit, scientist, member, changed):
    approval.submit(version_of(), scientist, audit)
    other = version_of(**{changed: "other" if changed == "matrix" else b"other"})

    with pytest.raises(StateError, match=f"{changed} changed since, so the submission is void"):
        approval.approve(other, member, audit, reason=REASON)

    assert states(audit) == ["voided"]
    assert actions(audit) == ["model.submit", "model.void"]


@pytest.fixture
def on_disk(tmp_path):
    """Settings of a machine on which the version's files lie."""
    version = version_of()
    write_folder(tmp_path / "runs/early_help/3/bundle", version.bundle)
    write_folder(tmp_path / "reports/early_help/3", version.report)
    (tmp_path / "matrices/early_help").mkdir(parents=True)
    (tmp_path / "matrices/early_help/manifest.json").write_text("m")
    return SimpleNamespace(state_dir=tmp_path)


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ("bundle", "runs/early_help/3/bundle/model.json"),
        ("matrix", "matrices/early_help/manifest.json"),
        ("report", "reports/early_help/3/report.html"),
    ],
)
def test_a_byte_changed_after_approval_voids_it(audit, scientist, member, on_disk, changed, path):
    approval.submit(version_of(), scientist, audit)
    approval.approve(version_of(), member, audit, reason=REASON)
    file = on_disk.state_dir / path
    file.write_bytes(file.read_bytes() + b" ")

    ((standing, found),) = approval.void_changed(on_disk, audit, actor="system")

    assert (standing.version, found) == ("3", [changed])
    assert in_force(audit) is None
    assert actions(audit)[-1] == "model.void"


def test_an_unchanged_approval_stays(audit, scientist, member, on_disk):
    approval.submit(version_of(), scientist, audit)
    approval.approve(version_of(), member, audit, reason=REASON)

    assert approval.void_changed(on_disk, audit, actor="system") == []
    assert in_force(audit) is not None


def test_a_machine_without_the_files_voids_nothing(audit, scientist, member, tmp_path):
    approval.submit(version_of(), scientist, audit)
    approval.approve(version_of(), member, audit, reason=REASON)

    empty = SimpleNamespace(state_dir=tmp_path / "elsewhere")
    assert approval.void_changed(empty, audit, actor="system") == []


def test_a_refused_version_is_not_put_again_as_it_was(audit, scientist, member):
    approval.submit(version_of(), scientist, audit)
    approval.refuse(version_of(), member, audit, reason="Misses too many in the north.")

    with pytest.raises(StateError, match="is refused already"):
        approval.submit(version_of(), scientist, audit)
    approval.submit(version_of(report=b"a better report"), scientist, audit)

    assert states(audit) == ["refused", "submitted"]


def test_a_version_is_not_submitted_twice(audit, scientist):
    approval.submit(version_of(), scientist, audit)

    with pytest.raises(StateError, match="is submitted already"):
        approval.submit(version_of(), scientist, audit)


def test_submitting_a_changed_version_voids_what_was_submitted(audit, scientist):
    approval.submit(version_of(), scientist, audit)

    approval.submit(version_of(bundle=b"other"), scientist, audit)

    assert states(audit) == ["voided", "submitted"]


def test_a_decision_without_a_reason_is_refused(audit, scientist, member):
    approval.submit(version_of(), scientist, audit)

    with pytest.raises(StateError, match="needs a reason"):
        approval.approve(version_of(), member, audit, reason="  ok  ")


def test_what_nobody_submitted_cannot_be_approved(audit, member):
    with pytest.raises(StateError, match="is a draft; submit it first"):
        approval.approve(version_of(), member, audit, reason=REASON)


def test_a_withdrawn_version_is_out_of_use(audit, scientist, member):
    approval.submit(version_of(), scientist, audit)
    approval.approve(version_of(), member, audit, reason=REASON)

    approval.withdraw("early_help", "3", member, audit, reason="Precision fell below the bar.")

    assert in_force(audit) is None
    with reading(audit.engine) as connection, pytest.raises(WithdrawnError):
        published_bundle(connection, "early_help")


def test_a_submitter_takes_back_a_submission_but_not_an_approval(audit, scientist, member):
    approval.submit(version_of(), scientist, audit)
    approval.withdraw("early_help", "3", scientist, audit, reason="A column was read wrongly.")
    approval.submit(version_of(), scientist, audit)
    approval.approve(version_of(), member, audit, reason=REASON)

    with pytest.raises(PermissionDeniedError):
        approval.withdraw("early_help", "3", scientist, audit, reason="A column was read wrongly.")


def test_when_publishing_fails_nothing_is_approved(audit, scientist, member, monkeypatch):
    approval.submit(version_of(), scientist, audit)

    def fails(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(approval, "publish_files", fails)
    with pytest.raises(OSError, match="disk full"):
        approval.approve(version_of(), member, audit, reason=REASON)

    assert states(audit) == ["submitted"]
    assert actions(audit) == ["model.submit"]


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_only_steps_of_the_table_can_be_taken(state, step):
    if (state, step) in STATES:
        assert next_state(state, step) is STATES[state, step]
    else:
        with pytest.raises(StateError, match="takes no step"):
            next_state(state, step)


def test_every_end_state_ends():
    assert not {state for state, _ in STATES} & {State.REFUSED, State.WITHDRAWN, State.VOIDED}

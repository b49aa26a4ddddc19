from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from governance.approval import closing, commands, decisions, submitting
from governance.approval.states import STATES, State, Step, next_state
from hearth.errors import (
    PermissionDeniedError,
    StateError,
    WithdrawnError,
)
from hearth.identity import Role
from hearth.risk_model.files import write_folder
from hearth.storage.engine import reading
from hearth.storage.published import current_approval, published_bundle, published_report
from hearth.storage.schema import approvals, audit_entries

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PEPPER = "pepper for tests"
REASON = "The concern about the north was answered."
WHAT = ("early_help", "3")
OVERSIGHT = {"review_every": "12m", "sunset": "2028-06-30"}


def in_force(audit):
    with reading(audit.engine) as connection:
        return current_approval(connection, "early_help")


def states(audit):
    with reading(audit.engine) as connection:
        return list(connection.scalars(select(approvals.c.state).order_by(approvals.c.approval_id)))


def actions(audit):
    with reading(audit.engine) as connection:
        found = connection.scalars(select(audit_entries.c.action).order_by("sequence"))
        return [action for action in found if action.startswith("model.")]


def test_two_people_bring_a_version_into_use(audit, scientist, member, version_of):
    version = version_of()

    submitting.submit(version, scientist, audit)
    decisions.approve(*WHAT, member, audit, reason=REASON)

    with reading(audit.engine) as connection:
        assert published_bundle(connection, "early_help").files == version.bundle
        assert published_report(connection, "early_help").files == version.report
    assert in_force(audit).decided_by == member.key_id
    assert actions(audit) == ["model.submit", "model.review", "model.approve"]
    assert audit.verify().ok


def test_who_may_submit_may_not_approve(audit, scientist, version_of):
    submitting.submit(version_of(), scientist, audit)

    with pytest.raises(PermissionDeniedError, match="model:approve"):
        decisions.approve(*WHAT, scientist, audit, reason=REASON)

    assert in_force(audit) is None


def test_one_person_with_two_keys_is_still_one_person(audit, person, version_of):
    submitting.submit(version_of(), person(Role.DATA_SCIENTIST, "J. at the desk"), audit)

    with pytest.raises(PermissionDeniedError, match="with whichever key"):
        decisions.approve(*WHAT, person(Role.BOARD_MEMBER, "J. at the desk"), audit, reason=REASON)


@pytest.fixture
def on_disk(tmp_path, version_of):
    """Settings of a machine on which the version's files lie."""
    version = version_of()
    write_folder(tmp_path / "runs/early_help/3/bundle", version.bundle)
    write_folder(tmp_path / "reports/early_help/3", version.report)
    (tmp_path / "matrices/early_help").mkdir(parents=True)
    (tmp_path / "matrices/early_help/manifest.json").write_text("m")
    return SimpleNamespace(state_dir=tmp_path)


CHANGED = [
    ("bundle", "runs/early_help/3/bundle/booster.txt"),
    ("matrix", "matrices/early_help/manifest.json"),
    ("report", "reports/early_help/3/report.html"),
]


@pytest.mark.parametrize(("changed", "path"), CHANGED)
def test_a_change_after_submission_voids_it(
    audit, scientist, member, on_disk, changed, path, version_of
):
    submitting.submit(version_of(), scientist, audit)
    file = on_disk.state_dir / path
    file.write_bytes(file.read_bytes() + b" ")

    with pytest.raises(StateError, match=f"{changed} changed since, so the submission is void"):
        commands.approve(on_disk, *WHAT, identity=member, audit=audit, reason=REASON)

    assert states(audit) == ["voided"]
    assert actions(audit) == ["model.submit", "model.void"]


@pytest.mark.parametrize(("changed", "path"), CHANGED)
def test_a_byte_changed_after_approval_voids_it(
    audit, scientist, member, on_disk, changed, path, version_of
):
    submitting.submit(version_of(), scientist, audit)
    decisions.approve(*WHAT, member, audit, reason=REASON)
    file = on_disk.state_dir / path
    file.write_bytes(file.read_bytes() + b" ")

    ((standing, found),) = closing.void_changed(on_disk, audit, actor="system")

    assert (standing.version, found) == ("3", [changed])
    assert in_force(audit) is None
    assert actions(audit)[-1] == "model.void"


def test_an_unchanged_approval_stays(audit, scientist, member, on_disk, version_of):
    submitting.submit(version_of(), scientist, audit)
    decisions.approve(*WHAT, member, audit, reason=REASON)

    assert closing.void_changed(on_disk, audit, actor="system") == []
    assert in_force(audit) is not None


def test_a_machine_without_the_files_voids_nothing(audit, scientist, member, tmp_path, version_of):
    submitting.submit(version_of(), scientist, audit)
    decisions.approve(*WHAT, member, audit, reason=REASON)

    empty = SimpleNamespace(state_dir=tmp_path / "elsewhere")
    assert closing.void_changed(empty, audit, actor="system") == []


def test_a_report_is_bound_from_submission_until_its_version_ends(
    audit, scientist, member, on_disk, version_of
):
    def bound(day="2026-11-02"):
        today = date.fromisoformat(day)
        return closing.state_bound(on_disk, audit.engine, *WHAT, today=today)

    assert bound() is None
    submitting.submit(version_of(), scientist, audit)
    assert bound() is State.SUBMITTED
    decisions.approve(*WHAT, member, audit, reason=REASON)
    assert (bound(), bound("2027-11-02")) == (State.APPROVED, None)
    closing.withdraw(*WHAT, member, audit, reason=REASON)
    assert bound() is None


def test_a_refused_version_is_not_put_again_as_it_was(audit, scientist, member, version_of):
    submitting.submit(version_of(), scientist, audit)
    decisions.refuse(*WHAT, member, audit, reason="Misses too many in the north.")

    with pytest.raises(StateError, match="is refused already"):
        submitting.submit(version_of(), scientist, audit)
    submitting.submit(version_of(report=b"a better report"), scientist, audit)

    assert states(audit) == ["refused", "submitted"]


def test_a_version_is_not_submitted_twice(audit, scientist, version_of):
    submitting.submit(version_of(), scientist, audit)

    with pytest.raises(StateError, match="is submitted already"):
        submitting.submit(version_of(), scientist, audit)


def test_submitting_a_changed_version_voids_what_was_submitted(audit, scientist, version_of):
    submitting.submit(version_of(), scientist, audit)

    submitting.submit(version_of(bundle=b"other"), scientist, audit)

    assert states(audit) == ["voided", "submitted"]


def test_a_decision_without_a_reason_is_refused(audit, scientist, member, version_of):
    submitting.submit(version_of(), scientist, audit)

    with pytest.raises(StateError, match="needs a reason"):
        decisions.approve(*WHAT, member, audit, reason="  ok  ")


def test_what_nobody_submitted_cannot_be_approved(audit, member):
    with pytest.raises(StateError, match="is a draft; submit it first"):
        decisions.approve(*WHAT, member, audit, reason=REASON)


def test_a_withdrawn_version_is_out_of_use(audit, scientist, member, version_of):
    submitting.submit(version_of(), scientist, audit)
    decisions.approve(*WHAT, member, audit, reason=REASON)

    closing.withdraw(*WHAT, member, audit, reason="Precision fell below the bar.")

    assert in_force(audit) is None
    with reading(audit.engine) as connection, pytest.raises(WithdrawnError):
        published_bundle(connection, "early_help")


def test_a_submitter_takes_back_a_submission_but_not_an_approval(
    audit, scientist, member, version_of
):
    submitting.submit(version_of(), scientist, audit)
    closing.withdraw(*WHAT, scientist, audit, reason="A column was read wrongly.")
    submitting.submit(version_of(), scientist, audit)
    decisions.approve(*WHAT, member, audit, reason=REASON)

    with pytest.raises(PermissionDeniedError):
        closing.withdraw(*WHAT, scientist, audit, reason="A column was read wrongly.")


def test_when_publishing_fails_nothing_is_submitted(audit, scientist, monkeypatch, version_of):
    def fails(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(submitting, "publish_files", fails)
    with pytest.raises(OSError, match="disk full"):
        submitting.submit(version_of(), scientist, audit)

    assert (states(audit), actions(audit)) == ([], [])


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_only_steps_of_the_table_can_be_taken(state, step):
    if (state, step) in STATES:
        assert next_state(state, step) is STATES[state, step]
    else:
        with pytest.raises(StateError, match="takes no step"):
            next_state(state, step)


def test_every_end_state_ends():
    ends = {State.REFUSED, State.WITHDRAWN, State.EXPIRED, State.VOIDED}
    assert not {state for state, _ in STATES} & ends

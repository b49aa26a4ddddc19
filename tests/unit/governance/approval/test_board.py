"""What a board says with its decision, and what becomes of it later."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, select, update

from governance.approval import closing, decisions, submitting
from governance.approval.dissent import dissent
from governance.approval.register import read_register
from governance.approval.standing import read_standing
from governance.approval.terms import MOST_CHARACTERS, MOST_CONDITIONS, Terms
from hearth.audit_log import AuditLog
from hearth.errors import BundleError, NotFoundError, PermissionDeniedError, StaleError, StateError
from hearth.identity import Role
from hearth.storage.engine import reading, writing
from hearth.storage.published import (
    current_approval,
    list_published,
    published_bundle,
    published_report,
    read_report,
)
from hearth.storage.schema import audit_entries, bundles, reports

REASON = "Read and discussed by the board."
WHAT = ("early_help", "3")
LATER = datetime(2027, 6, 1, tzinfo=UTC)


@pytest.fixture
def submitted(audit, scientist, version_of):
    """The version, put to the board."""
    version = version_of()
    submitting.submit(version, scientist, audit)
    return version


@pytest.fixture
def approved(audit, member, submitted):
    """The version, in use until 1 June 2027."""
    decisions.approve(*WHAT, member, audit, reason=REASON, terms=Terms(review_on=date(2027, 6, 1)))
    return submitted


def standing(audit, *, today=None):
    with reading(audit.engine) as connection:
        return read_standing(connection, *WHAT, today=today)


def in_force(audit):
    with reading(audit.engine) as connection:
        return current_approval(connection, "early_help")


def turn_to(audit, day):
    audit.clock.now = datetime.fromisoformat(f"{day}T09:00:00+00:00")


def test_a_submission_is_read_by_the_board_and_served_to_nobody(audit, submitted):
    with reading(audit.engine) as connection:
        bound = standing(audit).hashes
        assert read_report(connection, *WHAT, bound.report) == submitted.report
        assert list_published(connection) == []
        with pytest.raises(NotFoundError, match="is approved"):
            published_bundle(connection, "early_help")
        with pytest.raises(NotFoundError, match="is approved"):
            published_report(connection, "early_help")


def test_a_refused_version_is_served_to_nobody(audit, member, submitted):
    decisions.refuse(*WHAT, member, audit, reason=REASON)
    with reading(audit.engine) as connection, pytest.raises(NotFoundError):
        published_bundle(connection, "early_help")


@pytest.mark.parametrize("table", [bundles, reports], ids=["bundle", "report"])
def test_what_was_altered_in_the_records_cannot_be_approved(audit, member, submitted, table):
    with writing(audit.engine) as connection:
        connection.execute(update(table).values(content=b"altered"))
    with pytest.raises(BundleError, match="not as they were put to the board"):
        decisions.approve(*WHAT, member, audit, reason=REASON)
    assert standing(audit).state == "submitted"


def test_what_was_never_published_cannot_be_approved(audit, member, submitted):
    with writing(audit.engine) as connection:
        connection.execute(delete(bundles))
    with pytest.raises(BundleError, match="until that version is submitted"):
        decisions.approve(*WHAT, member, audit, reason=REASON)


def test_a_version_is_taken_up_by_one_and_decided_on_by_another(audit, member, person, submitted):
    decisions.review(*WHAT, member, audit)
    assert standing(audit).state == "in review"
    decisions.approve(*WHAT, person(Role.BOARD_MEMBER, "The chair"), audit, reason=REASON)
    assert standing(audit).reviewed_by == member.key_id != standing(audit).decided_by
    with pytest.raises(StateError, match="takes no step `review`"):
        decisions.review(*WHAT, member, audit)


def test_whoever_submitted_takes_nothing_up(audit, person, submitted):
    twin = person(Role.BOARD_MEMBER, "Data science team")
    with pytest.raises(PermissionDeniedError, match="with whichever key"):
        decisions.review(*WHAT, twin, audit)


def test_conditions_and_review_date_go_on_record(audit, member, submitted):
    terms = Terms(("Every visit is recorded.", "  "), date(2027, 6, 1))
    decisions.approve(*WHAT, member, audit, reason=REASON, terms=terms)
    assert standing(audit).conditions == ("Every visit is recorded.",)
    assert in_force(audit).review_on == date(2027, 6, 1)
    assert in_force(audit).conditions == ["Every visit is recorded."]


def test_without_a_review_date_the_definition_gives_it(audit, member, submitted):
    decisions.approve(*WHAT, member, audit, reason=REASON)
    assert in_force(audit).review_on == date(2027, 11, 2)


def test_a_period_that_reaches_the_sunset_leaves_the_end_to_it(
    audit, scientist, member, version_of
):
    oversight = {"review_every": "12m", "sunset": "2027-11-02"}
    submitting.submit(version_of(oversight=oversight), scientist, audit)
    decisions.approve(*WHAT, member, audit, reason=REASON)
    assert in_force(audit).review_on is None


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        (Terms(review_on=date(2026, 11, 2)), "has come already"),
        (Terms(review_on=date(2028, 6, 30)), "is not before the model's sunset"),
        (Terms(("ok",)), "a condition needs a text"),
        (Terms(("Every visit is recorded.",) * (MOST_CONDITIONS + 1)), "at most 20 conditions"),
        (Terms(dissent="no"), "dissent needs a reason"),
        (Terms(dissent="n" * (MOST_CHARACTERS + 1)), "4000 at most"),
    ],
)
def test_terms_that_cannot_be_are_refused(audit, member, submitted, terms, found):
    with pytest.raises(StateError, match=found):
        decisions.approve(*WHAT, member, audit, reason=REASON, terms=terms)
    assert standing(audit).state == "submitted"


def test_dissent_is_kept_with_role_and_state_before_and_after(audit, member, person, submitted):
    other = person(Role.BOARD_MEMBER, "The other member")
    dissent(*WHAT, other, audit, reason="The gap by area is too wide.")
    terms = Terms(dissent="I would have waited a year.")
    decisions.approve(*WHAT, member, audit, reason=REASON, terms=terms)
    dissent(*WHAT, other, audit, reason="And it was decided too fast.")
    found = [(each.recorded_by, each.role, each.state) for each in standing(audit).dissents]
    assert found == [
        (other.key_id, "board_member", "submitted"),
        (member.key_id, "board_member", "approved"),
        (other.key_id, "board_member", "approved"),
    ]


def test_only_who_may_approve_may_dissent(audit, scientist, submitted):
    with pytest.raises(PermissionDeniedError):
        dissent(*WHAT, scientist, audit, reason="The board understands nothing.")


def test_nothing_is_dissented_from_once_it_is_over(audit, member, approved):
    closing.withdraw(*WHAT, member, audit, reason=REASON)
    with pytest.raises(StateError, match="nothing to dissent from"):
        dissent(*WHAT, member, audit, reason="It should have stayed.")


def test_a_decision_on_what_was_read_before_somebody_dissented_is_refused(
    audit, member, person, submitted
):
    read = standing(audit).etag
    dissent(*WHAT, person(Role.BOARD_MEMBER, "Other"), audit, reason="The gap is too wide.")
    with pytest.raises(StaleError, match="read it again"):
        decisions.approve(*WHAT, member, audit, reason=REASON, if_match=read)
    decisions.approve(*WHAT, member, audit, reason=REASON, if_match=standing(audit).etag)


@pytest.mark.parametrize("step", [decisions.review, decisions.refuse, closing.withdraw, dissent])
def test_no_step_is_taken_on_another_standing(audit, member, submitted, step):
    said = {} if step is decisions.review else {"reason": REASON}
    with pytest.raises(StaleError):
        step(*WHAT, member, audit, if_match="another", **said)


def test_an_approval_expires_on_the_day_by_which_it_was_to_be_reviewed(audit, approved):
    turn_to(audit, "2027-05-31")
    assert closing.expire_due(audit) == []
    turn_to(audit, "2027-06-01")
    assert standing(audit, today=date(2027, 6, 1)).state == "expired"  # before it is on record
    (ended,) = closing.expire_due(audit)
    assert (ended.version, standing(audit).state, in_force(audit)) == ("3", "expired", None)
    assert standing(audit).closed_by == "clock"
    assert closing.expire_due(audit) == []


def test_that_an_approval_expired_is_in_the_audit_log_once(audit, approved):
    turn_to(audit, "2027-06-01")
    for _ in range(2):
        closing.expire_due(audit)
    with reading(audit.engine) as connection:
        made = list(connection.scalars(select(audit_entries.c.action)))
    assert made.count("model.expire") == 1
    assert audit.verify().ok


def test_an_expired_version_is_submitted_again_as_it_is(audit, scientist, member, approved):
    turn_to(audit, "2027-07-01")
    submitting.submit(approved, scientist, audit)
    decisions.approve(*WHAT, member, audit, reason=REASON)
    assert in_force(audit).decided_at == audit.clock()


def test_a_version_under_review_stays_in_use_until_it_is_approved_anew(
    audit, scientist, member, approved
):
    first = in_force(audit).approval_id
    submitting.submit(approved, scientist, audit)
    assert in_force(audit).approval_id == first
    turn_to(audit, "2026-12-01")
    decisions.approve(*WHAT, member, audit, reason=REASON)
    assert in_force(audit).approval_id > first
    turn_to(audit, "2027-06-01")  # the first one's day: the second stands
    assert closing.expire_due(audit) == []


def test_a_version_refused_at_its_review_is_out_of_use(audit, scientist, member, approved):
    submitting.submit(approved, scientist, audit)
    decisions.refuse(*WHAT, member, audit, reason=REASON)
    assert in_force(audit) is None
    assert standing(audit).state == "refused"


def test_withdrawing_a_version_under_review_ends_its_use_too(audit, scientist, member, approved):
    submitting.submit(approved, scientist, audit)
    closing.withdraw(*WHAT, scientist, audit, reason="Submitted too early.")
    assert in_force(audit) is not None  # whoever submits takes back the submission alone
    submitting.submit(approved, scientist, audit)
    closing.withdraw(*WHAT, member, audit, reason=REASON)
    assert in_force(audit) is None


def test_the_register_tells_every_step_with_role_and_words(audit, scientist, member, approved):
    closing.withdraw(*WHAT, member, audit, reason="Precision fell below the bar.")
    with reading(audit.engine) as connection:
        (found,) = read_register(connection, today=date(2026, 11, 2))
    assert [(step.step, step.role) for step in found.history] == [
        ("submit", "data_scientist"),
        ("review", "board_member"),
        ("approve", "board_member"),
        ("withdraw", "board_member"),
    ]
    assert found.history[2].said == REASON
    assert found.history[2].review_on == date(2027, 6, 1)
    assert found.standing.state == "withdrawn"


def test_the_register_has_one_line_a_version_the_last_submitted_first(
    audit, scientist, approved, version_of
):
    for version in ("4", "5"):
        submitting.submit(version_of(version=version), scientist, audit)
    with reading(audit.engine) as connection:
        found = read_register(connection, today=date(2027, 6, 1), model="early_help")
        assert read_register(connection, today=date(2027, 6, 1), model="damp") == []
    assert [(each.standing.version, each.standing.state) for each in found] == [
        ("5", "submitted"),
        ("4", "submitted"),
        ("3", "expired"),
    ]


def test_every_step_is_taken_on_either_database(records, person_of, version_of, clock):
    audit = AuditLog(records, clock)
    scientist = person_of(audit, Role.DATA_SCIENTIST, "Data science team")
    member = person_of(audit, Role.BOARD_MEMBER, "AI board")
    submitting.submit(version_of(), scientist, audit)
    decisions.review(*WHAT, member, audit)
    terms = Terms(("Every visit is recorded.",), date(2027, 6, 1), "I would have waited a year.")
    decisions.approve(*WHAT, member, audit, reason=REASON, terms=terms)
    assert (standing(audit).review_on, len(standing(audit).dissents)) == (date(2027, 6, 1), 1)
    assert [each.state for each in closing.expire_due(AuditLog(records, lambda: LATER))] == [
        "approved"
    ]
    assert standing(audit).state == "expired"
    assert audit.verify().ok

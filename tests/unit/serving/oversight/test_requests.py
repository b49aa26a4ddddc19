import pytest

from hearth.errors import UnusableInputError
from serving.oversight.requests import read_challenge_request, read_decision, read_step


def test_a_decision_is_read():
    decision = read_decision(b'{"outcome": "agree", "viewed_at": "2026-11-02T09:00:00Z"}')
    assert (decision.outcome, decision.reason) == ("agree", "")


@pytest.mark.parametrize(
    "body",
    [
        b'{"outcome": "perhaps"}',
        b'{"outcome": "agree", "note": "x"}',
        b'{"outcome": "agree", "viewed_at": "2026-11-02T09:00:00"}',
        b'{"outcome": "override"}',
        b'{"outcome": "override", "reason": "  ", "reason_code": "other"}',
        b'{"outcome": "override", "reason": "Seen", "reason_code": "because"}',
        b"[]",
    ],
)
def test_a_decision_that_cannot_be_used_is_refused(body):
    with pytest.raises(UnusableInputError):
        read_decision(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"ground": "unfair"}',
        b'{"ground": "dull", "statement": "x"}',
        b'{"ground": "unfair", "statement": ""}',
    ],
)
def test_a_challenge_that_cannot_be_used_is_refused(body):
    with pytest.raises(UnusableInputError):
        read_challenge_request(body)


@pytest.mark.parametrize("body", [b'{"step": "reopen"}', b'{"step": "uphold"}', b"{}"])
def test_a_step_that_cannot_be_used_is_refused(body):
    with pytest.raises(UnusableInputError):
        read_step(body)


def test_an_acknowledgement_needs_no_reason():
    assert read_step(b'{"step": "acknowledge"}').reason == ""

import pytest

from hearth.errors import StateError
from serving.oversight.challenge_states import (
    CLOSING,
    FOLLOWS,
    OPEN,
    STATES,
    State,
    Step,
    as_markdown,
    next_state,
)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_only_steps_of_the_table_can_be_taken(state, step):
    if (state, step) in STATES:
        assert next_state(state, step) is STATES[state, step]
    else:
        with pytest.raises(StateError, match="takes no step"):
            next_state(state, step)


def test_a_challenge_has_an_outcome_only_once_it_is_acknowledged():
    assert set(OPEN) == {State.OPENED, State.ACKNOWLEDGED}
    outcomes = {at for (at, _), to in STATES.items() if to in {State.UPHELD, State.REJECTED}}
    assert outcomes == {State.ACKNOWLEDGED}


def test_every_step_but_the_acknowledgement_closes():
    assert set(Step) - CLOSING == {Step.ACKNOWLEDGE}


def test_every_state_says_what_follows_for_the_score():
    assert set(FOLLOWS) == set(State)


def test_the_documentation_shows_the_table_of_the_code(repository):
    page = (repository / "docs" / "reference" / "oversight.md").read_text()
    assert as_markdown() in page, f"write this table into it:\n{as_markdown()}"

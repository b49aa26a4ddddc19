from pathlib import Path

from governance.approval.diagram import PAGE, drawn_into, mermaid, rows
from governance.approval.states import PERMISSIONS, STATES, State, Step

ROOT = Path(__file__).parents[4]


def test_the_page_shows_the_table_of_states_as_it_is():
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert drawn_into(page) == page, "run: python -m governance.approval.diagram"


def test_the_drawing_has_an_arrow_for_every_step_and_no_other():
    drawn = [line.strip() for line in mermaid().splitlines() if ": " in line]
    assert len(drawn) == len(STATES) == len(rows())
    for (at, step), to in STATES.items():
        assert f"{at.replace(' ', '_')} --> {to.replace(' ', '_')}: {step}" in drawn


def test_every_state_is_reached_and_every_step_is_somebodys_or_happens_by_itself():
    assert set(STATES.values()) | {State.DRAFT} == set(State)
    assert set(PERMISSIONS) | {Step.EXPIRE, Step.VOID} == set(Step)

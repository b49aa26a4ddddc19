"""The states of an approval as a diagram (Mermaid) and as a table, drawn from the table of states itself.

`python -m governance.approval.diagram` writes both into docs/reference/approval.md.
"""

from pathlib import Path

from governance.approval.states import PERMISSIONS, STATES, State, Step

PAGE = Path("docs", "reference", "approval.md")
START, END = "<!-- drawn by governance/approval/diagram.py -->", "<!-- end of what is drawn -->"

_BY_ITSELF = {
    Step.EXPIRE: "the clock: the day of review has come",
    Step.VOID: "nobody: a hash has changed",
}


def mermaid() -> str:
    """The diagram, as Mermaid draws it."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.DRAFT}"]
    lines += [f'    state "{state}" as {_id(state)}' for state in State if _id(state) != state]
    lines += [f"    {_id(at)} --> {_id(to)}: {step}" for (at, step), to in STATES.items()]
    lines += [f"    {_id(state)} --> [*]" for state in ends()]
    return "\n".join(lines)


def rows() -> list[tuple[str, str, str, str]]:
    """From, step, to and by whom, one row a step."""
    return [(at, step, to, _by(step)) for (at, step), to in STATES.items()]


def ends() -> list[State]:
    """States that no step leaves."""
    return [state for state in State if state not in {at for at, _ in STATES}]


def section() -> str:
    """What the page shows between its two marks."""
    table = [
        "| from | step | to | by |",
        "| --- | --- | --- | --- |",
        *(f"| {at} | `{step}` | {to} | {by} |" for at, step, to, by in rows()),
    ]
    return "\n".join([START, "", "```mermaid", mermaid(), "```", "", *table, "", END])


def drawn_into(page: str) -> str:
    """A page with its section drawn anew."""
    before, rest = page.split(START)
    return f"{before}{section()}{rest.split(END)[1]}"


def _id(state: State) -> str:
    return state.replace(" ", "_")


def _by(step: Step) -> str:
    if step in _BY_ITSELF:
        return _BY_ITSELF[step]
    holder = f"a holder of `{PERMISSIONS[step]}`"
    if step in {Step.REVIEW, Step.APPROVE, Step.REFUSE}:
        return f"{holder} who did not submit it"
    return holder


if __name__ == "__main__":
    PAGE.write_text(drawn_into(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

"""Section 10: the candidate beside the version in use, and who enters and leaves the list."""

from collections.abc import Iterator

from governance.assessment import Assessment
from governance.disclosure.control import DisclosurePolicy
from governance.fairness.coverage import title_of
from governance.fairness.list_movement import Movement
from governance.fairness.replacement import MOVED, PLACES, Gain, Replacement
from governance.report.document import Block, Bullets, Column, Heading, Paragraph, Section, Table
from governance.report.words import NOUNS, count, group_name, listed, percent, points

_TITLE = "Beside the version in use"
_ALL = 0.9995  # share of rows that rounds to all


def section(assessment: Assessment) -> Section:
    """Gains by paired bootstrap, and movement of the list by group."""
    found = assessment.further.replacement
    if found is None:
        text = "Not available: no other version is in use, so there is nothing to compare with."
        return Section(10, _TITLE, (Paragraph(text),))
    nouns = NOUNS[assessment.definition.unit][1]
    return Section(
        10,
        _TITLE,
        (
            Paragraph(
                f"Version {found.version} is in use. {_shared(found, nouns, assessment.policy)} Both put the same "
                f"{nouns} in order, so only the lists can differ."
            ),
            *(
                [Paragraph("The two lists are the same: nobody enters and nobody leaves.")]
                if _is_same(found)
                else [*_gains(found), *_places(found), *_movement(assessment, found)]
            ),
        ),
    )


def _is_same(found: Replacement) -> bool:
    """Whether both lists hold the same, everybody compared."""
    moved = [found.places[name]["n"] for name in MOVED if name in found.places]
    return len(moved) == len(MOVED) and not any(count is None or count for count in moved)


def _shared(found: Replacement, nouns: str, policy: DisclosurePolicy) -> str:
    """How many of the rows were tested with both, as finely as the policy prints counts of them."""
    if found.shared >= _ALL:
        return f"It was tested on the same {nouns} and dates."
    share = found.shared if policy.is_open else _printed_share(found)
    told = "some" if share is None else percent(share, 0)
    return f"It was tested on {told} of the same {nouns} and dates; only they are compared."


def _printed_share(found: Replacement) -> float | None:
    """The share by the counts that are printed; None where they are not."""
    counts = {name: part["n"] for name, part in found.places.items()}
    printed = [count for count in counts.values() if count is not None]
    if not printed or len(printed) < len(counts):
        return None
    return 1 - (counts.get(PLACES[-1]) or 0) / sum(printed)


def _gains(found: Replacement) -> Iterator[Block]:
    if not found.gains:
        yield Paragraph(
            "What is gained is withheld: so few enter or leave the list that a difference would "
            "give them away."
        )
        return
    yield Bullets(tuple(map(_sentence, found.gains)))
    yield Table(
        "Both versions on the same people",
        (
            Column("Rate"),
            Column(f"Version {found.version}, in use", "number"),
            Column("This version", "number"),
            Column("Difference, points", "number"),
            Column("Lower end of 95% interval", "number"),
            Column("Upper end of 95% interval", "number"),
        ),
        tuple(
            (
                gain.metric.title,
                percent(gain.before),
                percent(gain.after),
                *(points(p) for p in (gain.difference.value, gain.difference.low, gain.difference.high)),
            )
            for gain in found.gains
        ),
        note="Paired bootstrap, 1,000 replicates: people are drawn again, each with all dates and "
        "both lists, so that what both versions share cancels out.",
    )  # fmt: skip


def _sentence(gain: Gain) -> str:
    low, high = gain.difference.low, gain.difference.high
    if low > 0 or high < 0:
        read = "higher" if low > 0 else "lower"
        return f"{gain.metric.title}: {read} than with the version in use, by {_range(low, high)} points."
    return (
        f"{gain.metric.title}: we cannot tell it from the version in use (between "
        f"{points(low)} and {points(high)} points)."
    )


def _range(low: float, high: float) -> str:
    near, far = sorted((abs(low), abs(high)))
    return f"{points(near, is_signed=False)} to {points(far, is_signed=False)}"


def _places(found: Replacement) -> Iterator[Block]:
    yield Heading("Who enters and who leaves the list")
    if not found.places:
        yield Paragraph(
            "Withheld: so few enter or leave that the two lists together would tell who."
        )
        return
    parts = found.places.values()
    shown = {"n": "All", "known": "Outcome known", "positives": "Outcome happened"}
    if all(part["n"] is None for part in parts):
        del shown["n"]
    elif all(part["unknown"] == 0 for part in parts):
        del shown["known"]
    yield Table(
        "Places on the two lists, and what became of those in them",
        (Column("Place"), *(Column(words, "number") for words in shown.values())),
        tuple(
            (f"{name[0].upper()}{name[1:]}", *(count(part[key]) for key in shown))
            for name, part in found.places.items()
        ),
    )


def _movement(assessment: Assessment, found: Replacement) -> Iterator[Block]:
    titles = {a.name: title_of(a) for a in assessment.definition.fairness.attributes}
    for name, moved in found.movement.items():
        yield Table(
            f"{titles[name]}: places on the list of version {found.version} and of this one",
            (
                Column("Group"),
                Column("In use", "number"),
                Column("This version", "number"),
                Column("Stay", "number"),
                Column("Enter", "number"),
                Column("Leave", "number"),
            ),
            tuple(_cells(each) for each in moved),
        )
    withheld = [title.lower() for name, title in titles.items() if name not in found.movement]
    if withheld:
        yield Paragraph(
            f"Withheld by {listed(withheld)}: too few of some group enter, stay or leave, or beside "
            "the pairs of section 8 the numbers could give away smaller ones."
        )


def _cells(moved: Movement) -> tuple[str, ...]:
    parts = (moved.before, moved.after, moved.stays, moved.enters, moved.leaves)
    return (
        group_name(moved.group),
        *(part if isinstance(part, str) else count(part) for part in parts),
    )

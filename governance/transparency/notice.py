"""What the people a model is about are told of a version of it, in plain words.

One text for the record that a command writes and for the service's own page: each gives its facts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from hearth.definition import ModelDefinition
from hearth.release import AREAS

ACKNOWLEDGE_WITHIN_DAYS = 30
_YOURS = {"household": "your household", "property": "your home", "person": "you"}
_MANY = {"household": "households", "property": "homes", "person": "people"}
_LEADS_TO = {
    "assistive": "A high score may bring an offer of help.",
    "punitive": "A high score may bring a check. If something is found, enforcement may follow.",
    "mixed": "A high score may bring help, or a check. If something is found, enforcement may follow.",
}


@dataclass(frozen=True)
class Section:
    """One heading of a notice, with its paragraphs and then its points."""

    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notice:
    """The notice of one version of a model, in the order it is read."""

    title: str
    sections: tuple[Section, ...]

    def as_markdown(self) -> str:
        """The notice as text/markdown."""
        lines = [f"# {self.title}"]
        for section in self.sections:
            lines += [f"## {section.title}", *section.paragraphs]
            if section.points:
                lines.append("\n".join(f"- {point}" for point in section.points))
        return "\n\n".join(lines) + "\n"


@dataclass(frozen=True)
class Record:
    """Records that a score looks at: their topic, the source's title, and whether few may see them."""

    topic: str
    source: str
    is_guarded: bool


@dataclass(frozen=True)
class Approved:
    """Who approved the version, by role, and when."""

    role: str
    on: date


@dataclass(frozen=True)
class NoticeFacts:
    """What a notice is made of.

    Attributes
    ----------
    unit, intervention, release_level : str
        As the definition says them.
    usual : str or None
        How often the outcome comes about among all, such as `About 31 of every 100 households`.
    compared_with : tuple of int and date, or None
        How many a score is compared with, and as of which day.
    grounds : tuple of str
        The law of each source, a sentence or two each.
    review_every : str or None
        Time between reviews in words.
    scores_last : str
        How long a score may be used, in words.
    held_back : float or None
        Share of the list that is held back by lot.
    approved : Approved or None
        None where nobody has approved the version.
    """

    title: str
    version: str
    question: str
    purpose: str
    unit: str
    intervention: str
    release_level: str
    caveats: tuple[str, ...]
    records: tuple[Record, ...]
    grounds: tuple[str, ...]
    owner: str | None
    contact: str | None
    review_every: str | None
    sunset: date | None
    scores_last: str
    usual: str | None = None
    compared_with: tuple[int, date] | None = None
    held_back: float | None = None
    approved: Approved | None = None

    @property
    def yours(self) -> str:
        """What of the reader's is scored."""
        return _YOURS[self.unit]

    @property
    def many(self) -> str:
        """Several of what is scored."""
        return _MANY[self.unit]

    @property
    def is_by_area(self) -> bool:
        """Whether results are released for areas only."""
        return self.release_level == AREAS


def notice_of(facts: NoticeFacts) -> Notice:
    """Notice of a version."""
    law = "On what legal ground"
    return Notice(
        f"How the council uses a computer model: {facts.title}",
        (
            Section("What it is for", tuple(_aim(facts))),
            Section("What a score says", tuple(_score(facts)), facts.caveats),
            Section("What it looks at", tuple(_looks(facts)), tuple(_records(facts))),
            *([Section(law, ("Each kind of record has its own legal ground:",), facts.grounds)] if facts.grounds else []),
            Section("Who decides", tuple(_decides(facts))),
            Section("Who approved it, and until when", tuple(_approved(facts))),
            Section("If you disagree", tuple(_contest(facts))),
        ),
    )  # fmt: skip


def _aim(facts: NoticeFacts) -> Iterator[str]:
    yield "The council uses a computer model to help its staff see where to go first. It asks one question:"
    yield f"“{facts.question}”"
    yield f"It is used for one purpose only: {facts.purpose.replace('_', ' ')}. {_LEADS_TO[facts.intervention]}"
    if facts.held_back:
        yield (
            f"We want to learn if visits help. So about {100 * facts.held_back:.0f} of every 100 {facts.many} on the "
            "list are drawn by lot. They are not visited for being on the list. If there is any other "
            "reason to help them, they are helped."
        )


def _score(facts: NoticeFacts) -> Iterator[str]:
    if facts.is_by_area:
        yield "Results are given for areas. Nobody is given a score of one household, home or person."
    yield (
        f"A score is a chance. It is not a fact about {facts.yours}. It says how often the answer was yes for "
        f"{facts.many} with records like these."
    )
    if facts.usual is not None:
        yield f"{facts.usual} had the answer yes, among those where it is known."


def _looks(facts: NoticeFacts) -> Iterator[str]:
    yield "It looks at these records, and at no others."
    if facts.compared_with is not None:
        rows, as_of = facts.compared_with
        yield (
            f"It compares {facts.yours} with {rows:,} {facts.many}. It takes the records as they stood on "
            f"{_day(as_of)}."
        )


def _records(facts: NoticeFacts) -> Iterator[str]:
    for record in facts.records:
        guarded = ". Few people may see these" if record.is_guarded else ""
        yield f"{record.topic}: from “{record.source}”{guarded}"


def _decides(facts: NoticeFacts) -> Iterator[str]:
    if facts.is_by_area:
        yield "The model decides nothing. People decide what is done in an area."
        return
    yield (
        "The model decides nothing. A member of staff reads the score and the records it comes from. Then they "
        "decide, and write their decision down. If they go against the score, they say why."
    )
    yield f"A score may be used for {facts.scores_last} at most."


def _approved(facts: NoticeFacts) -> Iterator[str]:
    yield (
        f"This is version {facts.version}. One person put it forward. Another, a {facts.approved.role}, approved it on "
        f"{_day(facts.approved.on)}."
        if facts.approved is not None
        else f"This is version {facts.version}. Nobody has approved it, so it is not in use."
    )
    if facts.review_every is not None:
        yield f"It is to be reviewed every {facts.review_every}."
    if facts.sunset is not None:
        yield f"From {_day(facts.sunset)} on it gives no scores, unless it is approved again."


def _contest(facts: NoticeFacts) -> Iterator[str]:
    if facts.contact is not None:
        answers = f"{facts.owner} answers for this model. " if facts.owner else ""
        yield (
            f"{answers}Write to {facts.contact}. You can ask what is held about {facts.yours}. You can ask to have it "
            "put right. You can object to this use."
        )
    if not facts.is_by_area:
        yield (
            "While an objection to a score is open, nobody may act on that score. Somebody new to the case "
            "answers it. They did not write it down, and they did not decide on the score. If you are right, the "
            "score is not used again."
        )
    yield (
        "You can complain about how your data are used. The council must say that it has your complaint within "
        f"{ACKNOWLEDGE_WITHIN_DAYS} days. You can also complain to the Information Commissioner’s Office (ICO), at "
        "ico.org.uk."
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def held_back_share(definition: ModelDefinition) -> float | None:
    """Share of the list that is held back by lot; None where nobody is."""
    held: Any = definition.hold_back
    return None if held is None else float(held.share)

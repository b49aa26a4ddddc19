"""What the people a model is about are told of it: made of its definition and its approval, and of nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hearth.periods import Period
from hearth.release import AREAS
from hearth.risk_model import RiskModel
from hearth.storage.published import Approval
from serving.oversight.challenges import ACKNOWLEDGE_WITHIN_DAYS
from serving.scores.scoring import EXPIRES_AFTER
from serving.scores.served_models import ServedModel
from serving.scores.wording import day_in_words, frequency_in_words, many_of

_YOURS = {"household": "your household", "property": "your home", "person": "you"}
_LEADS_TO = {
    "assistive": "A high score may bring an offer of help.",
    "punitive": "A high score may bring a check and, where something is found, enforcement.",
    "mixed": "A high score may bring help, or a check and, where something is found, enforcement.",
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


def notice_of(served: ServedModel) -> Notice:
    """Notice of the version in use."""
    model, approval = served.model, served.approval
    return Notice(
        f"How the council uses a computer model: {model.about['title']}",
        (
            Section("What it is for", tuple(_aim(model))),
            Section("What a score says", tuple(_score(model)), tuple(_caveats(model))),
            Section("What it looks at", tuple(_looks(model)), tuple(_records(model))),
            *_law(model),
            Section("Who decides", tuple(_decides(model))),
            Section("Who approved it, and until when", tuple(_approved(model, approval))),
            Section("If you disagree", tuple(_contest(model))),
        ),
    )


def _aim(model: RiskModel) -> Iterator[str]:
    about = model.about
    yield "The council uses a computer model to help its staff see where to go first. It asks one question:"
    yield f"“{about['question']}”"
    yield f"It is used for one purpose only: {str(about['purpose']).replace('_', ' ')}. {_LEADS_TO[about['intervention']]}"
    held_back = about.get("hold_back")
    if held_back:
        yield (
            f"To learn whether visits help, about {100 * held_back['share']:.0f} of every 100 "
            f"{many_of(str(about['unit']))} on the list are drawn by lot and are not approached because "
            "of the list. Where there is any other reason to help, they are helped."
        )


def _score(model: RiskModel) -> Iterator[str]:
    people = many_of(str(model.about["unit"]))
    usual = frequency_in_words(model.cohort.base_rate, people)
    if model.about["release_level"] == AREAS:
        yield "Results are given for areas. Nobody is given a score of one household, home or person."
    yield (
        f"A score is a chance, not a fact about {_yours(model)}. It says how often the outcome came about "
        f"for {people} whose records look alike. {usual} had the outcome, among those whose outcome is known."
    )


def _caveats(model: RiskModel) -> Iterator[str]:
    yield from (str(caveat) for caveat in model.about.get("caveats", ()))


def _looks(model: RiskModel) -> Iterator[str]:
    yield (
        f"It looks at these records, and at no others. It compares {_yours(model)} with "
        f"{model.cohort.rows:,} {many_of(str(model.about['unit']))} as the records stood on "
        f"{day_in_words(date.fromisoformat(model.cohort.as_of))}."
    )


def _records(model: RiskModel) -> Iterator[str]:
    for words in model.reasons:
        source = words.source_title or words.source.replace("_", " ")
        guarded = "; few people may see these" if words.sensitivity != "ordinary" else ""
        yield f"{words.title}: from “{source}”{guarded}"


def _law(model: RiskModel) -> Iterator[Section]:
    """The law of each source; bundles made before it was kept in them do not say."""
    sources: list[Mapping[str, Any]] = model.about.get("sources", [])
    if sources:
        yield Section(
            "On what legal ground",
            ("Each kind of record is held, and used for this, on its own ground:",),
            tuple(
                f"{source['title']}, held by {source['controller']}. {source['lawful_basis']} {source['power']}"
                for source in sources
            ),
        )


def _decides(model: RiskModel) -> Iterator[str]:
    if model.about["release_level"] == AREAS:
        yield "The model decides nothing. People decide what is done in an area."
        return
    yield (
        "The model decides nothing. A member of staff reads the score and what it rests on, decides, and "
        f"records the decision; whoever goes against a score says why. A score may be used for {EXPIRES_AFTER.in_words()} at most."
    )


def _approved(model: RiskModel, approval: Approval) -> Iterator[str]:
    oversight = _oversight(model)
    role = approval.decided_by_role.replace("_", " ")
    yield (
        f"One person put this version (number {approval.version}) forward, and another, a {role}, approved "
        f"it on {day_in_words(approval.decided_at.date())}."
    )
    if oversight.get("review_every"):
        yield f"It is to be reviewed every {Period.parse(oversight['review_every']).in_words()}."
    if oversight.get("sunset"):
        day = day_in_words(date.fromisoformat(oversight["sunset"]))
        yield f"From {day} on it gives no scores, unless it is approved again."


def _contest(model: RiskModel) -> Iterator[str]:
    oversight = _oversight(model)
    if oversight.get("contact"):
        owner = oversight.get("owner")
        answers = f"{owner} answers for this model. " if owner else ""
        yield (
            f"{answers}Write to {oversight['contact']} to ask what is held about {_yours(model)}, to have "
            "it put right, or to object."
        )
    if model.about["release_level"] != AREAS:
        yield (
            "While an objection to a score is open, nobody may act on that score. Somebody who neither "
            "recorded the objection nor decided on the score answers it. If the objection is upheld, the score "
            "is not used again."
        )
    yield (
        "The council must acknowledge a complaint about the use of your data within "
        f"{ACKNOWLEDGE_WITHIN_DAYS} days. "
        "You may also complain to the Information Commissioner’s Office (ico.org.uk)."
    )


def _yours(model: RiskModel) -> str:
    return _YOURS[str(model.about["unit"])]


def _oversight(model: RiskModel) -> Mapping[str, Any]:
    oversight: Mapping[str, Any] = model.about.get("oversight", {})
    return oversight

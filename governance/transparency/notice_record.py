"""The notice of a version as a record, with the age at which it can be read."""

from governance.report.document import Block, Bullets, Document, Paragraph, Section
from governance.transparency.facts import Facts
from governance.transparency.notice import (
    Approved,
    Notice,
    NoticeFacts,
    Record,
    held_back_share,
    notice_of,
)
from governance.transparency.reading_age import TARGET_AGE, reading_age

_SCORES_LAST = "1 month"  # as the service lets a score be used; a test holds the two together


def notice_facts(facts: Facts) -> NoticeFacts:
    """What the notice of a version is made of, from its definition and its contracts."""
    definition = facts.definition
    oversight = definition.oversight
    groups = [group for group in definition.features if not group.assessor]
    return NoticeFacts(
        title=definition.title,
        version=facts.version,
        question=definition.question,
        purpose=definition.purpose,
        unit=str(definition.unit),
        intervention=str(definition.intervention),
        release_level=definition.release_level,
        caveats=definition.caveats,
        records=tuple(
            Record(
                group.reason.title,
                facts.sources[group.source].title,
                facts.sources[group.source].law.sensitivity != "ordinary",
            )
            for group in groups
        ),
        grounds=tuple(
            f"{c.title}, held by {c.law.controller}. {c.law.lawful_basis.text} {' '.join(c.law.power.split())}"
            for c in facts.feature_sources().values()
        ),
        owner=oversight.owner,
        contact=oversight.contact,
        review_every=oversight.review_every.in_words(),
        sunset=oversight.sunset,
        scores_last=_SCORES_LAST,
        usual=_usual(facts),
        held_back=held_back_share(definition),
        approved=_approved(facts),
    )


def _usual(facts: Facts) -> str | None:
    """How often the outcome came about on the last test date, among all."""
    rate = facts.last_split.get("base_rate")
    if rate is None:
        return None
    people = {"household": "households", "property": "homes", "person": "people"}
    base = 100 if 0 < round(100 * rate) < 100 else 1000  # noqa: PLR2004 a rare outcome is counted in thousands
    return f"About {round(base * rate)} of every {base:,} {people[str(facts.definition.unit)]}"


def _approved(facts: Facts) -> Approved | None:
    if facts.approved is None:
        return None
    role, on = facts.approved
    return Approved(role.replace("_", " "), on)


def make_notice(facts: Facts) -> Notice:
    """The notice of a version."""
    return notice_of(notice_facts(facts))


def spoken_part(notice: Notice) -> str:
    """The notice without its lists: those hold titles, laws and caveats that others wrote."""
    return "\n\n".join(
        text for section in notice.sections for text in (f"{section.title}.", *section.paragraphs)
    )


def notice_document(facts: Facts) -> Document:
    """The notice as a document."""
    notice = make_notice(facts)
    age = reading_age(spoken_part(notice))
    return Document(
        title=notice.title,
        subtitle="For the people this model is about.",
        facts=(
            ("Version", facts.version),
            ("Reading age", f"about {age:.0f} years (target: {TARGET_AGE:.0f} at most), by the Flesch–Kincaid grade"),
        ),
        sections=tuple(
            Section(
                number,
                section.title,
                tuple(_blocks(section.paragraphs, section.points)),
            )
            for number, section in enumerate(notice.sections, start=1)
        ),
    )  # fmt: skip


def _blocks(paragraphs: tuple[str, ...], points: tuple[str, ...]) -> list[Block]:
    return [*map(Paragraph, paragraphs), *([Bullets(points)] if points else [])]

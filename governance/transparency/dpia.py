"""A draft of the data protection impact assessment: what is on record is filled in, the rest is marked.

References
----------
UK GDPR art. 35. Information Commissioner's Office, guide to data protection impact assessments,
"How do we do a DPIA?", whose seven steps these are.
"""

from collections.abc import Iterator

from governance.report.document import (
    Block,
    Column,
    Document,
    Heading,
    Inset,
    Paragraph,
    Section,
    SignOff,
    Table,
)
from governance.report.document import (
    Facts as FactsBlock,
)
from governance.report.words import day, listed
from governance.transparency.facts import Facts
from governance.transparency.filled import FILL
from governance.transparency.minimisation import change_in_words, minimisation_rows, sensitivity_of
from governance.transparency.places import length_in_words
from governance.transparency.risks import risks_of
from governance.transparency.written import DpiaAnswers
from hearth.source_contract import SourceContract

_ROLES = ("Senior responsible owner", "Data protection officer (advice)", "Head of the service")
QUESTIONS = {name: str(field.description) for name, field in DpiaAnswers.model_fields.items()}
"""What only people can answer, by key of `dpia` in transparency.yaml."""


def dpia_document(facts: Facts) -> Document:
    """The draft as a document of seven steps."""
    definition = facts.definition
    steps = (
        ("Why an assessment is needed", _need(facts)),
        ("What is done with the data: nature, scope, context, purposes", _processing(facts)),
        ("Consultation", [_asked(facts, "consultation")]),
        ("Necessity and proportionality", _necessity(facts)),
        ("Risks to people", _risks(facts)),
        ("Measures", _measures(facts)),
        ("Sign-off", [_asked(facts, "advice"), SignOff(_ROLES)]),
    )
    return Document(
        title=f"Data protection impact assessment (draft): {definition.title}",
        subtitle="A draft filled from what is on record. What a person must write is marked; the draft is no assessment until they have.",
        facts=(
            ("Model", f"{definition.model}, version {facts.version}"),
            ("Purpose", definition.purpose.replace("_", " ")),
            ("Owner", definition.oversight.owner),
            ("Made on", day(facts.on.isoformat())),
            ("Still to be written", f"{len(open_questions(facts))} of {len(QUESTIONS)} answers"),
        ),
        sections=tuple(
            Section(n, title, tuple(blocks)) for n, (title, blocks) in enumerate(steps, 1)
        ),
    )


def open_questions(facts: Facts) -> list[str]:
    """Keys of the answers that nobody has written yet."""
    return [name for name in QUESTIONS if getattr(facts.written.dpia, name) is None]


def _asked(facts: Facts, key: str) -> Block:
    """A person's answer, or a mark in its place."""
    answer: str | None = getattr(facts.written.dpia, key)
    if answer is not None:
        return Paragraph(" ".join(answer.split()))
    return Inset(f"To be written by a person (dpia.{key}): {QUESTIONS[key]}", is_warning=True)


def _need(facts: Facts) -> Iterator[Block]:
    yield Paragraph(
        "People are scored by matching records from several sources, some of them about children, health or money, "
        "and what follows may matter to them. Scoring or matching on such a scale calls for an assessment "
        "(UK GDPR art. 35)."
        if facts.definition.fairness.disclosure != "none"
        else "Places are scored by matching records from several sources, and what follows may matter to people there."
    )
    yield _asked(facts, "need")


def _processing(facts: Facts) -> Iterator[Block]:
    definition = facts.definition
    yield Heading("Nature")
    yield Paragraph(FILL["detailed_description"](facts))
    yield Paragraph(FILL["cleaning"](facts))
    yield Heading("Scope")
    yield _sources(facts)
    yield Paragraph(FILL["data_quantities"](facts))
    yield Heading("Context")
    yield _asked(facts, "relationship")
    yield Heading("Purposes")
    yield FactsBlock(
        (
            ("Purpose", definition.purpose.replace("_", " ")),
            ("Question", definition.question),
            ("Kind of intervention", str(definition.intervention)),
            ("Finest level released", definition.release_level.replace("_", " ")),
            ("Not used from", day(definition.oversight.sunset.isoformat())),
        )
    )


def _sources(facts: Facts) -> Table:
    return Table(
        "Sources, and on what footing each is used",
        tuple(map(Column, ("Source", "Controller", "Lawful basis", "Special category or criminal offences", "Sensitivity", "Kept", "Agreement"))),
        tuple(
            (
                contract.title,
                contract.law.controller,
                contract.law.lawful_basis.text,
                _special(contract),
                sensitivity_of(facts, name),
                length_in_words(contract.law.retention),
                _agreement(contract),
            )
            for name, contract in sorted(facts.sources.items())
        ),
    )  # fmt: skip


def _special(contract: SourceContract) -> str:
    condition = contract.law.special_category
    parts = [] if condition is None else [condition.text]
    parts += [contract.law.criminal_offence] if contract.law.criminal_offence else []
    return " ".join(parts) or "none"


def _agreement(contract: SourceContract) -> str:
    agreement = contract.law.agreement
    return (
        "the council’s own"
        if agreement is None
        else f"{agreement.reference}, until {day(agreement.expires.isoformat())}"
    )


def _necessity(facts: Facts) -> Iterator[Block]:
    rows = [row for row in minimisation_rows(facts) if row.features]
    powers = listed([f"{c.title}: {' '.join(c.law.power.split())}" for c in facts.sources.values()])
    yield Paragraph(f"Powers relied on. {powers}.")
    yield Table(
        "What each source buys",
        (Column("Source"), Column("Recall at capacity without it (95% interval)"), Column("So")),
        tuple((row.title, change_in_words(row), str(row.worth)) for row in rows),
    )
    yield Paragraph(FILL["alternatives"](facts))
    yield _asked(facts, "proportionality")


def _risks(facts: Facts) -> Iterator[Block]:
    yield Paragraph(
        "The risks below follow from what was found of this version. How likely and how grave each is, a person "
        "must judge."
    )
    yield Table(
        "Risks found, with what a person must judge",
        (Column("Kind"), Column("Risk, and what shows it"), Column("Likelihood and harm")),
        tuple((risk.kind, risk.what, "To be judged by a person") for risk in risks_of(facts)),
    )


def _measures(facts: Facts) -> Iterator[Block]:
    yield Table(
        "What is in place against each risk",
        (Column("Kind"), Column("Risk"), Column("Measure")),
        tuple((risk.kind, risk.what.partition(".")[0], risk.measures) for risk in risks_of(facts)),
    )
    yield _asked(facts, "residual_risk")

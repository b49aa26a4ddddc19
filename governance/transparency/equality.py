"""The nine protected characteristics: measured, proxy or not held and why (Equality Act 2010, ss. 4 and 149)."""

from governance.fairness.coverage import UNSAID, Coverage, coverage_of
from governance.report.document import (
    Block,
    Bullets,
    Column,
    Document,
    Inset,
    Paragraph,
    Section,
    Table,
)
from governance.report.words import counted
from governance.transparency.facts import Facts
from governance.transparency.figures import verdicts_in_words


def equality_document(facts: Facts) -> Document:
    """Coverage of the nine characteristics as a record of its own; none is left blank."""
    definition = facts.definition
    rows = coverage_of(definition.fairness)
    seen = sum(row.coverage is Coverage.MEASURED for row in rows)
    return Document(
        title=f"Equality duty: {definition.title}",
        subtitle="Which protected characteristics the results were compared by, and why not the others.",
        facts=(
            ("Model", f"{definition.model}, version {facts.version}"),
            ("Duty", "Equality Act 2010, section 149"),
            ("Measured", f"{seen} of {len(rows)} characteristics"),
        ),
        sections=(
            Section(
                1,
                "The nine characteristics, and three more",
                (
                    Paragraph(
                        "The duty covers characteristics we hold no data about too. “Proxy” means that an area "
                        "or another stand-in was looked at, not the people."
                    ),
                    Table(
                        "Coverage of each characteristic",
                        (
                            Column("Characteristic"),
                            Column("Coverage"),
                            Column("From where, or why not"),
                        ),
                        tuple((row.characteristic, str(row.coverage), row.detail) for row in rows),
                    ),
                    *_unsaid(facts),
                ),
            ),
            Section(2, "What was found", tuple(_found(facts))),
        ),
    )


def unsaid(facts: Facts) -> list[str]:
    """Characteristics of which the definition does not say why they are not held."""
    return [r.characteristic for r in coverage_of(facts.definition.fairness) if r.detail == UNSAID]


def _unsaid(facts: Facts) -> tuple[Block, ...]:
    missing = unsaid(facts)
    if not missing:
        return ()
    told = f"A person must still say in fairness.not_held of the definition why {counted(len(missing), 'characteristic is', 'characteristics are')} not held:"
    return (Inset(told, is_warning=True), Bullets(tuple(missing)))


def _found(facts: Facts) -> list[Block]:
    return [
        Paragraph(verdicts_in_words(facts)),
        Paragraph(
            "The fairness report gives each comparison with its interval. “Cannot tell” is not the same as no gap. "
            "Meeting the duty is more than figures: a person must weigh what they mean for the people concerned."
        ),
    ]

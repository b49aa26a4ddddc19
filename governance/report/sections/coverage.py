"""Section 3: which protected characteristics the report can speak of."""

from governance.assessment import Assessment
from governance.report.document import Column, Paragraph, Section, Table

_APART = (
    "Protected attributes are kept apart from the model's data, and joined for this report only."
)
_OF_A_FILE = "Groups are as the file gives them; whether the model used them is not known."


def section(assessment: Assessment) -> Section:
    """The nine characteristics, each measured, by proxy, or not held and why."""
    kept = _OF_A_FILE if assessment.given else _APART
    return Section(
        3,
        "Which characteristics we can speak of",
        (
            Paragraph(
                "The Equality Act 2010 names nine protected characteristics. The public sector "
                f"equality duty (section 149) covers those we hold no data about too. {kept}"
            ),
            Table(
                "Coverage of protected characteristics, and of deprivation, rurality and language",
                (Column("Characteristic"), Column("Coverage"), Column("From where, or why not")),
                tuple((r.characteristic, r.coverage.value, r.detail) for r in assessment.coverage),
            ),
        ),
    )

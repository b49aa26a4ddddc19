"""That rows are weighted, and what their counts then mean."""

from collections.abc import Iterator

from governance.assessment import Assessment
from governance.fairness.weighing import WeightedSum
from governance.report.document import Block, Heading, Paragraph

_NOTE = "Counts are of weighted rows, rounded."


def weighted_rows(assessment: Assessment) -> WeightedSum | None:
    """All rows and their weights; None where each row stands for itself."""
    weighted = assessment.performance.over_all.cohort.weighted
    return weighted["n"] if weighted else None


def with_note(assessment: Assessment, note: str = "") -> str:
    """The note of a table of counts, and that they are weighted where they are."""
    return f"{note} {_NOTE}".strip() if weighted_rows(assessment) else note


def weighted_words(assessment: Assessment) -> Iterator[Block]:
    """How rows were weighted, how many there are, and how many equal ones they are worth."""
    rows = weighted_rows(assessment)
    if rows is None:
        return
    yield Heading("Weighted rows")
    yield Paragraph(
        "The rows are a sample: each has a weight, which says how many of those it was drawn from it "
        "stands for. Every count and every rate in this report is weighted. Weights are scaled to 1 on "
        "average at each test date, and counts are rounded to whole numbers, so that parts may not add "
        "up to their whole."
    )
    yield Paragraph(
        f"There are {rows.people:,} rows. Unequal weights make them worth {rows.effective:,.0f} rows "
        "of equal weight (Kish 1965), and intervals are as wide as that many would give, reckoned "
        "group by group. Where a comparison needs a least number, rows are counted, not weights. "
        "That the weights are right cannot be seen from the rows."
    )

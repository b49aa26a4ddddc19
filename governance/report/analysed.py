"""What `hearth analyse` found of the version reported on, or why a section has to do without it."""

from collections.abc import Mapping
from typing import Any

from governance.assessment import Assessment
from governance.report.document import Paragraph, Section


def found_by(assessment: Assessment, name: str) -> Mapping[str, Any] | None:
    """Figures of one analysis; None where nobody ran it."""
    return assessment.analyses.get(name)


def not_available(number: int, title: str, assessment: Assessment, name: str) -> Section:
    """The section where the analysis is missing: what to run, or that nothing can be."""
    return Section(number, title, (Paragraph(_reason(assessment, name)),))


def _reason(assessment: Assessment, name: str) -> str:
    if not assessment.matrix:
        return "Not available: the file holds scores, not the model."
    model = assessment.definition.model
    return (
        f"Not available: nobody has run this analysis of version {assessment.version}. Run "
        f"hearth analyse {model} {name}, then hearth report {model} again."
    )

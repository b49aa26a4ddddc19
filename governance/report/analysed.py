"""What `hearth analyse` found of the version reported on, or why a section has to do without it."""

from collections.abc import Mapping
from typing import Any

from governance.assessment import Assessment
from governance.report.document import Paragraph, Section
from governance.report.findings import candidate_name


def found_by(assessment: Assessment, name: str) -> Mapping[str, Any] | None:
    """Figures of one analysis; None where nobody ran it."""
    return assessment.analyses.get(name)


def not_available(number: int, title: str, assessment: Assessment, name: str) -> Section:
    """The section where the analysis is missing: what to run, or that nothing can be."""
    return Section(number, title, (Paragraph(how_to_run(assessment, name)),))


def whose_lists(assessment: Assessment, learner: str) -> str:
    """Whose lists an analysis drew, where they are not of what is proposed."""
    name = candidate_name(learner)
    if learner == assessment.candidate:
        return f"These are lists of {name}, which is what is proposed."
    proposed = candidate_name(assessment.candidate)
    return f"These are lists of {name}; what is proposed is {proposed}, of which they say nothing."


def how_to_run(assessment: Assessment, name: str) -> str:
    """Why an analysis is missing, and the command that makes it."""
    if assessment.given is not None:
        return "Not available: the file holds scores, not the model."
    model = assessment.definition.model
    return (
        f"Not available: nobody has run this analysis of version {assessment.version}. Run "
        f"hearth analyse {model} {name}, then hearth report {model} again."
    )

"""Section 1: the decision, and who is harmed by which error."""

from governance.assessment import Assessment
from governance.fairness.policy import headline_metrics
from governance.report.document import Column, Facts, Paragraph, Section, Table
from governance.report.words import NOUNS
from hearth.definition import Intervention, ModelDefinition

_KIND = {
    Intervention.ASSISTIVE: "Being on the list brings help. The worst error is to miss someone in "
    "need, so groups are compared first by how many of those in need the list found.",
    Intervention.PUNITIVE: "Being on the list brings a burden. The worst error is to list someone "
    "without cause, so groups are compared first by how often the list was wrong.",
    Intervention.MIXED: "Being on the list can bring help and a burden at once. Both errors count, "
    "so groups are compared by how many in need were found and by how often the list was wrong.",
}
_INFORMS = "A score informs a person, who decides. Whoever it concerns can contest it."
_UNSAID = (
    "Not available: who decides on a score, and whether whoever it concerns can contest it. The "
    "file does not say."
)
_HELPED, _MISSED = "Reached in time", "Left without help that was needed"
_BURDENED, _SPARED = "Put under scrutiny without cause", "Rightly left alone"
_WASTED = "A visit that someone else needed more"
_ERRORS = {
    Intervention.ASSISTIVE: (_HELPED, _WASTED, _MISSED, _SPARED),
    Intervention.PUNITIVE: ("Acted on with cause", _BURDENED, "Not acted on", _SPARED),
    Intervention.MIXED: (_HELPED, f"{_BURDENED}; {_WASTED.lower()}", _MISSED, _SPARED),
}


def section(assessment: Assessment) -> Section:
    """The decision: kind of intervention, capacity, and what each error does."""
    definition = assessment.definition
    happened, did_not, missed, spared = _ERRORS[definition.intervention]
    capacity = definition.capacity
    nouns = NOUNS[definition.unit][1]
    length = (
        f"{capacity.count:,} {nouns} a round"
        if capacity.count
        else f"{100 * (capacity.share or 0):g}% of {nouns} a round"
    )
    given = assessment.given
    where = NOUNS[definition.unit][2]
    compared = [
        f"{m.title.lower()}: of those {m.among.format(where=where)}, the share that {m.share}"
        for m in headline_metrics(definition.intervention)
    ]
    return Section(
        1,
        "The decision, and the harm an error does",
        (
            Paragraph(_KIND[definition.intervention]),
            Table(
                "What each result means for the people concerned",
                (Column("Result"), Column("The outcome happened"), Column("It did not happen")),
                (
                    ("On the list", happened, did_not),
                    ("Not on the list", missed, spared),
                ),
            ),
            Facts(
                (
                    ("Kind of intervention", definition.intervention.value),
                    ("Purpose", definition.purpose.replace("_", " ")),
                    ("Capacity", (given.listed if given else None) or length),
                    ("Compared first by", "; ".join(compared)),
                    (
                        "Tolerance",
                        f"a ratio between {definition.fairness.tolerance[0]:g} and "
                        f"{definition.fairness.tolerance[1]:g} is no concern",
                    ),
                    ("Finest unit released", _released(definition)),
                )
            ),
            Paragraph(_UNSAID if given else _INFORMS),
        ),
    )


def _released(definition: ModelDefinition) -> str:
    """Area, or the very unit that is scored."""
    if definition.release_level == "output_area":
        return "output area: nothing about a single household leaves the service"
    return NOUNS[definition.unit][0]

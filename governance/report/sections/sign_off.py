"""Section 18: limits, signatures and dissent, hashes, and how to run it again."""

from governance.assessment import Assessment
from governance.report.differencing import beside_earlier
from governance.report.document import Bullets, Facts, Heading, Paragraph, Section, SignOff

_LIMITS = (
    "Past outcomes are not future ones: base rates move, and the list with them.",
    "The figures are about a list as it would have been. Once the list is used, outcomes are "
    "outcomes after help, and have to be read so.",
    "An outcome is what was recorded. Where recording differs between groups, this report sees "
    "the difference in recording too, and cannot part the two.",
    "Intervals say how far chance alone could move a figure. They do not say how wrong the data are.",
    "Numbers that are withheld stay unknown to the reader: that a gap is not shown here does not "
    "mean that there is none.",
    "Groups are as they were recorded. Who is not recorded, or recorded wrongly, is judged wrongly "
    "here.",
)

_LOGGED = (
    "The signatures that count are the entries of two different people in the audit log: whoever "
    "submits a version never decides on it. This box is for the minutes."
)
_MINUTES = "No approval is kept of a file of scores: this box is for the minutes."
_ROLES = (
    "It asks for roles, not names. Whoever disagrees writes down why, and the dissent is kept with "
    "the decision."
)
_NAMED = "Each is named by its SHA-256, which no other file has."
_VOID = (
    "An approval holds for exactly this model, matrix and report. If one of them changes by a "
    "byte, the approval is void."
)


def section(assessment: Assessment) -> Section:
    """Limitations, sign-off box, provenance."""
    given = assessment.given
    oversight, provenance = assessment.definition.oversight, assessment.provenance
    return Section(
        18,
        "Limits and sign-off",
        (
            Heading("Limits"),
            Bullets((*assessment.definition.caveats, *_LIMITS)),
            *beside_earlier(assessment),
            Heading("Who answers for it"),
            Facts(
                (("Owner", "not available: the rows do not say"),)
                if given
                else (
                    ("Owner", oversight.owner),
                    ("Contact", oversight.contact),
                    ("Looked at again", f"every {oversight.review_every.in_words()}"),
                    ("Use ends on", f"{oversight.sunset:%-d %B %Y}"),
                )
            ),
            Heading("Signatures"),
            Paragraph(f"{_MINUTES if given else _LOGGED} {_ROLES}"),
            SignOff(("Submitted by", "Decided by, for the board")),
            Heading("Data, model and code it was made from"),
            Paragraph(_NAMED if given else f"{_NAMED} {_VOID}"),
            Facts(
                (
                    *((name, digest) for name, digest in provenance.hashes.items()),
                    ("Hearth", provenance.hearth_version),
                    ("Made on", provenance.made_on),
                    ("To make it again", provenance.command),
                )
            ),
        ),
    )

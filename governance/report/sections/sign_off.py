"""Section 18: limits, signatures and dissent, hashes, and how to run it again."""

from governance.assessment import Assessment
from governance.report.document import Bullets, Facts, Heading, Paragraph, Section, SignOff

_LIMITS = (
    "Past outcomes are not future ones: base rates move, and the list with them.",
    "The figures are about a list as it would have been. Once the list is used, outcomes are "
    "outcomes after help, and have to be read so.",
    "An outcome is what was recorded. Where recording differs between groups, this report sees "
    "the difference in recording too, and cannot part the two.",
    "Groups are as the council records them. Who is not recorded, or recorded wrongly, is judged "
    "wrongly here.",
)
_NOT_YET = (
    "Sections 9 to 17 (threshold explorer, list movement, proxies, matched pairs, stability, "
    "drift, human use, geography, mitigations) are not in this version of the report."
)


def section(assessment: Assessment) -> Section:
    """Limitations, sign-off box, provenance."""
    oversight, provenance = assessment.definition.oversight, assessment.provenance
    return Section(
        18,
        "Limits and sign-off",
        (
            Heading("Limits"),
            Bullets((*assessment.definition.caveats, *_LIMITS, _NOT_YET)),
            Heading("Who answers for it"),
            Facts(
                (("Owner", "not available: the rows do not say"),)
                if assessment.given
                else (
                    ("Owner", oversight.owner),
                    ("Contact", oversight.contact),
                    ("Looked at again", f"every {oversight.review_every.in_words()}"),
                    ("Use ends on", f"{oversight.sunset:%-d %B %Y}"),
                )
            ),
            Heading("Signatures"),
            Paragraph(
                "The signatures that count are the entries of two different people in the audit "
                "log. This box is for the minutes. Whoever disagrees writes down why."
            ),
            SignOff(("Submitted by", "Decided by, for the board")),
            Heading("What this report is about"),
            Paragraph(
                "An approval holds for exactly these files. If one of them changes by a byte, the "
                "approval is void."
            ),
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

"""Risks as the findings of a version show them, with what is in place against each.

How likely and how grave a risk is, and what is left of it, only people can say.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from governance.fairness.coverage import Coverage, coverage_of
from governance.report.words import counted, day, listed
from governance.transparency.facts import Facts
from governance.transparency.figures import found_in_report, verdicts_in_words
from governance.transparency.minimisation import candidates_to_drop, minimisation_rows
from governance.transparency.places import length_in_words
from hearth.definition import Intervention
from hearth.source_contract import AgreementState

_NEAR = "ends within 90 days"


@dataclass(frozen=True)
class Risk:
    """One risk: of which kind, what it is and what shows it, and what is in place against it."""

    kind: str
    what: str
    measures: str


def risks_of(facts: Facts) -> tuple[Risk, ...]:
    """Risks of a version, in the order of the transparency record's six kinds."""
    return (
        *_of_data(facts),
        *_of_use(facts),
        *_of_efficacy(facts),
        *_of_outputs(facts),
        *_of_organisation(facts),
        _of_public(facts),
    )


def _of_data(facts: Facts) -> Iterator[Risk]:
    sources = facts.sources.values()
    special = [c.title for c in sources if c.law.special_category or c.law.criminal_offence]
    restricted = [c.title for c in sources if c.law.sensitivity == "restricted"]
    if special:
        yield Risk(
            "Data",
            f"Special-category or criminal-offence data are read: {listed(special)}.",
            "Each has its condition in its contract; a build stops where a source does not allow the purpose. "
            "Attributes kept for comparison never enter a score.",
        )
    if restricted:
        yield Risk(
            "Data",
            f"Restricted records are read, and a reason could give them away: {listed(restricted)}.",
            "Without a permission of its own a reader is told only “information from a restricted source”.",
        )
    candidates = candidates_to_drop(minimisation_rows(facts))
    if candidates:
        yield Risk(
            "Data",
            f"More may be read than is needed: no loss was measurable without {listed(candidates)}.",
            "The minimisation table names them for the board.",
        )
    kept = sorted({length_in_words(c.law.retention) for c in sources})
    yield Risk(
        "Data",
        f"Records may be kept too long. The contracts say: {listed(kept)}.",
        "Rows past their retention are not taken in; a purge command removes scores and leaves a certificate.",
    )


def _of_use(facts: Facts) -> Iterator[Risk]:
    worst = {
        Intervention.ASSISTIVE: "Somebody in need may be missed, as they are not on the list",
        Intervention.PUNITIVE: "Somebody may be checked without cause, as they are on the list",
        Intervention.MIXED: "Somebody in need may be missed, or somebody checked without cause",
    }[facts.definition.intervention]
    yield Risk(
        "Use",
        f"{worst}; staff may follow the list without looking.",
        "Every score says how often such scores come true, and its interval. Each decision is recorded; going "
        "against a score is counted, not discouraged.",
    )
    yield Risk(
        "Use",
        "Scores may be used for another purpose.",
        f"A key holds purposes; a score for any but {facts.definition.purpose.replace('_', ' ')} is refused, and each "
        "reading is on record.",
    )


def _of_efficacy(facts: Facts) -> Iterator[Risk]:
    found, unknown = found_in_report(facts)
    yield Risk(
        "Efficacy",
        f"It may not find enough of those it is for. {' '.join(found[:3])}".strip(),
        "A bar was set before the results were known, beside simple rules; calibration and drift are watched.",
    )
    if unknown:
        yield Risk(
            "Efficacy",
            f"Not known: {' '.join(unknown)}",
            "The report names each as an open question to the board.",
        )


def _of_outputs(facts: Facts) -> Iterator[Risk]:
    level = facts.definition.release_level
    yield Risk(
        "Outputs and decisions",
        f"Some groups may be served worse than others. {verdicts_in_words(facts)}",
        "Each group is compared with its interval; “cannot tell” is a verdict; gaps are put to the board.",
    )
    rows = coverage_of(facts.definition.fairness)
    dark = [row.characteristic.lower() for row in rows if row.coverage is Coverage.NOT_HELD]
    if dark:
        yield Risk(
            "Outputs and decisions",
            f"Nothing can be said about {listed(dark)}: no data are held.",
            "The equality record says why for each; the duty covers them all the same.",
        )
    yield Risk(
        "Outputs and decisions",
        f"Results leave the service for each {level.replace('_', ' ')}, and can be linked to people.",
        "No identifier stands in addresses or logs; small counts are withheld; a person decides each time."
        if level != "output_area"
        else "No household’s score leaves the service.",
    )


def _of_organisation(facts: Facts) -> Iterator[Risk]:
    states = {
        contract.title: (contract.law.agreement_state(facts.on), contract.law.agreement)
        for contract in facts.sources.values()
    }
    ended = [title for title, (state, _) in states.items() if state is AgreementState.EXPIRED]
    soon = [
        f"{title} ({_NEAR}, {day(agreement.expires.isoformat())})"
        for title, (state, agreement) in states.items()
        if agreement is not None and state is AgreementState.EXPIRES_SOON
    ]
    if ended or soon:
        told = [*(f"{title} (has ended)" for title in ended), *soon]
        yield Risk(
            "Organisation",
            f"Sharing agreements run out: {listed(told)}.",
            "An extract without a current agreement is not taken in, and a build with it stops.",
        )
    sunset = facts.definition.oversight.sunset
    left = (sunset - facts.on).days
    yield Risk(
        "Organisation",
        f"It may go on unwatched. Its last day of use is before {day(sunset.isoformat())}, "
        f"in {counted(max(left, 0), 'day')}.",
        "After that day it gives no scores. Whoever submits a version never approves it.",
    )


def _of_public(facts: Facts) -> Risk:
    return Risk(
        "Public engagement",
        "People may not know that the tool is used, or how to object.",
        f"A notice for each version says so in plain words; {facts.definition.oversight.contact} answers; a challenge "
        "suspends the use of the score.",
    )

"""What was measured of a version, in words: its figures by group from the report, and its use."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.fairness.coverage import title_of
from governance.fairness.policy import headline_metrics
from governance.report.sections.verdict import BESIDE, HOW_WELL, SUCCESS
from governance.report.words import UNKNOWN, count, counted, day, group_name, percent
from governance.transparency.facts import Facts
from governance.transparency.usage import Usage

_VERDICT = 0  # number of the report's section that holds the verdict


def found_in_report(facts: Facts) -> tuple[list[str], list[str]]:
    """What the report's first page says was found, how well the list works first, and what is not known."""
    blocks = [
        block
        for section in facts.report["document"]["sections"]
        if section["number"] == _VERDICT
        for block in section["blocks"]
    ]
    well = [
        said
        for block in blocks
        if block["kind"] == "facts"
        for name, said in block["items"]
        if name in {SUCCESS, HOW_WELL, BESIDE}
    ]
    lists: list[list[str]] = [list(b["items"]) for b in blocks if b["kind"] == "bullets"]
    *found, unknown = lists or [[]]
    return [*well, *(said for each in found for said in each)], unknown


def verdicts_in_words(facts: Facts) -> str:
    """How many comparisons between groups read how."""
    told = ", ".join(f"{number} {verdict}" for verdict, number in facts.report["verdicts"].items())
    return f"Comparisons between groups: {told or 'none made'}."


def figures_in_words(facts: Facts) -> Iterator[str]:
    """Performance, then by group with intervals and verdicts, then what was tried against gaps."""
    yield from found_in_report(facts)[0]
    yield verdicts_in_words(facts)
    for name, table in facts.report["groups"].items():
        yield from _by_group(facts, name, table)
    yield mitigations_in_words(facts)


def mitigations_in_words(facts: Facts) -> str:
    """What was tried against gaps between groups."""
    found = facts.analyses.get("mitigations")
    if found is None:
        return (
            "Mitigations: none was tried for this version "
            f"(hearth analyse {facts.definition.model} says which there are)."
        )
    said = " ".join(found.get("sentences", []))
    return f"Mitigations tried: {said or 'see section 17 of the fairness report.'}"


def _by_group(facts: Facts, name: str, table: Mapping[str, Any]) -> Iterator[str]:
    attributes = {a.name: title_of(a) for a in facts.definition.fairness.attributes}
    for metric in headline_metrics(facts.definition.intervention):
        parts = [
            f"{group_name(row['group'])} {_rate(row['rates'][metric.name])}{_verdict(row, metric.name)}"
            for row in table["rows"]
            if metric.name in row["rates"]
        ]
        if parts:
            yield f"{metric.title}, by {attributes.get(name, name).lower()}: {'; '.join(parts)}."


def _rate(rate: Mapping[str, Any]) -> str:
    interval = rate["interval"]
    if interval is None:
        return str(rate["mark"] or UNKNOWN)
    return (
        f"{percent(interval['value'])} ({percent(interval['low'])} to {percent(interval['high'])})"
    )


def _verdict(row: Mapping[str, Any], metric: str) -> str:
    comparison = (row.get("comparisons") or {}).get(metric)
    return "" if not comparison else f", {comparison['verdict']}"


def usage_in_words(facts: Facts) -> str:
    """How often the version was used and how often people decided otherwise, small counts withheld."""
    usage = facts.usage
    if usage.scores == 0:
        return (
            f"No score has been made with version {facts.version} by {day(facts.on.isoformat())}."
        )
    if usage.scores is None:
        return (
            "Used so seldom until now that the number of scores is withheld to protect people [c]."
        )
    period = (
        f" between {day(usage.first_day)} and {day(usage.last_day)}"
        if usage.first_day and usage.last_day
        else ""
    )
    return f"{counted(usage.scores, 'score')}{period}. {_decisions(usage)}"


def _decisions(usage: Usage) -> str:
    if usage.decided == 0:
        return "No decision on one is recorded."
    if usage.outcomes is None:
        return (
            f"Scores decided on: {count(usage.decided)}. How many agreed or went against the score is withheld: "
            "some of these numbers are too small to print [c]."
        )
    told = ", ".join(f"{number:,} {outcome}" for outcome, number in usage.outcomes.items())
    rate = usage.override_rate
    rated = (
        ""
        if rate is None
        else (
            f" People went against {percent(rate.value)} of the scores they agreed with or overrode "
            f"(95% interval {percent(rate.low)} to {percent(rate.high)})."
        )
    )
    return f"Scores decided on: {count(usage.decided)} ({told}; the last decision on each counts).{rated}"

"""What Hearth itself says in the fields of the transparency record: one function a field."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from governance.report.words import NOUNS, counted, day, listed
from governance.transparency.data_words import (
    access,
    agreements,
    collection,
    completeness,
    datasets,
    each_source,
    kept,
    one_line,
    operational_sources,
    sensitive_attributes,
    sensitive_sources,
)
from governance.transparency.facts import Facts
from governance.transparency.figures import figures_in_words, usage_in_words
from governance.transparency.risks import risks_of
from hearth.definition import Intervention

Fill = Callable[[Facts], str]

_LEADS_TO = {
    Intervention.ASSISTIVE: "an offer of help",
    Intervention.PUNITIVE: "a check and, where something is found, enforcement",
    Intervention.MIXED: "help, or a check and, where something is found, enforcement",
}
_KINDS = {
    "lightgbm": "Gradient-boosted decision trees (LightGBM), with calibrated probabilities.",
    "logistic": "Logistic regression, with calibrated probabilities.",
}


def _summary(facts: Facts) -> str:
    d = facts.definition
    return (
        f"Puts {_units(facts)} in order of how likely the answer to one question is to be yes, so that "
        f"staff can see where to look first: {d.question}"
    )


def _description(facts: Facts) -> str:
    return (
        f"{_summary(facts)} Being on the list may bring {_LEADS_TO[facts.definition.intervention]}. "
        "A member of staff decides each time; the tool decides nothing."
    )


def _detailed(facts: Facts) -> str:
    d, label = facts.definition, facts.definition.label
    length = d.capacity.count or f"{d.capacity.share:.0%} of {_units(facts)}"
    return (
        f"On a set day the tool reads what the council knew by then of each of the {_units(facts)} concerned, "
        f"and gives each a score: how often the outcome came about for those whose records look alike. "
        f"The outcome is looked for in “{_title(facts, label.source)}” within {label.window.in_words()}. "
        f"The service can reach {length} in a round, and every figure is for a list of that length. Records "
        f"learned after the day are never used. "
        f"Results leave the service for each {_finest(facts)}, and no finer."
    )


def _alternatives(facts: Facts) -> str:
    chosen = facts.metrics["chosen"]
    others = [name for name in facts.last_split["candidates"] if name != chosen]
    return f"Compared on the same people and dates: {listed(others)}. Chosen: {chosen}."


def _human_review(facts: Facts) -> str:
    if facts.definition.release_level == "output_area":
        return (
            "Results are given for areas. People decide what is done in an area; nobody is scored."
        )
    return (
        "A member of staff reads the score, its reasons, the records it rests on, what is missing, and "
        "its limits; decides; and records the decision, with a reason where it goes against the score. "
        "No action follows from a score alone."
    )


def _appeals(facts: Facts) -> str:
    contact = facts.definition.oversight.contact
    return (
        f"Anybody concerned can write to {contact} to ask what is held, to have it put right, or to object. "
        "While a challenge to a score is open, nobody may act on that score. Somebody who neither recorded "
        "the challenge nor decided on the score answers it. People can also complain to the Information "
        "Commissioner’s Office (ico.org.uk)."
    )


def _system_architecture(_facts: Facts) -> str:
    return (
        "Hearth, open-source software, in four parts: one reads and links records and computes values as they "
        "were known on a day; one trains and tests models; one compares groups and holds approvals; one gives "
        "scores with reasons over an authenticated interface and pages. Every score, reading and decision enters a "
        "log in which later changes show."
    )


def _system_output(facts: Facts) -> str:
    return (
        f"For each {_finest(facts)}: a score as a chance, its place among all, an interval, reasons in plain "
        "words by topic, missing records, and the day from which the score must not be used."
    )


def _maintenance(facts: Facts) -> str:
    oversight = facts.definition.oversight
    return (
        f"Reviewed every {oversight.review_every.in_words()} and not used from {day(oversight.sunset.isoformat())}. "
        f"Before the board, version {facts.version} is: {facts.state}. A change of the model, its data or its report "
        "voids the approval. Drift and calibration are watched by a monitoring command."
    )


def _performance(facts: Facts) -> str:
    return "\n".join(figures_in_words(facts))


def _quantities(facts: Facts) -> str:
    dates = facts.matrix.get("as_of", [])
    told = (
        [f"{facts.matrix['rows']:,} rows ({_units(facts)} by date)"]
        if "rows" in facts.matrix
        else []
    )
    told += (
        [f"{counted(len(dates), 'date')} from {day(dates[0])} to {day(dates[-1])}"] if dates else []
    )
    told += [counted(len(facts.features), "value") + " a row"]
    split = facts.last_split
    if "trained_rows" in split:
        told.append(
            f"on the last test date learnt from {split['trained_rows']:,} rows and tested on {split['rows']:,}"
        )
    return "; ".join(told) + "."


def _cleaning(_facts: Facts) -> str:
    return (
        "Rows that do not keep the written contract of their source are set aside and counted; rows past their "
        "retention are not taken in; persons and addresses are linked, with how surely; values known only "
        "after the day looked back from are left out. Missing values stay missing unless the definition says "
        "what stands in their place."
    )


def _inputs(facts: Facts) -> Iterator[str]:
    for group in facts.definition.features:
        number = sum(feature.group == group.group for feature in facts.features)
        if number:
            yield f"{group.reason.title}: {counted(number, 'value')} from “{_title(facts, group.source)}”."


def _title(facts: Facts, source: str) -> str:
    return facts.sources[source].title if source in facts.sources else source.replace("_", " ")


def _units(facts: Facts) -> str:
    return NOUNS[facts.definition.unit][1]


def _finest(facts: Facts) -> str:
    d = facts.definition
    return "output area" if d.release_level == "output_area" else NOUNS[d.unit][0]


def _processing(facts: Facts) -> str:
    return (
        f"{counted(len(facts.features), 'value')} a case are computed as known on a day: counts, sums, shares, last values and "
        "times since, over stated periods. The model turns them into a score. No person’s protected attribute is read "
        "unless it is declared and justified."
    )


def _architecture(facts: Facts) -> str:
    chosen = str(facts.metrics["chosen"])
    return _KINDS.get(chosen, f"A one-line rule, “{chosen}”: cases are ranked by one value.")


def _assessments(facts: Facts) -> str:
    return "\n".join(
        f"{each.name}, {each.made_on}{f', {each.link}' if each.link else ''}."
        for each in facts.written.assessments
    )


def _risks(facts: Facts) -> str:
    return "\n".join(
        f"{risk.kind}: {risk.what} What is done: {risk.measures}" for risk in risks_of(facts)
    )


FILL: Mapping[str, Fill] = MappingProxyType(
    {
        "title": lambda facts: facts.definition.title,
        "summary": _summary,
        "name": lambda facts: f"{facts.definition.title} ({facts.definition.model})",
        "description": _description,
        "contact": lambda facts: facts.definition.oversight.contact,
        "senior_responsible_owner": lambda facts: facts.definition.oversight.owner,
        "detailed_description": _detailed,
        "alternatives": _alternatives,
        "human_review": _human_review,
        "usage": usage_in_words,
        "appeals": _appeals,
        "system_architecture": _system_architecture,
        "system_input": lambda facts: each_source(
            facts.feature_sources(), lambda c: f"about each {c.about}"
        ),
        "system_output": _system_output,
        "maintenance": _maintenance,
        "models": lambda facts: (
            f"One: {facts.definition.model}, version {facts.version} ({facts.metrics['chosen']})."
        ),
        "model_name": lambda facts: facts.definition.model,
        "model_version": lambda facts: facts.version,
        "model_task": lambda facts: facts.definition.question,
        "model_input": lambda facts: "\n".join(_inputs(facts)),
        "model_output": lambda _facts: (
            "A score in [0, 1] and the share that each topic of reasons has in it."
        ),
        "model_architecture": _architecture,
        "performance": _performance,
        "datasets": datasets,
        "development_data": lambda facts: each_source(
            facts.sources, lambda c: one_line(c.description)
        ),
        "data_modality": lambda facts: (
            f"Tables: {counted(len(facts.sources), 'source')} of dated records, no free text or pictures are learnt from."
        ),
        "data_quantities": _quantities,
        "sensitive_attributes": sensitive_attributes,
        "completeness": completeness,
        "cleaning": _cleaning,
        "collection": collection,
        "access_and_storage": access,
        "sharing_agreements": lambda facts: agreements(facts.sources),
        "operational_sources": operational_sources,
        "operational_sensitive": lambda facts: sensitive_sources(facts.feature_sources()),
        "operational_processing": _processing,
        "operational_access": lambda facts: each_source(facts.feature_sources(), kept),
        "operational_sharing": lambda facts: agreements(facts.feature_sources()),
        "impact_assessments": _assessments,
        "risks": _risks,
    }
)
"""Field → what Hearth says in it; a field that is not here is a person's to write."""

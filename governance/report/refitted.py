"""What the skill rests on: who looked, and each source; by analyses that fit the model anew."""

from collections.abc import Iterator
from typing import Any

from governance.assessment import Assessment
from governance.report.analysed import found_by, how_to_run
from governance.report.document import Block, Column, Heading, Paragraph, Table
from governance.report.findings import candidate_name
from governance.report.words import UNKNOWN, source_name

_KINDS = {"source": "Source", "group": "Features"}
_EVERY = ("auc", "average_precision", "precision_at_capacity")
_NAMES = {
    "auc": "AUC",
    "average_precision": "Average precision",
    "precision_at_capacity": "Had it, of the list",
}


def what_skill_rests_on(assessment: Assessment) -> Iterator[Block]:
    """The assessor audit and the ablation, or which command makes them; nothing of a vendor's file."""
    if assessment.given:
        return
    yield from _who_looked(assessment)
    yield from _by_source(assessment)


def _who_looked(assessment: Assessment) -> Iterator[Block]:
    yield Heading("How much of the skill is who looked")
    found = found_by(assessment, "assessors")
    if not found:
        definition = assessment.definition
        is_named = definition.label.assessor or any(g.assessor for g in definition.features)
        unsaid = "Not known: the records name nobody who decides an outcome."
        yield Paragraph(how_to_run(assessment, "assessors") if is_named else unsaid)
        return
    yield Paragraph(
        "Each way of learning was fitted again and told who decided each outcome. What it gains is "
        "about the people who decide, not about those they decide on. The figures with it are for "
        "this audit alone: a list must not depend on who will look."
    )
    yield Table(
        "Among those looked at, with and without knowing who looked",
        (
            Column("Way of learning"),
            Column("Figure"),
            *(Column(w, "number") for w in ("Not told", "Told", "Gained (95% interval)")),
        ),
        tuple(
            (
                _capital(candidate_name(one["learner"])),
                _NAMES[one["metric"]],
                *(_figure(one[part]) for part in ("without", "with_assessor")),
                _with_interval(one, "drop"),
            )
            for one in found["figures"]
            if one["metric"] in _shown(assessment)
        ),
    )


def _by_source(assessment: Assessment) -> Iterator[Block]:
    yield Heading("What each source buys")
    found = found_by(assessment, "ablation")
    if not found:
        is_many = len(assessment.definition.features) > 1
        unsaid = "One group of features is all there is: nothing would be left without it."
        yield Paragraph(how_to_run(assessment, "ablation") if is_many else unsaid)
        return
    metrics = [m for m in _shown(assessment) if f"{m}_change_without_it" in found["parts"][0]]
    yield Table(
        f"Change of {candidate_name(found['learner'])} when it is fitted without a part",
        (
            Column("Without"),
            *(Column(f"{_NAMES[m]} (95% interval)", "number") for m in metrics),
        ),
        tuple(
            (
                _part(assessment, part["part"]),
                *(_with_interval(part[f"{m}_change_without_it"], "value") for m in metrics),
            )
            for part in found["parts"]
        ),
        note="Means over test dates. Below nought: it ranks worse without the part. Of two parts "
        "that say the same, each may look needless.",
    )


def _shown(assessment: Assessment) -> tuple[str, ...]:
    """Figures of the whole order; those of the list only where no count may be worked out of them."""
    return _EVERY if assessment.policy.is_open else _EVERY[:2]


def _part(assessment: Assessment, said: str) -> str:
    kind, _, name = said.partition(" ")
    titles = {group.group: group.reason.title for group in assessment.definition.features}
    named = (
        source_name(name, assessment.titles)
        if kind == "source"
        else f"“{titles.get(name, name.replace('_', ' '))}”"
    )
    return f"{_KINDS.get(kind, kind)} {named}"


def _figure(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.3f}"


def _with_interval(found: dict[str, Any], key: str) -> str:
    if any(found[part] is None for part in (key, "low", "high")):
        return UNKNOWN
    low, high = (f"{found[part]:+.3f}" for part in ("low", "high"))
    return f"{found[key]:+.3f} ({low} to {high})".replace("-", "−")


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"

"""Who was looked at, and what can be said of everybody where only some were."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.assessment import Assessment
from governance.disclosure.control import CONFIDENTIAL
from governance.fairness.coverage import title_of
from governance.report.document import Block, Column, Heading, Inset, Paragraph, Table
from governance.report.weighted import with_note
from governance.report.words import (
    NOUNS,
    UNKNOWN,
    count,
    group_name,
    percent,
    rate_alone,
    rate_with_interval,
)

_CHOSEN = {
    "random": "those looked at were drawn by lot",
    "recorded": "being looked at depended on recorded things only",
    "unrecorded": "being looked at may have depended on things nobody recorded",
}
_FIGURES = {
    "precision": "Of the whole list, how many have the outcome",
    "base_rate": "Of everybody, how many have the outcome",
    "recall": "Of all with the outcome, how many are on the list",
    "auc": "AUC over everybody",
}
_READ = {
    "cannot tell": "cannot tell",
    "plain": "as those looked at show",
    "weighted": "corrected for who was looked at",
    "doubly_robust": "corrected for who was looked at",
    "drawn": "as those drawn by lot show",
}


def looked_at(assessment: Assessment) -> Iterator[Block]:
    """How many were looked at, on the list and off it, and what that leaves unknown."""
    yield Heading("Who was looked at")
    definition, results = assessment.definition, assessment.performance.over_all
    nouns = NOUNS[definition.unit][1]
    if definition.label.observed == "always":
        yield Paragraph(
            "Where nothing is recorded, the outcome is taken not to have happened. If some "
            f"{nouns} come to notice less than others, their outcomes are under-counted, and "
            "nothing in this report can show it."
        )
        return
    counts = results.candidates[assessment.candidate].counts
    on_list = _share(counts.exact("selected_known"), counts.exact("selected"))
    off_list = _share(counts.exact("unselected_known"), counts.exact("unselected"))
    parts = (rate_alone(results.observed_share), on_list, off_list)
    shares = (
        "how many, may not be printed"
        if all(part == CONFIDENTIAL for part in parts)
        else f"{parts[0]} of {nouns}, {on_list} of those on the list and {off_list} of those not on it"
    )
    yield Inset(
        f"The outcome is known only where somebody looked: {shares}. The rest are "
        "ranked but never counted as if the outcome had not happened. If those looked at were "
        "chosen for their risk, rates among them are higher than among all.",
        is_warning=True,
    )
    yield from _of_everybody(assessment)


def _share(part: float | None, whole: float | None) -> str:
    if part is None or whole is None:
        return CONFIDENTIAL
    return percent(part / whole) if whole else UNKNOWN


def _of_everybody(assessment: Assessment) -> Iterator[Block]:
    """Which figures of everybody can be told at all, as training judged; a vendor's file says nothing."""
    found = assessment.metrics.get("analyses", {}).get("selective_labels")
    if not found:
        return
    # Exact figures of the list and of everybody can give away counts that are withheld.
    shows_figures = assessment.policy.is_open
    verdicts = found["verdicts"]
    columns: tuple[Column, ...] = (Column("Figure"), Column("Can it be told?"))
    rows: list[tuple[str, ...]] = [
        (_FIGURES[name], _READ[verdicts[name]["read"]]) for name in _FIGURES
    ]
    if shows_figures:
        columns = (*columns, Column("Estimate", "number"), Column("Surely between", "number"))
        rows = [(*row, *_values(found, name)) for row, name in zip(rows, _FIGURES, strict=True)]
    yield Table(
        f"What can be said of all {NOUNS[assessment.definition.unit][1]}, looked at or not",
        columns,
        tuple(rows),
        note=f"The definition declares that {_CHOSEN[found['inspection']]}. {found['assumption']}",
    )


def _values(found: Mapping[str, Any], name: str) -> tuple[str, str]:
    """Estimate of a figure where there is one, and the bounds that hold whatever became of the others."""
    way, bound = found["verdicts"][name]["read"], found["bounds"].get(name)
    estimate = found["estimates"][name].get(way)
    known = bound is not None and bound["low"] is not None and bound["high"] is not None
    return (
        UNKNOWN if estimate is None or estimate["value"] is None else f"{estimate['value']:.3f}",
        f"{bound['low']:.3f} and {bound['high']:.3f}" if known else UNKNOWN,
    )


def looked_at_by_group(assessment: Assessment) -> Iterator[Block]:
    """Share of each group that was looked at."""
    if assessment.definition.label.observed == "always":
        return
    titles = {a.name: title_of(a) for a in assessment.definition.fairness.attributes}
    for name, table in assessment.tables.items():
        if all(row.counts["n"] is None for row in table.rows):
            yield Paragraph(
                f"How many were looked at, by {titles[name].lower()}, is withheld: some of these "
                "numbers are too small to print."
            )
            continue
        yield Table(
            f"How many were looked at, by {titles[name].lower()}",
            (
                Column("Group"),
                Column("Cohort", "number"),
                Column("Outcome known", "number"),
                Column("Share known (95% interval)", "number"),
            ),
            tuple(
                (
                    group_name(row.group),
                    count(row.counts["n"]),
                    count(row.counts["known"]),
                    rate_with_interval(row.rates["observed_share"]),
                )
                for row in table.rows
            ),
            note=with_note(assessment),
        )

"""What each source is used for and what it buys: which of them could be left out (UK GDPR art. 5(1)(c))."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from governance.report.document import Bullets, Column, Document, Inset, Paragraph, Section, Table
from governance.report.words import counted, listed
from governance.transparency.facts import Facts
from governance.transparency.places import uses_in_words

_METRIC = "recall_at_capacity_change_without_it"
_TOLERABLE = 0.02
"""Loss of recall at capacity, as a share, that must be ruled out before a source is named: our choice."""


class Worth(StrEnum):
    """What leaving a source out was found to cost."""

    KEEP = "keep: leaving it out costs something measurable"
    CANDIDATE = (
        "candidate to drop: no measurable loss without it, and none of more than 2 points likely"
    )
    NEEDED_OTHERWISE = (
        "its features could go, with no loss of more than 2 points likely; needed otherwise"
    )
    CANNOT_TELL = "cannot tell: no loss was measured, and one cannot be ruled out"
    NOT_MEASURED = "not measured"
    NO_FEATURE = "gives no feature"


@dataclass(frozen=True)
class SourceRow:
    """One source: what it gives, how sensitive it is, and what it buys.

    Attributes
    ----------
    recall_change : tuple of float, or None
        Change of recall at capacity without it, with its 95 % interval, as shares; None where it
        was not measured or cannot be told.
    """

    source: str
    title: str
    sensitivity: str
    used_for: str
    groups: tuple[str, ...]
    features: int
    recall_change: tuple[float, float, float] | None
    worth: Worth


def minimisation_rows(facts: Facts) -> tuple[SourceRow, ...]:
    """A row for every source the model uses, by name."""
    found = facts.analyses.get("ablation")
    parts = {part["part"]: part for part in found["parts"]} if found is not None else None
    return tuple(_row(facts, name, parts) for name in sorted(facts.sources))


def _row(facts: Facts, name: str, parts: Mapping[str, Mapping[str, Any]] | None) -> SourceRow:
    contract = facts.sources[name]
    features = [feature for feature in facts.features if feature.source == name]
    part = None if parts is None else parts.get(f"source {name}")
    return SourceRow(
        source=name,
        title=contract.title,
        sensitivity=sensitivity_of(facts, name),
        used_for=uses_in_words(facts.used_for.get(name, ())),
        groups=tuple(dict.fromkeys(feature.group for feature in features)),
        features=len(features),
        recall_change=None if part is None else _interval(part.get(_METRIC)),
        worth=_worth(
            len(features), parts is not None, part, is_score_alone=_is_score_alone(facts, name)
        ),
    )


def sensitivity_of(facts: Facts, name: str) -> str:
    """How sensitive a source is, by its contract."""
    law = facts.sources[name].law
    told = [str(law.sensitivity)]
    told += ["special category"] if law.special_category is not None else []
    told += ["criminal offences"] if law.criminal_offence is not None else []
    return ", ".join(told)


def _interval(change: Mapping[str, float | None] | None) -> tuple[float, float, float] | None:
    found = [] if change is None else [change["value"], change["low"], change["high"]]
    known = [each for each in found if each is not None]
    return (known[0], known[1], known[2]) if len(known) == 3 else None  # noqa: PLR2004 a value and two limits


def _is_score_alone(facts: Facts, name: str) -> bool:
    """Whether a source is named by feature groups and by nothing else of the definition."""
    return all(place.startswith("features") for place in facts.used_for.get(name, ()))


def _worth(
    features: int, is_measured: bool, part: Mapping[str, Any] | None, *, is_score_alone: bool
) -> Worth:
    if not features:
        return Worth.NO_FEATURE
    if not is_measured:
        return Worth.NOT_MEASURED
    told = None if part is None else part.get("loss_measurable_by")
    if told is None:
        return Worth.CANNOT_TELL
    if told != "none":
        return Worth.KEEP
    change = None if part is None else _interval(part.get(_METRIC))
    if change is None or change[1] < -_TOLERABLE:
        return Worth.CANNOT_TELL
    return Worth.CANDIDATE if is_score_alone else Worth.NEEDED_OTHERWISE


def candidates_to_drop(rows: tuple[SourceRow, ...]) -> list[str]:
    """Titles of the sources without which no loss was measurable."""
    return [row.title for row in rows if row.worth is Worth.CANDIDATE]


def minimisation_document(facts: Facts) -> Document:
    """The table of sources as a document."""
    rows = minimisation_rows(facts)
    definition = facts.definition
    return Document(
        title=f"What each source buys: {definition.title}",
        subtitle="Personal data must be limited to what the purpose needs (UK GDPR art. 5(1)(c)).",
        facts=(
            ("Model", f"{definition.model}, version {facts.version}"),
            ("Purpose", definition.purpose.replace("_", " ")),
            ("Sources", f"{len(rows)}"),
        ),
        sections=(
            Section(1, "Sources and what they buy", (*_said(facts, rows), _table(rows))),
            Section(2, "How to read this", (Bullets(tuple(_caveats())),)),
        ),
    )


def _said(facts: Facts, rows: tuple[SourceRow, ...]) -> Iterator[Paragraph | Inset]:
    if "ablation" not in facts.analyses:
        yield Inset(
            "What each source buys has not been measured for this version. "
            f"Run: hearth analyse {facts.definition.model} ablation",
            is_warning=True,
        )
        return
    candidates = candidates_to_drop(rows)
    yield Paragraph(
        f"Candidates to drop: {listed(candidates)}. Without any one of these no loss was "
        "measurable, and the interval rules out one of more than 2 points."
        if candidates
        else "No source is named as a candidate to drop: without each a loss was measured, or cannot be ruled out."
    )


def _table(rows: tuple[SourceRow, ...]) -> Table:
    return Table(
        "Sources, their features, and the cost of leaving each out",
        (
            Column("Source"),
            Column("Sensitivity"),
            Column("Used for"),
            Column("Features", "number"),
            Column("Recall at capacity without it (95% interval)", "number"),
            Column("So"),
        ),
        tuple(
            (
                row.title,
                row.sensitivity,
                row.used_for,
                counted(row.features, "feature") if row.features else "none",
                change_in_words(row),
                str(row.worth),
            )
            for row in rows
        ),
        note="Recall at capacity is the share of those in need who are on the list. The change is in "
        "percentage points, for LightGBM fitted anew without the source.",
    )


def change_in_words(row: SourceRow) -> str:
    """Change of recall without a source, in points with its interval, or why there is none."""
    if row.recall_change is not None:
        value, low, high = (f"{100 * each:+.1f}".replace("-", "−") for each in row.recall_change)
        return f"{value} points ({low} to {high})"
    return {Worth.NOT_MEASURED: "not measured", Worth.CANNOT_TELL: "cannot tell"}.get(
        row.worth, "–"
    )


def _caveats() -> Iterator[str]:
    yield (
        "Each source is left out with all others kept. Of two that say the same, each may look needless: "
        "leave out one, and measure again."
    )
    yield "No measurable loss is no proof of none: with few cases a small loss goes unseen."
    yield "A source that buys nothing for the list may still be needed by people who check a score."
    yield (
        "Sources that give no feature place people in homes, tell the outcome, or show whom the model "
        "serves well and badly."
    )

"""Whether labels were given too early, and whether past outcomes are features too."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.days import day_of, days
from features.leaks.finding import Finding, Gravity, definition_file
from hearth.definition import ModelDefinition
from hearth.source_contract import SourceContract

LATE = 0.05
"""Share of outcomes recorded after the label had matured that may be slips."""


def label_findings(
    definition: ModelDefinition,
    contract: SourceContract,
    labels: pa.Table,
    outcomes: pa.Table,
    *,
    extracted_on: date,
) -> Iterator[Finding]:
    """What the labels of a model betray.

    Parameters
    ----------
    definition
        The model.
    contract, outcomes
        Contract and snapshot of the label's source.
    labels
        Labels of the matrix.
    extracted_on
        Day of the extract of the label's source.
    """
    yield from _not_closed(definition, labels, extracted_on)
    yield from _recorded_late(definition, contract, outcomes)
    yield from _past_outcomes(definition)


def _not_closed(
    definition: ModelDefinition, labels: pa.Table, extracted_on: date
) -> Iterator[Finding]:
    """Labels of windows that the extract does not cover."""
    for day in pc.unique(labels["as_of"]).to_pylist():
        if definition.label.matures_on(day) <= extracted_on:
            continue
        mine = labels.filter(pc.equal(labels["as_of"], pa.scalar(day)))
        given = len(mine) - mine["label"].null_count
        if given:
            found = (
                f"is given to {given:,} rows at {day}, whose window matures on "
                f"{definition.label.matures_on(day)}, after the extract of {extracted_on}"
            )
            remedy = "build the matrix again with this version of Hearth"
            yield _of(definition, Gravity.LEAK, "label too early", ("label", found, remedy))


def _recorded_late(
    definition: ModelDefinition, contract: SourceContract, outcomes: pa.Table
) -> Iterator[Finding]:
    """Outcomes in the window of an as-of date that were recorded only once its label had matured."""
    if contract.knowledge_date is None or contract.event_date is None or not len(outcomes):
        return
    happened, known = days(outcomes[contract.event_date]), days(outcomes[contract.knowledge_date])
    within, late = np.zeros(len(happened), dtype=bool), np.zeros(len(happened), dtype=bool)
    for day in definition.as_of.dates():
        matured = day_of(definition.label.matures_on(day))
        mine = (happened >= day_of(day)) & (happened < day_of(definition.label.closes_on(day)))
        within |= mine
        late |= mine & (known >= matured)
    if late.sum() > LATE * within.sum():
        found = (
            f"is {definition.label.maturity}, and {late.sum():,} of {within.sum():,} outcomes were "
            "recorded only after a label that they decide had matured"
        )
        remedy = "lengthen it, or the newest labels lack outcomes that the older ones have"
        yield _of(definition, Gravity.LOOK, "late outcomes", ("label.maturity", found, remedy))


def _past_outcomes(definition: ModelDefinition) -> Iterator[Finding]:
    """Feature groups made of the label's own source."""
    label = definition.label
    groups = [g.group for g in definition.features if g.source == label.source]
    if groups:
        found = (
            f"is looked for in {label.source}, of which {', '.join(groups)} are made too: while a "
            f"label window of {label.window} is open, later as-of dates already look back on it"
        )
        remedy = "see that training ends a label window before its test"
        yield _of(definition, Gravity.LOOK, "past outcomes", ("label.source", found, remedy))


def _of(
    definition: ModelDefinition, gravity: Gravity, test: str, said: tuple[str, str, str]
) -> Finding:
    return Finding(gravity, test, definition_file(definition.model), *said)

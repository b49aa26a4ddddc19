"""Snapshots, which may not be used before they were known unless the leak is declared."""

from collections.abc import Iterator, Mapping
from datetime import date

from hearth.definition import AssumedKnown, ModelDefinition
from hearth.errors import Fault
from hearth.source_contract import SourceContract


def snapshot_faults(
    definition: ModelDefinition, sources: Mapping[str, SourceContract], *, file: str
) -> Iterator[Fault]:
    """Faults of a definition that uses a snapshot too early, or declares a leak that is none."""
    first = definition.as_of.first
    cohort = sources.get(definition.cohort.source or "")
    if cohort is not None and (known_from := cohort.known_from()) and first < known_from:
        remedy = f"start as_of on {known_from} or later"
        yield Fault(file, "cohort.source", _too_early(cohort, first), remedy)
    for i, group in enumerate(definition.features):
        contract, place = sources.get(group.source), f"features[{i}]"
        if contract is None:
            continue
        if group.assume_known_from is not None:
            yield from _declared(group.assume_known_from, contract, first, file, place)
        elif (known_from := contract.known_from()) and first < known_from:
            remedy = (
                f"start as_of on {known_from} or later, "
                "or declare assume_known_from with date and because"
            )
            yield Fault(file, f"{place}.source", _too_early(contract, first), remedy)


def _too_early(contract: SourceContract, first: date) -> str:
    return (
        f"is {contract.source}, a snapshot known on {contract.known_on}, "
        f"but the first as-of date is {first}"
    )


def _declared(
    assumed: AssumedKnown, contract: SourceContract, first: date, file: str, place: str
) -> Iterator[Fault]:
    place, known_from = f"{place}.assume_known_from", contract.known_from()
    if known_from is None:
        found = f"is not needed: {contract.source} says when it was known"
        yield Fault(file, place, found, "remove it")
    elif first >= known_from:
        found = f"is not needed: {contract.source} was known by the first as-of date"
        yield Fault(file, place, found, "remove it")
    elif first < assumed.date:
        found = f"is {assumed.date}, after the first as-of date {first}"
        yield Fault(file, f"{place}.date", found, f"declare {first}, or start as_of later")

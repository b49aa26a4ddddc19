"""What a model definition asks of its sources, checked against their contracts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hearth.definition import FeatureGroup, ModelDefinition, Role, Unit
from hearth.definition_checks.conditions import NUMBERS, condition_faults
from hearth.definition_checks.protected import protected_faults
from hearth.definition_checks.snapshots import snapshot_faults
from hearth.errors import Fault
from hearth.feature import DERIVED, column_of
from hearth.source_contract import ColumnType, SourceContract, SourceKind, Subject
from hearth.source_use import column_uses, needs_residence, residence_sources, uses_of
from hearth.yaml_values import with_article

_MEASURED = (*NUMBERS, ColumnType.BOOLEAN)
_FEATURE_TYPES = (*_MEASURED, ColumnType.CATEGORY)
_AGGREGATED: dict[str, tuple[tuple[ColumnType, ...], str]] = {
    "sum": (_MEASURED, "number"),
    "mean": (_MEASURED, "number"),
    "min": (_MEASURED, "number"),
    "max": (_MEASURED, "number"),
    "share": ((ColumnType.BOOLEAN,), "boolean"),
    "ratio": (_MEASURED, "number"),
    "last": (_FEATURE_TYPES, "number, boolean or category"),
}
_SUBJECTS: dict[Unit, tuple[Subject, ...]] = {
    Unit.PERSON: (Subject.PERSON,),
    Unit.PROPERTY: (Subject.PROPERTY,),
}


@dataclass(frozen=True)
class _Checked:
    """A definition, the contracts it may use, and its file's name in messages."""

    definition: ModelDefinition
    sources: Mapping[str, SourceContract]
    file: str

    def fault(self, place: str, found: str, remedy: str) -> Fault:
        return Fault(self.file, place, found, remedy)


def source_faults(
    definition: ModelDefinition,
    sources: Mapping[str, SourceContract],
    *,
    file: str,
    unreadable: frozenset[str] = frozenset(),
) -> Iterator[Fault]:
    """Faults of a definition that only its sources' contracts show.

    Parameters
    ----------
    definition, file
        The definition, and its file's name in messages.
    sources
        Contracts by name.
    unreadable
        Names of sources whose contracts were found at fault: nothing is said about their use.
    """
    checked = _Checked(definition, sources, file)
    yield from _missing_sources(checked, unreadable)
    yield from _assessment_faults(checked)
    yield from _column_faults(checked)
    yield from _subject_faults(checked)
    yield from _residence_faults(checked)
    yield from snapshot_faults(definition, sources, file=file)
    yield from protected_faults(definition, sources, file=file)
    for i, group in enumerate(definition.features):
        if group.source in sources:
            yield from _group_faults(checked, group, sources[group.source], f"features[{i}]")


def _missing_sources(checked: _Checked, unreadable: frozenset[str]) -> Iterator[Fault]:
    known = ", ".join(sorted(checked.sources)) or "none yet"
    for use in uses_of(checked.definition, checked.sources):
        if use.source not in checked.sources and use.source not in unreadable:
            yield checked.fault(
                use.place,
                f"is {use.source}, which has no contract",
                f"add features/sources/{use.source}.yaml or use one of {known}",
            )


def _assessment_faults(checked: _Checked) -> Iterator[Fault]:
    for use in uses_of(checked.definition, checked.sources):
        contract = checked.sources.get(use.source)
        is_kept_apart = contract is not None and contract.law.use == "assessment_only"
        if is_kept_apart and not use.place.startswith("fairness."):
            yield checked.fault(
                use.place,
                f"is {use.source}, which is held for assessment only (`law.use`)",
                "use it under fairness.attributes, or another source here",
            )


def _column_faults(checked: _Checked) -> Iterator[Fault]:
    for use in column_uses(checked.definition):
        if use.source not in checked.sources:
            continue
        contract = checked.sources[use.source]
        column = column_of(contract, use.column)
        place = use.place if use.condition is None else f"{use.place}.column"
        if column is None:
            yield checked.fault(
                place,
                f"is {use.column}, which {use.source} does not have",
                f"use one of {', '.join(contract.columns)}",
            )
        elif use.column in DERIVED and ".attributes[" not in use.place:
            yield checked.fault(
                place, f"is {use.column}, which Hearth computes", "use it among attributes only"
            )
        elif use.condition is not None:
            yield from condition_faults(use.condition, column, file=checked.file, place=use.place)


def _subject_faults(checked: _Checked) -> Iterator[Fault]:
    definition, sources = checked.definition, checked.sources
    cohort, visited = definition.cohort.source or "", definition.label.visited
    allowed = _SUBJECTS.get(definition.unit)
    yield from _of_events(checked, "label.source", definition.label.source)
    if visited is not None:
        yield from _of_events(checked, "label.visited.source", visited.source)
    if cohort in sources and allowed and sources[cohort].about not in allowed:
        yield checked.fault("cohort.source", *_of_other_subject(sources[cohort], definition.unit))


def _of_events(checked: _Checked, place: str, source: str) -> Iterator[Fault]:
    """Faults of a source whose rows are looked for in a window."""
    contract, unit = checked.sources.get(source), checked.definition.unit
    if contract is None:
        return
    if contract.kind not in (SourceKind.EVENT, SourceKind.SPELL):
        yield checked.fault(
            place,
            f"is {source}, of kind {contract.kind}, which says nothing of when",
            "use a source of kind event or spell",
        )
    is_of_person = contract.about is Subject.PERSON
    if unit in _SUBJECTS and is_of_person != (unit is Unit.PERSON):
        yield checked.fault(place, *_of_other_subject(contract, unit))


def _of_other_subject(contract: SourceContract, unit: Unit) -> tuple[str, str]:
    about = with_article(contract.about)
    return (
        f"is {contract.source}, which is about {about}, but the unit is {unit}",
        f"use a source about a {unit}, or mend unit",
    )


def _residence_faults(checked: _Checked) -> Iterator[Fault]:
    if not needs_residence(checked.definition):
        return
    contracts = [checked.sources[name] for name in residence_sources(checked.sources)]
    if not contracts:
        yield checked.fault(
            "unit",
            "needs to know who lived where, which no source says",
            "add a contract of kind spell about persons with a column of type uprn",
        )
    elif checked.definition.cohort.has_member is not None and not any(
        column_of(contract, "age_months") for contract in contracts
    ):
        yield checked.fault(
            "cohort.has_member",
            f"needs dates of birth, which {', '.join(c.source for c in contracts)} lacks",
            "add a column date_of_birth of type date to it",
        )


def _group_faults(
    checked: _Checked, group: FeatureGroup, contract: SourceContract, place: str
) -> Iterator[Fault]:
    follows_people = group.follow is not Role.ADDRESS
    if follows_people != (contract.about is Subject.PERSON):
        yield checked.fault(
            f"{place}.follow",
            f"is {group.follow}, but {group.source} is about {with_article(contract.about)}",
            "follow the address"
            if follows_people
            else "follow a person or a role in the household",
        )
    if group.aggregates and contract.kind not in (SourceKind.EVENT, SourceKind.SPELL):
        yield checked.fault(
            f"{place}.aggregates",
            f"look at rows over time, but {group.source} is of kind {contract.kind}",
            "use attributes",
        )
    yield from _type_faults(checked, group, contract, place)


def _type_faults(
    checked: _Checked, group: FeatureGroup, contract: SourceContract, place: str
) -> Iterator[Fault]:
    split = contract.columns.get(group.split_by or "")
    if split is not None and split.type is not ColumnType.CATEGORY:
        yield checked.fault(
            f"{place}.split_by",
            f"is {group.split_by}, {with_article(split.type)}",
            "split by a category",
        )
    for j, aggregate in enumerate(group.aggregates):
        types, wanted = _AGGREGATED.get(aggregate.name, (tuple(ColumnType), "column"))
        for name in (aggregate.column, aggregate.per):
            column = contract.columns.get(name or "")
            if column is not None and column.type not in types:
                yield checked.fault(
                    f"{place}.aggregates[{j}]",
                    f"is the {aggregate.name} of {name}, {with_article(column.type)}",
                    f"name {with_article(wanted)}",
                )
    for j, name in enumerate(group.attributes):
        spec = column_of(contract, name)
        if spec is not None and spec.type not in _FEATURE_TYPES:
            yield checked.fault(
                f"{place}.attributes[{j}]",
                f"is {name}, {with_article(spec.type)}",
                "name a number, boolean or category",
            )

"""Where a model definition uses sources and their columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hearth.definition import Condition, FeatureGroup, Label, ModelDefinition, Role, Unit
from hearth.source_contract import ColumnType, SourceContract, SourceKind, Subject

HOME_CLASS = "blpu_class"
"""Column of a source about properties that holds the class of the Basic Land and Property Unit."""


@dataclass(frozen=True)
class Use:
    """A place in a definition that uses a source."""

    place: str
    source: str


@dataclass(frozen=True)
class ColumnUse:
    """A place in a definition that uses a column of a source; `condition` where it is tested."""

    place: str
    source: str
    column: str
    condition: Condition | None = None


def uses_of(definition: ModelDefinition, sources: Mapping[str, SourceContract]) -> Iterator[Use]:
    """Every use of a source in a definition, the spells of households among them."""
    if definition.cohort.source is not None:
        yield Use("cohort.source", definition.cohort.source)
    yield from _of_label(definition.label)
    for i, group in enumerate(definition.features):
        yield Use(f"features[{i}].source", group.source)
        columns = () if group.around is None else group.around.columns
        homes = place_source(columns, definition, sources) if columns else None
        yield from () if homes is None else (Use(f"features[{i}].around", homes.source),)
    for i, attribute in enumerate(definition.fairness.attributes):
        yield Use(f"fairness.attributes[{i}].source", attribute.source)
    for place, area in areas_of(definition, sources):
        homes = place_source((str(area.key),), definition, sources)
        yield from () if homes is None else (Use(place, homes.source),)
    placed = (
        None if definition.area is None else place_source((definition.area,), definition, sources)
    )
    yield from () if placed is None else (Use("area", placed.source),)
    classed = class_source(definition, sources)
    if classed is not None:
        yield Use("cohort.home", classed)
    if needs_residence(definition):
        for name in residence_sources(sources):
            yield Use("unit", name)


def _of_label(label: Label) -> Iterator[Use]:
    yield Use("label.source", label.source)
    if label.visited is not None:
        yield Use("label.visited.source", label.visited.source)


def column_uses(definition: ModelDefinition) -> Iterator[ColumnUse]:
    """Every use of a column in a definition."""
    cohort, label = definition.cohort, definition.label
    if cohort.source is not None:
        yield from _tested("cohort.where", cohort.source, cohort.where)
    yield ColumnUse("label.outcome", label.source, label.outcome.column, label.outcome)
    for i, column in enumerate(label.assessor):
        yield ColumnUse(f"label.assessor[{i}]", label.source, column)
    if label.random_arm is not None:
        arm = label.random_arm
        yield ColumnUse("label.random_arm", label.source, arm.column, arm)
    if label.visited is not None:
        yield from _tested("label.visited.where", label.visited.source, label.visited.where)
    for i, group in enumerate(definition.features):
        yield from _of_group(f"features[{i}]", group)
    for i, attribute in enumerate(definition.fairness.attributes):
        yield ColumnUse(f"fairness.attributes[{i}].column", attribute.source, attribute.column)


def _of_group(place: str, group: FeatureGroup) -> Iterator[ColumnUse]:
    yield from _tested(f"{place}.where", group.source, group.where)
    for j, aggregate in enumerate(group.aggregates):
        for column in (aggregate.column, aggregate.per):
            if column is not None:
                yield ColumnUse(f"{place}.aggregates[{j}]", group.source, column)
    for j, column in enumerate(group.attributes):
        yield ColumnUse(f"{place}.attributes[{j}]", group.source, column)
    if group.split_by is not None:
        yield ColumnUse(f"{place}.split_by", group.source, group.split_by)


def areas_of(
    definition: ModelDefinition, sources: Mapping[str, SourceContract]
) -> Iterator[tuple[str, SourceContract]]:
    """Sources about areas that a definition uses, each with the place; homes must be placed in them."""
    named = [(f"features[{i}].source", group.source) for i, group in enumerate(definition.features)]
    named += [
        (f"fairness.attributes[{i}].source", attribute.source)
        for i, attribute in enumerate(definition.fairness.attributes)
    ]
    for place, name in named:
        if name in sources and sources[name].about is Subject.AREA:
            yield place, sources[name]


def place_source(
    columns: Sequence[str], definition: ModelDefinition, sources: Mapping[str, SourceContract]
) -> SourceContract | None:
    """First source, by name, that places homes by these columns and allows the model's purpose."""
    for _, contract in sorted(sources.items()):
        is_of_homes = contract.about in (Subject.PROPERTY, Subject.HOUSEHOLD)
        has_columns = contract.kind is SourceKind.ATTRIBUTE and contract.columns.keys() >= {
            *columns
        }
        if is_of_homes and has_columns and definition.purpose in contract.law.purposes:
            return contract
    return None


def needs_residence(definition: ModelDefinition) -> bool:
    """Whether the model must know who lived where: of a household's members, or a person's address."""
    followed = {group.follow for group in definition.features}
    assigned = {attribute.assign for attribute in definition.fairness.attributes}
    needs_address = Role.ADDRESS in followed or definition.area is not None
    return (
        definition.unit is Unit.HOUSEHOLD
        or "any_member" in assigned
        or Role.MEMBERS in followed
        or (definition.unit is Unit.PERSON and needs_address)
    )


def residence_sources(sources: Mapping[str, SourceContract]) -> list[str]:
    """Names of the sources that say who lived where: spells about persons with a UPRN."""
    return sorted(
        name
        for name, contract in sources.items()
        if contract.kind is SourceKind.SPELL
        and contract.about is Subject.PERSON
        and any(column.type is ColumnType.UPRN for column in contract.columns.values())
    )


def class_source(definition: ModelDefinition, sources: Mapping[str, SourceContract]) -> str | None:
    """First source, by name, that says the class of homes and allows the model's purpose.

    None where the cohort does not ask for kinds of home, or no source says.
    """
    named = classing_sources(sources, definition.purpose) if definition.cohort.home else []
    return named[0] if named else None


def classing_sources(sources: Mapping[str, SourceContract], purpose: str) -> list[str]:
    """Names of the sources that say the class of homes and allow a purpose."""
    return sorted(
        name
        for name, contract in sources.items()
        if contract.kind is SourceKind.ATTRIBUTE
        and contract.about is Subject.PROPERTY
        and HOME_CLASS in contract.columns
        and purpose in contract.law.purposes
    )


def _tested(place: str, source: str, where: tuple[Condition, ...]) -> Iterator[ColumnUse]:
    for j, condition in enumerate(where):
        yield ColumnUse(f"{place}[{j}]", source, condition.column, condition)

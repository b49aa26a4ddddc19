"""Data minimisation: columns that a contract takes in and nothing uses (UK GDPR art. 5(1)(c))."""

from collections.abc import Iterable, Iterator, Mapping

from hearth.definition import ModelDefinition
from hearth.errors import Fault
from hearth.feature import DERIVED
from hearth.linkage_settings import IDENTITY_FIELDS
from hearth.source_contract import ColumnType, SourceContract, Subject
from hearth.source_use import (
    HOME_CLASS,
    areas_of,
    class_source,
    column_uses,
    needs_residence,
    place_source,
    residence_sources,
    uses_of,
)

_PLACED = (
    "key", "row_key", "supersedes", "event_date", "starts_on", "ends_on", "knowledge_date",
    "end_knowledge_date",
)  # fmt: skip
_OF_RESIDENCE = ("date_of_birth", "second_home")
_OF_GAZETTEER = ("address", "postcode")


def unused_columns(
    sources: Mapping[str, SourceContract], models: Iterable[ModelDefinition]
) -> Iterator[Fault]:
    """Faults of contracts in columns that no model, key, date or link uses and that say no other use.

    Nothing is said of a source that no model uses: what it will be used for is still to be written.
    """
    definitions = list(models)
    used_sources = {use.source for one in definitions for use in uses_of(one, sources)}
    needed = {name: set(_own(contract)) for name, contract in sources.items()}
    for definition in definitions:
        for source, column in _by_model(definition, sources):
            needed[source].add(column)
    for source, column in _by_linkage(sources):
        needed[source].add(column)
    for name in sorted(used_sources):
        for column, spec in sources[name].columns.items():
            if column not in needed[name] and not spec.used_for.strip():
                yield Fault(
                    f"features/sources/{name}.yaml",
                    f"columns.{column}",
                    "is used by nothing",
                    "remove it from the contract, or say in used_for what it is needed for",
                )


def _own(contract: SourceContract) -> Iterator[str]:
    """Columns that the contract itself gives a part to play."""
    yield from (column for field in _PLACED if (column := getattr(contract, field)) is not None)
    yield from (column for _, column in contract.link or () if column is not None)
    yield from (reference.column for reference in contract.quality.references)
    if contract.withdrawn is not None:
        yield contract.withdrawn.column


def _by_model(
    definition: ModelDefinition, sources: Mapping[str, SourceContract]
) -> Iterator[tuple[str, str]]:
    """Columns (source, column) that a model uses, those that place its people and homes among them."""
    for use in column_uses(definition):
        yield use.source, "date_of_birth" if use.column in DERIVED else use.column
    if needs_residence(definition):
        for name in residence_sources(sources):
            homes = (n for n, c in sources[name].columns.items() if c.type is ColumnType.UPRN)
            yield from ((name, column) for column in (*homes, *_OF_RESIDENCE))
    classed = class_source(definition, sources)
    if classed is not None:
        yield classed, HOME_CLASS
    around = [group.around.columns for group in definition.features if group.around is not None]
    areas = [(str(area.key),) for _, area in areas_of(definition, sources)]
    area = () if definition.area is None else ((definition.area,),)
    for columns in (*around, *areas, *area):
        homes_of = place_source(columns, definition, sources) if columns else None
        if homes_of is not None:
            yield from ((homes_of.source, column) for column in columns)


def _by_linkage(sources: Mapping[str, SourceContract]) -> Iterator[tuple[str, str]]:
    """Columns (source, column) of the council's own lists by which other tables are linked to them."""
    links = [contract.link for contract in sources.values() if contract.link is not None]
    fields = {field for link in links for field, column in link if column is not None}
    for name, contract in sources.items():
        if contract.key is None:
            continue
        if contract.about is Subject.PERSON and "forename" in fields:
            yield from ((name, column) for column in IDENTITY_FIELDS)
        if contract.about is Subject.PROPERTY and "address" in fields:
            yield from ((name, column) for column in _OF_GAZETTEER)

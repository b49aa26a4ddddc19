"""Where homes lie, checked where a definition looks around them or says their area."""

from collections.abc import Iterator, Mapping, Sequence

from hearth.definition import ModelDefinition
from hearth.errors import Fault
from hearth.source_contract import SourceContract, SourceKind, Subject
from hearth.source_use import place_source
from hearth.yaml_values import with_article


def surroundings_faults(
    definition: ModelDefinition, sources: Mapping[str, SourceContract], *, file: str
) -> Iterator[Fault]:
    """Faults of a definition in its area, and in the groups that look around homes."""
    if definition.area is not None:
        yield from _unplaced((definition.area,), definition, sources, file=file, place="area")
    for i, group in enumerate(definition.features):
        contract, place = sources.get(group.source), f"features[{i}].around"
        if group.around is None or contract is None:
            continue
        if contract.about not in (Subject.PROPERTY, Subject.PERSON):
            found = (
                f"looks at homes, but {group.source} is about {with_article(str(contract.about))}"
            )
            yield Fault(file, place, found, "use a source about properties")
        if contract.kind not in (SourceKind.EVENT, SourceKind.SPELL):
            found = f"looks at rows over time, but {group.source} is of kind {contract.kind}"
            yield Fault(file, place, found, "use a source of kind event or spell")
        yield from _unplaced(group.around.columns, definition, sources, file=file, place=place)


def _unplaced(
    needed: Sequence[str],
    definition: ModelDefinition,
    sources: Mapping[str, SourceContract],
    *,
    file: str,
    place: str,
) -> Iterator[Fault]:
    """The fault of columns that no source about homes has."""
    if place_source(needed, definition, sources) is None:
        columns = " and ".join(needed)
        found = f"needs to know where homes lie, but no source about them holds {columns}"
        remedy = (
            f"add {columns} to a source of kind attribute about properties that allows "
            f"{definition.purpose}"
        )
        yield Fault(file, place, found, remedy)

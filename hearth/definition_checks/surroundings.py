"""What a definition looks at around homes, checked against the sources that say where homes lie."""

from collections.abc import Iterator, Mapping

from hearth.definition import ModelDefinition
from hearth.errors import Fault
from hearth.source_contract import SourceContract, SourceKind, Subject
from hearth.source_use import place_source
from hearth.yaml_values import with_article


def surroundings_faults(
    definition: ModelDefinition, sources: Mapping[str, SourceContract], *, file: str
) -> Iterator[Fault]:
    """Faults of a definition in the groups that look around homes."""
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
        if place_source(group.around.columns, definition, sources) is None:
            columns = " and ".join(group.around.columns)
            found = f"needs to know where homes lie, but no source about them holds {columns}"
            remedy = (
                f"add {columns} to a source of kind attribute about properties that allows "
                f"{definition.purpose}"
            )
            yield Fault(file, place, found, remedy)

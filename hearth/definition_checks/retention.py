"""How far back a model looks, beside how long its sources may be kept."""

from collections.abc import Iterator, Mapping
from datetime import date

from hearth.definition import ModelDefinition
from hearth.source_contract import SourceContract


def retention_notes(
    definition: ModelDefinition, sources: Mapping[str, SourceContract], on: date
) -> Iterator[str]:
    """Where a model looks further back than a source is kept on a day, a sentence each.

    Rows past their retention are not taken in, so that the earliest as-of dates see fewer rows than
    the latest, and a model learns the difference. A window over all years held is taken to begin at
    the first as-of date.
    """
    first = definition.as_of.first
    needed = {definition.label.source: first}
    for group in definition.features:
        starts = [window.before(first) for window in group.windows if not window.unbounded]
        needed[group.source] = min([needed.get(group.source, first), *starts])
    for name, since in sorted(needed.items()):
        kept_from = sources[name].law.retention.before(on)
        has_dates = sources[name].known_on is None  # without them retention counts from nothing
        if has_dates and since < kept_from:
            yield (
                f"{definition.model} looks back to {since}, but {name} is kept from {kept_from} on; "
                "start as_of later, or have a longer retention agreed"
            )

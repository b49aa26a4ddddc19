"""References between sources, checked against the contracts they name."""

from collections.abc import Iterator, Mapping

from hearth.errors import Fault
from hearth.source_contract import Reference, SourceContract
from hearth.yaml_values import with_article


def reference_faults(
    sources: Mapping[str, SourceContract], *, unreadable: frozenset[str] = frozenset()
) -> Iterator[Fault]:
    """Faults of contracts in the sources and keys that their columns refer to.

    Parameters
    ----------
    sources
        Contracts by name.
    unreadable
        Names of sources whose contracts were found at fault: nothing is said about them.
    """
    for _, contract in sorted(sources.items()):
        for i, reference in enumerate(contract.quality.references):
            if reference.source not in unreadable:
                yield from _faults(contract, reference, sources, f"quality.references[{i}]")


def _faults(
    contract: SourceContract,
    reference: Reference,
    sources: Mapping[str, SourceContract],
    place: str,
) -> Iterator[Fault]:
    file, other = f"features/sources/{contract.source}.yaml", sources.get(reference.source)
    if other is None:
        known = ", ".join(sorted(sources))
        found = f"is {reference.source}, which has no contract"
        yield Fault(file, f"{place}.source", found, f"use one of {known}")
        return
    column, key = contract.columns[reference.column], other.columns.get(other.key or "")
    if key is None:
        found = f"is {reference.source}, which has no key to refer to"
        yield Fault(file, f"{place}.source", found, "name a source with a key")
    elif key.type is not column.type:
        found = (
            f"is {reference.column}, {with_article(column.type)}, but {other.key} of "
            f"{reference.source} is {with_article(key.type)}"
        )
        yield Fault(file, f"{place}.column", found, "give both one type")

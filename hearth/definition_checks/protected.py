"""Protected attributes among the features: used only where the definition says why."""

from collections.abc import Iterator, Mapping

from hearth.definition import ModelDefinition
from hearth.errors import Fault
from hearth.feature import DERIVED, column_of
from hearth.source_contract import SourceContract
from hearth.source_use import ColumnUse, column_uses


def protected_faults(
    definition: ModelDefinition, sources: Mapping[str, SourceContract], *, file: str
) -> Iterator[Fault]:
    """Faults of feature groups that use a protected attribute and do not justify it, or vary it in a what-if.

    Protected is what the definition is assessed by, and age (Equality Act 2010, s. 4). What only
    the audit of assessors uses is no feature of a model.

    Parameters
    ----------
    definition, file
        The definition, and its file's name in messages.
    sources
        Contracts by name.
    """
    assessed = {(a.source, a.column): a.name for a in definition.fairness.attributes}
    for i, group in enumerate(definition.features):
        if (group.justification.strip() and not group.changeable) or group.assessor:
            continue
        used = {
            use.column: assessed.get((use.source, use.column), "age")
            for use in column_uses(definition)
            if use.place.startswith(f"features[{i}].")
            and ((use.source, use.column) in assessed or _is_age(use, sources))
        }
        for column, attribute in sorted(used.items()):
            if group.changeable:
                yield Fault(
                    file,
                    f"features[{i}].changeable",
                    f"is true, and the group uses {column}, by which people are protected or "
                    f"assessed ({attribute})",
                    "remove it: a what-if never varies who somebody is",
                )
            if group.justification.strip():
                continue
            yield Fault(
                file,
                f"features[{i}].justification",
                f"is missing, and the group uses {column}, by which people are protected or "
                f"assessed ({attribute})",
                "say why the model needs it, or leave it out",
            )


def _is_age(use: ColumnUse, sources: Mapping[str, SourceContract]) -> bool:
    """Whether it is the age that Hearth computes from a date of birth."""
    contract = sources.get(use.source)
    is_attribute = ".attributes[" in use.place
    return (
        use.column in DERIVED
        and is_attribute
        and contract is not None
        and column_of(contract, use.column) is not None
    )

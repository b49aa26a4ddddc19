"""Checks of a model definition that need the contracts of its sources."""

from hearth.definition_checks.filling import filling_faults
from hearth.definition_checks.minimisation import unused_columns
from hearth.definition_checks.names import name_faults
from hearth.definition_checks.references import reference_faults
from hearth.definition_checks.retention import retention_notes
from hearth.definition_checks.sources import source_faults
from hearth.definition_checks.surroundings import surroundings_faults

__all__ = [
    "filling_faults",
    "name_faults",
    "reference_faults",
    "retention_notes",
    "source_faults",
    "surroundings_faults",
    "unused_columns",
]

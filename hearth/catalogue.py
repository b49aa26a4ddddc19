"""The catalogue: every source contract and model definition of a workspace, checked together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from hearth.definition import ModelDefinition
from hearth.definition_checks import (
    filling_faults,
    name_faults,
    reference_faults,
    retention_notes,
    source_faults,
    surroundings_faults,
    unused_columns,
)
from hearth.errors import DefinitionError, Fault, LawError, NotFoundError
from hearth.feature import Feature, features_of
from hearth.linkage_settings import LINKAGE_FILE, LinkageSettings, unknown_field_faults
from hearth.source_contract import SourceContract
from hearth.source_use import Use, residence_sources, uses_of
from hearth.yaml_file import read_with_faults, read_yaml

__all__ = [
    "Catalogue",
    "Use",
    "load_catalogue",
    "load_contract",
    "named",
    "residence_sources",
    "uses_of",
]

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Catalogue:
    """Contracts and definitions of one workspace, by name; what is here has been checked."""

    root: Path
    sources: dict[str, SourceContract]
    models: dict[str, ModelDefinition]
    linkage: LinkageSettings = field(default_factory=LinkageSettings)

    def model(self, name: str) -> ModelDefinition:
        """Definition of the model `name`; NotFoundError names those there are."""
        return named(self.models, name, "model")

    def source(self, name: str) -> SourceContract:
        """Contract of the source `name`; NotFoundError names those there are."""
        return named(self.sources, name, "source")

    def features(self, model: str) -> list[Feature]:
        """Features of a model in their fixed order."""
        return features_of(self.model(model), self.sources)

    def sources_of(self, model: str) -> list[SourceContract]:
        """Contracts of every source a model uses, protected attributes' included, by name."""
        names = {use.source for use in uses_of(self.model(model), self.sources)}
        return [self.sources[name] for name in sorted(names)]

    def purposes(self) -> frozenset[str]:
        """Every purpose that a model has or a source allows."""
        allowed = {p for contract in self.sources.values() for p in contract.law.purposes}
        return frozenset(allowed | {model.purpose for model in self.models.values()})

    def check_law(self, model: str, on: date) -> None:
        """Refuse a model whose purpose a source does not allow, or whose agreement has expired.

        Parameters
        ----------
        model
            Name of the model.
        on
            Day of the run.

        Raises
        ------
        LawError
            Naming every source at fault, and what to do.
        """
        definition = self.model(model)
        faults = [
            fault
            for contract in self.sources_of(model)
            for fault in _law_faults(contract, definition, on)
        ]
        if faults:
            raise LawError("\n".join(map(str, faults)))

    def check_minimisation(self) -> None:
        """Refuse contracts with columns that nothing uses; DefinitionError with every one of them."""
        faults = list(unused_columns(self.sources, self.models.values()))
        if faults:
            raise DefinitionError(faults)

    def retention_notes(self, model: str, on: date) -> list[str]:
        """Where a model looks further back than its sources are kept on a day, a sentence each."""
        return list(retention_notes(self.model(model), self.sources, on))


def load_catalogue(workspace: Path) -> Catalogue:
    """Catalogue of a workspace.

    Parameters
    ----------
    workspace
        Folder with `features/sources/*.yaml` and `models/*/model.yaml`.

    Raises
    ------
    DefinitionError
        With every fault of every file.
    NotFoundError
        If the folder is no workspace.
    """
    source_files = sorted((workspace / "features" / "sources").glob("*.yaml"))
    model_files = sorted((workspace / "models").glob("*/model.yaml"))
    if not source_files and not model_files:
        raise NotFoundError(
            f"{workspace} is no workspace: it has no features/sources/*.yaml and no models/*/model.yaml; "
            "name another with --workspace, or start one with `hearth new`"
        )
    faults: list[Fault] = []
    sources = _read_all(
        {path.stem: path for path in source_files},
        SourceContract,
        lambda contract: ("source", contract.source),
        workspace,
        faults,
    )
    models = _read_all(
        {path.parent.name: path for path in model_files},
        ModelDefinition,
        lambda definition: ("model", definition.model),
        workspace,
        faults,
    )
    unreadable = frozenset(path.stem for path in source_files) - sources.keys()
    faults += reference_faults(sources, unreadable=unreadable)
    for folder, definition in models.items():
        file = f"models/{folder}/model.yaml"
        faults += source_faults(definition, sources, file=file, unreadable=unreadable)
        faults += name_faults(definition, sources, file=file)
        faults += filling_faults(definition, sources, file=file)
        faults += surroundings_faults(definition, sources, file=file)
    linkage = _read_linkage(workspace, faults)
    if faults:
        raise DefinitionError(faults)
    return Catalogue(workspace, sources, models, linkage)


def load_contract(path: Path) -> SourceContract:
    """Contract of one file, alone; DefinitionError with every fault of it."""
    return read_yaml(path, SourceContract, shown_as=path.name)


def _read_linkage(workspace: Path, faults: list[Fault]) -> LinkageSettings:
    """Settings of linkage; those shipped where the workspace has no file of its own."""
    if not (workspace / LINKAGE_FILE).exists():
        return LinkageSettings()
    found, wrong = read_with_faults(
        workspace / LINKAGE_FILE, LinkageSettings, shown_as=LINKAGE_FILE
    )
    faults += wrong
    faults += unknown_field_faults(found) if found else ()
    return found or LinkageSettings()


def named(of: Mapping[str, T], name: str, what: str) -> T:
    """The one of this name; NotFoundError names those there are."""
    if name not in of:
        known = ", ".join(sorted(of)) or "none"
        raise NotFoundError(f"no {what} is called {name}; there are: {known}")
    return of[name]


def _read_all(
    paths: dict[str, Path],
    model: type[M],
    own_name: Callable[[M], tuple[str, str]],
    workspace: Path,
    faults: list[Fault],
) -> dict[str, M]:
    """What the files hold, by the name their path gives; faults are added to the list."""
    found: dict[str, M] = {}
    for name, path in paths.items():
        shown_as = path.relative_to(workspace).as_posix()
        item, own_faults = read_with_faults(path, model, shown_as=shown_as)
        faults += own_faults
        if item is None:
            continue
        found[name] = item
        key, told = own_name(item)
        if told != name:
            faults.append(
                Fault(shown_as, key, f"is {told}, but its path says {name}", "make them one")
            )
    return found


def _law_faults(contract: SourceContract, definition: ModelDefinition, on: date) -> list[Fault]:
    law, file, faults = contract.law, f"features/sources/{contract.source}.yaml", []
    if definition.purpose not in law.purposes:
        faults.append(
            Fault(
                file,
                "law.purposes",
                f"does not allow {definition.purpose}, the purpose of {definition.model}",
                "remove the source from the model, or have the purpose agreed and add it",
            )
        )
    return [*faults, *agreement_faults(contract, on)]


def agreement_faults(contract: SourceContract, on: date) -> list[Fault]:
    """A fault where the sharing agreement of a source has expired on a day."""
    agreement = contract.law.agreement
    if agreement is None or not contract.law.has_lapsed(on):
        return []
    return [
        Fault(
            f"features/sources/{contract.source}.yaml",
            "law.agreement.expires",
            f"is {agreement.expires}: {agreement.reference} has expired",
            "renew the agreement and record the new date",
        )
    ]

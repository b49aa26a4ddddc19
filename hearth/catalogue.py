"""The catalogue: every source contract and model definition of a workspace, checked together."""

import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from hearth.definition import Condition, FeatureGroup, ModelDefinition, Unit
from hearth.errors import DefinitionError, Fault, LawError, NotFoundError
from hearth.feature import Feature, column_of, features_of, group_features
from hearth.source_contract import ColumnType, SourceContract, SourceKind, Subject
from hearth.yaml_file import read_yaml

T = TypeVar("T")
NUMERIC = (ColumnType.NUMBER, ColumnType.INTEGER, ColumnType.BOOLEAN)


@dataclass(frozen=True)
class Catalogue:
    """Contracts and definitions of one workspace, by name; what is here has been checked."""

    root: Path
    sources: dict[str, SourceContract]
    models: dict[str, ModelDefinition]

    def model(self, name: str) -> ModelDefinition:
        """Definition of the model `name`; NotFoundError names those there are."""
        return _named(self.models, name, "model")

    def source(self, name: str) -> SourceContract:
        """Contract of the source `name`; NotFoundError names those there are."""
        return _named(self.sources, name, "source")

    def features(self, model: str) -> list[Feature]:
        """Features of a model in their fixed order."""
        return features_of(self.model(model), self.sources)

    def sources_of(self, model: str) -> list[SourceContract]:
        """Contracts of every source a model uses, protected attributes' included, by name."""
        names = {use.source for use in uses_of(self.model(model), self.sources)}
        return [self.sources[name] for name in sorted(names)]

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
        lines = []
        for contract in self.sources_of(model):
            law, where = contract.law, f"features/sources/{contract.source}.yaml"
            if definition.purpose not in law.purposes:
                lines.append(
                    f"{where}: `law.purposes` does not allow {definition.purpose}, the purpose of "
                    f"{model}; remove the source from the model, or have the purpose agreed and add it"
                )
            if law.agreement is not None and law.agreement.expires <= on:
                lines.append(
                    f"{where}: `law.agreement` {law.agreement.reference} expired on "
                    f"{law.agreement.expires}; renew it and record the new date"
                )
        if lines:
            raise LawError("\n".join(lines))


@dataclass(frozen=True)
class Use:
    """A place in a definition that uses a source."""

    place: str
    source: str


def uses_of(definition: ModelDefinition, sources: dict[str, SourceContract]) -> Iterator[Use]:
    """Every use of a source in a definition, the spells of households among them."""
    if definition.cohort.source is not None:
        yield Use("cohort.source", definition.cohort.source)
    yield Use("label.source", definition.label.source)
    for i, group in enumerate(definition.features):
        yield Use(f"features[{i}].source", group.source)
    for i, attribute in enumerate(definition.fairness.attributes):
        yield Use(f"fairness.attributes[{i}].source", attribute.source)
    if definition.unit is Unit.HOUSEHOLD:
        for name in residence_sources(sources):
            yield Use("unit", name)


def residence_sources(sources: dict[str, SourceContract]) -> list[str]:
    """Names of the sources that say who lived where: spells about persons with a UPRN."""
    return sorted(
        name
        for name, contract in sources.items()
        if contract.kind is SourceKind.SPELL
        and contract.about is Subject.PERSON
        and any(column.type is ColumnType.UPRN for column in contract.columns.values())
    )


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
            "name another with --workspace, or start one with docs/tutorial.md"
        )
    faults: list[Fault] = []
    sources = _read_all(source_files, SourceContract, workspace, lambda m: m.source, lambda p: p.stem, faults)
    models = _read_all(model_files, ModelDefinition, workspace, lambda m: m.model, lambda p: p.parent.name, faults)
    readable = {p.stem for p in source_files} - sources.keys()
    for definition in models.values():
        faults += _definition_faults(definition, sources, readable)
    if faults:
        raise DefinitionError(faults)
    return Catalogue(workspace, sources, models)


def _named(of: dict[str, T], name: str, what: str) -> T:
    if name not in of:
        raise NotFoundError(f"no {what} is called {name}; there are: {', '.join(sorted(of)) or 'none'}")
    return of[name]


def _read_all(
    paths: list[Path],
    model: type[T],
    workspace: Path,
    name_of: Callable[[T], str],
    expected: Callable[[Path], str],
    faults: list[Fault],
) -> dict[str, T]:
    found: dict[str, T] = {}
    for path in paths:
        shown_as = path.relative_to(workspace).as_posix()
        try:
            item: T = read_yaml(path, model, shown_as=shown_as)  # type: ignore[type-var]
        except DefinitionError as error:
            faults += error.faults
            continue
        if name_of(item) != expected(path):
            key = "source" if model is SourceContract else "model"
            faults.append(
                Fault(shown_as, key, f"is {name_of(item)}, not the file's own {expected(path)}", "make them one")
            )
        found[expected(path)] = item
    return found


def _definition_faults(
    definition: ModelDefinition, sources: dict[str, SourceContract], unreadable: set[str]
) -> Iterator[Fault]:
    file = f"models/{definition.model}/model.yaml"
    known = ", ".join(sorted(sources))
    for use in uses_of(definition, sources):
        if use.source not in sources and use.source not in unreadable:
            yield Fault(
                file, use.place, f"is {use.source}, which has no contract",
                f"add features/sources/{use.source}.yaml or use one of {known}",
            )
    for place, source, column in _columns_used(definition):
        if source in sources and column_of(sources[source], column) is None:
            yield Fault(
                file, place, f"is {column}, which {source} does not have",
                f"use one of {', '.join(sources[source].columns)}",
            )
    yield from _residence_faults(definition, sources, file)
    for i, group in enumerate(definition.features):
        if group.source in sources:
            yield from _group_faults(definition, group, sources[group.source], file, f"features[{i}]")
    if all(g.source in sources for g in definition.features):
        yield from _feature_name_faults(definition, sources, file)


def _residence_faults(
    definition: ModelDefinition, sources: dict[str, SourceContract], file: str
) -> Iterator[Fault]:
    needs = definition.unit is Unit.HOUSEHOLD or any(g.follow == "members" for g in definition.features)
    if needs and not residence_sources(sources):
        yield Fault(
            file, "unit", "needs to know who lived where, which no source says",
            "add a contract of kind spell about persons with a column of type uprn",
        )


def _columns_used(definition: ModelDefinition) -> Iterator[tuple[str, str, str]]:
    def conditions(place: str, source: str, where: tuple[Condition, ...]) -> Iterator[tuple[str, str, str]]:
        for j, condition in enumerate(where):
            yield f"{place}[{j}].column", source, condition.column

    if definition.cohort.source is not None:
        yield from conditions("cohort.where", definition.cohort.source, definition.cohort.where)
    yield "label.outcome.column", definition.label.source, definition.label.outcome.column
    for i, group in enumerate(definition.features):
        place = f"features[{i}]"
        yield from conditions(f"{place}.where", group.source, group.where)
        for j, aggregate in enumerate(group.aggregates):
            if aggregate.column is not None:
                yield f"{place}.aggregates[{j}]", group.source, aggregate.column
        for j, column in enumerate(group.attributes):
            yield f"{place}.attributes[{j}]", group.source, column
        if group.split_by is not None:
            yield f"{place}.split_by", group.source, group.split_by
    for i, attribute in enumerate(definition.fairness.attributes):
        yield f"fairness.attributes[{i}].column", attribute.source, attribute.column


def _group_faults(
    definition: ModelDefinition, group: FeatureGroup, contract: SourceContract, file: str, place: str
) -> Iterator[Fault]:
    if group.aggregates and contract.kind not in (SourceKind.EVENT, SourceKind.SPELL):
        yield Fault(
            file, f"{place}.aggregates", f"count rows over time, but {group.source} is of kind {contract.kind}",
            "use attributes",
        )
    if group.split_by in contract.columns and contract.columns[group.split_by].type is not ColumnType.CATEGORY:
        yield Fault(file, f"{place}.split_by", f"is {group.split_by}, which is not a category", "split by a category")
    for j, aggregate in enumerate(group.aggregates):
        column = contract.columns.get(aggregate.column or "")
        if column is None:
            continue
        if aggregate.name in ("sum", "mean", "min", "max") and column.type not in NUMERIC:
            yield Fault(file, f"{place}.aggregates[{j}]", f"needs a number, but {aggregate.column} is a {column.type}", "")
        if aggregate.name == "share" and column.type is not ColumnType.BOOLEAN:
            yield Fault(file, f"{place}.aggregates[{j}]", f"needs true or false, but {aggregate.column} is a {column.type}", "")
        if aggregate.name == "last" and column.type not in (*NUMERIC, ColumnType.CATEGORY):
            yield Fault(file, f"{place}.aggregates[{j}]", f"needs a number or category, but {aggregate.column} is a {column.type}", "")
    for j, name in enumerate(group.attributes):
        spec = column_of(contract, name)
        if spec is not None and spec.type not in (*NUMERIC, ColumnType.CATEGORY):
            yield Fault(file, f"{place}.attributes[{j}]", f"is {name}, a {spec.type}; features are numbers or categories", "")
    yield from _snapshot_faults(definition, group, contract, file, place)


def _snapshot_faults(
    definition: ModelDefinition, group: FeatureGroup, contract: SourceContract, file: str, place: str
) -> Iterator[Fault]:
    known_from, first = contract.known_from(), definition.as_of.first
    assumed = group.assume_known_from
    if known_from is None:
        if assumed is not None:
            yield Fault(file, f"{place}.assume_known_from", f"is not needed: {group.source} has its own knowledge dates", "remove it")
        return
    if assumed is None and first < known_from:
        yield Fault(
            file, f"{place}.source",
            f"is {group.source}, a snapshot known on {contract.known_on}, but the first as-of date is {first}",
            f"start as_of on {known_from} or later, or declare assume_known_from with date and because",
        )
    if assumed is not None and first < assumed.date:
        yield Fault(file, f"{place}.assume_known_from.date", f"is after the first as-of date {first}", "declare that date or an earlier one")


def _feature_name_faults(
    definition: ModelDefinition, sources: dict[str, SourceContract], file: str
) -> Iterator[Fault]:
    try:
        features = features_of(definition, sources)
    except KeyError:
        return  # a column that is not there has been reported
    names = [f.name for f in features]
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield Fault(file, "features", f"yield the name {name} twice", "rename a group")
    for i, baseline in enumerate(definition.baselines):
        if baseline.rank_by not in names:
            yield Fault(file, f"baselines[{i}].rank_by", f"is {baseline.rank_by}, which is no feature", _nearest(baseline.rank_by, names))
        elif features[names.index(baseline.rank_by)].kind == "category":
            yield Fault(file, f"baselines[{i}].rank_by", f"is {baseline.rank_by}, a category", "rank by a number")
    for name in definition.learner.monotone:
        if name not in names:
            yield Fault(file, "learner.monotone", f"names {name}, which is no feature", _nearest(name, names))
    for i, group in enumerate(definition.features):
        allowed = {f.name for f in group_features(group, sources[group.source])} | {"comparison"}
        for field in _placeholders(group.reason.text):
            if field not in allowed:
                yield Fault(
                    file, f"features[{i}].reason.text", f"names {{{field}}}, which is no feature of {group.group}",
                    f"use {{comparison}} or one of {', '.join(sorted(allowed - {'comparison'}))}",
                )


def _placeholders(text: str) -> list[str]:
    try:
        return [field for _, field, _, _ in string.Formatter().parse(text) if field is not None]
    except ValueError:
        return ["…"]


def _nearest(name: str, names: list[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, names, n=3) or names[:3]
    return f"use one such as {', '.join(close)}"

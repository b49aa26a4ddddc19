"""Names of features wherever a definition uses them: rules, constraints and the words of reasons."""

import difflib
import string
from collections.abc import Iterator, Mapping, Sequence

from hearth.definition import FeatureGroup, ModelDefinition
from hearth.errors import Fault
from hearth.feature import Feature, column_of, features_of, group_features
from hearth.source_contract import SourceContract

COMPARISON = "comparison"


def name_faults(
    definition: ModelDefinition, sources: Mapping[str, SourceContract], *, file: str
) -> Iterator[Fault]:
    """Faults of a definition in the names of its features.

    Nothing is said while a source or column is missing: that is reported as what it is.
    """
    if not is_complete(definition, sources):
        return
    features = features_of(definition, sources)
    names = [feature.name for feature in features]
    of_assessors = {group.group for group in definition.features if group.assessor}
    usable = [feature for feature in features if feature.group not in of_assessors]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Fault(
            file, "features", f"yield the name {name} twice", "rename a group or a category"
        )
    yield from _rank_faults(definition, usable, file)
    known = [feature.name for feature in usable]
    for name in definition.learner.monotone:
        if name not in known:
            found = f"is {name}, which is no feature of the model"
            yield Fault(file, f"learner.monotone.{name}", found, _nearest(name, known))
    for i, group in enumerate(definition.features):
        own = [feature.name for feature in group_features(group, sources[group.source])]
        yield from _reason_faults(group, own, file, f"features[{i}].reason")


def is_complete(definition: ModelDefinition, sources: Mapping[str, SourceContract]) -> bool:
    """Whether every source and column that features are made of is there."""
    return all(
        group.source in sources
        and all(column_of(sources[group.source], name) for name in group.attributes)
        and sources[group.source].columns.keys() >= _columns_aggregated(group)
        for group in definition.features
    )


def _columns_aggregated(group: FeatureGroup) -> set[str]:
    named = {column for a in group.aggregates for column in (a.column, a.per)} | {group.split_by}
    return {column for column in named if column is not None}


def _rank_faults(
    definition: ModelDefinition, features: Sequence[Feature], file: str
) -> Iterator[Fault]:
    kinds = {feature.name: feature.kind for feature in features}
    for i, baseline in enumerate(definition.baselines):
        place = f"baselines[{i}].rank_by"
        if baseline.rank_by not in kinds:
            found = f"is {baseline.rank_by}, which is no feature of the model"
            yield Fault(file, place, found, _nearest(baseline.rank_by, list(kinds)))
        elif kinds[baseline.rank_by] == "category":
            yield Fault(file, place, f"is {baseline.rank_by}, a category", "rank by a number")


def _reason_faults(
    group: FeatureGroup, own: Sequence[str], file: str, place: str
) -> Iterator[Fault]:
    fields = _fields(group.reason.text)
    if fields is None:
        found = "has a brace that stands alone, or more than a name between braces"
        yield Fault(file, f"{place}.text", found, "write {name of a feature} or {comparison}")
        return
    for field in fields:
        if field not in (*own, COMPARISON):
            remedy = f"use {{{COMPARISON}}} or one of {', '.join(sorted(own))}"
            found = f"names {{{field}}}, which is no feature of {group.group}"
            yield Fault(file, f"{place}.text", found, remedy)
    if fields[:1] == [COMPARISON]:
        found = f"has {{{COMPARISON}}} before any feature"
        yield Fault(file, f"{place}.text", found, "name the feature that is compared first")
    if _fields(group.reason.missing) != []:
        found = "names a value, which is missing where this is read"
        yield Fault(file, f"{place}.missing", found, "write it without braces")


def _fields(text: str) -> list[str] | None:
    """Names between braces, in order; None where a brace stands alone or holds more than a name."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return None
    if any(spec or conversion for _, _, spec, conversion in parts):
        return None
    return [field for _, field, _, _ in parts if field is not None]


def _nearest(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name, names, n=3) or names[:3]
    return f"use one such as {', '.join(close)}"

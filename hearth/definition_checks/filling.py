"""What a definition fills missing values with, checked against the features it fills."""

from collections.abc import Iterator, Mapping, Sequence

from hearth.definition import Filling, ModelDefinition, Statistic
from hearth.definition_checks.names import is_complete
from hearth.errors import Fault
from hearth.feature import Feature, group_features
from hearth.source_contract import SourceContract


def filling_faults(
    definition: ModelDefinition, sources: Mapping[str, SourceContract], *, file: str
) -> Iterator[Fault]:
    """Faults of a definition in what it puts in place of missing values."""
    if not is_complete(definition, sources):
        return
    for i, group in enumerate(definition.features):
        if group.fill_missing is None:
            continue
        place = f"features[{i}].fill_missing"
        features = group_features(group, sources[group.source])
        filled = [feature for feature in features if feature.may_be_missing]
        if not filled:
            found = "has nothing to fill: counts and sums are 0 where no row is there"
            yield Fault(file, place, found, "remove it")
        yield from _unfit(group.fill_missing, filled, file, place)


def _unfit(filling: Filling, filled: Sequence[Feature], file: str, place: str) -> Iterator[Fault]:
    """Features that the rule cannot fill."""
    for feature in filled:
        of, name = feature.kind, feature.name
        if filling.statistic is Statistic.COHORT_MEDIAN and of == "category":
            yield Fault(file, place, f"takes the median of {name}, a category", "use most_common")
        elif isinstance(filling.value, str) and filling.value not in feature.categories:
            found = f"is no value of {name}"
            known = ", ".join(feature.categories) or "a number, without quotes"
            yield Fault(file, f"{place}.value", found, f"use {known}, or split the group")
        elif isinstance(filling.value, float) and of == "category":
            found, known = f"is a number, but {name} is a category", ", ".join(feature.categories)
            yield Fault(file, f"{place}.value", found, f"use one of {known}, or split the group")

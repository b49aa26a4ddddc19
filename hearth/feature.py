"""Features by name: the one place that says which features a definition yields, and what each is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypedDict

from hearth.definition import Aggregate, FeatureGroup, ModelDefinition
from hearth.periods import Period
from hearth.source_contract import Column, ColumnType, SourceContract

_OF_THE_COLUMN = ("sum", "mean", "min", "max", "last")  # in its unit, of its kind
_NEVER_MISSING = ("count", "sum", "distinct", "trend")
_IN_DAYS = ("days_since_last", "days_since_first")

_LABELS = {
    "count": "number",
    "sum": "sum of {column}",
    "mean": "mean {column}",
    "min": "least {column}",
    "max": "greatest {column}",
    "distinct": "different {column}",
    "share": "share {column}",
    "last": "latest {column}",
    "ratio": "{column} by {per}",
    "trend": "nearer half less further half",
    "days_since_last": "time since the latest",
    "days_since_first": "time since the first",
    "around_rate": "per 1,000 other properties of the area",
    "around_count": "number at other properties near by",
}

DERIVED = {
    "age_months": Column(
        type=ColumnType.INTEGER, unit="months", missing="allowed", text="Age at the as-of date"
    )
}
"""Columns that Hearth computes of every source with a column `date_of_birth`."""


@dataclass(frozen=True)
class Feature:
    """One column of the matrix.

    `window` is None for attributes and for aggregates over all years held; `per` is the column
    that a ratio is divided by; `flag_of` is the feature whose missing values this one flags.
    """

    name: str
    group: str
    source: str
    kind: Literal["number", "category"]
    categories: tuple[str, ...]
    unit: str | None
    aggregate: str | None
    column: str | None
    category: str | None
    window: Period | None
    per: str | None = None
    flag_of: str | None = None

    @property
    def label(self) -> str:
        """What it is in a few words, beside its group's title: `number in the last 24 months`."""
        column, per = (_plain(name or "") for name in (self.column, self.per))
        if self.flag_of is not None:
            return f"{self.flag_of} not recorded"
        if self.aggregate is None:
            return column
        what = _LABELS[self.aggregate].format(column=column, per=per)
        of = f" ({_plain(self.category)})" if self.category is not None else ""
        held = self.window is None or self.window.unbounded
        within = "" if self.window is None or held else f" in the last {self.window.in_words()}"
        return f"{what}{of}{within}"

    @property
    def may_be_missing(self) -> bool:
        """Whether it can lack a value; where no row is there, counts and sums are 0."""
        return self.aggregate not in _NEVER_MISSING and self.flag_of is None


def features_of(
    definition: ModelDefinition, sources: Mapping[str, SourceContract]
) -> list[Feature]:
    """Features of a definition in their fixed order: by group, then aggregate, category and window.

    Parameters
    ----------
    definition
        A definition whose sources and columns all exist (see `hearth.catalogue`).
    sources
        Contracts by name.
    """
    return [
        feature
        for group in definition.features
        for feature in group_features(group, sources[group.source])
    ]


def group_features(group: FeatureGroup, contract: SourceContract) -> Iterator[Feature]:
    """Features of one group, in order, each that is filled followed by its flag."""
    for feature in _made_of_rows(group, contract):
        yield feature
        if group.fill_missing is not None and feature.may_be_missing:
            yield _flag(feature)


def _made_of_rows(group: FeatureGroup, contract: SourceContract) -> Iterator[Feature]:
    yield from (_attribute(group, column, contract) for column in group.attributes)
    categories: list[str | None] = [None]
    if group.split_by is not None:
        categories += contract.columns[group.split_by].values
    if group.around is not None:
        measure = group.around.measure
        yield from (_around(group, measure, c, w) for c in categories for w in group.windows)
    for aggregate in group.aggregates:
        if not aggregate.has_window:
            yield _aggregated(group, aggregate, contract, None, None)
            continue
        for category in categories:
            for window in group.windows:
                yield _aggregated(group, aggregate, contract, category, window)


def column_of(contract: SourceContract, name: str) -> Column | None:
    """Column of a contract, or one that Hearth derives from its dates of birth; else None."""
    born = contract.columns.get("date_of_birth")
    is_derived = born is not None and born.type is ColumnType.DATE
    return contract.columns.get(name) or (DERIVED.get(name) if is_derived else None)


def _attribute(group: FeatureGroup, column: str, contract: SourceContract) -> Feature:
    spec = contract.columns.get(column) or DERIVED[column]
    return Feature(
        name=f"{group.group}_{column}",
        group=group.group,
        source=group.source,
        **_kind(spec),
        unit=spec.unit,
        aggregate=None,
        column=column,
        category=None,
        window=None,
    )


def _aggregated(
    group: FeatureGroup,
    aggregate: Aggregate,
    contract: SourceContract,
    category: str | None,
    window: Period | None,
) -> Feature:
    shown_window = None if window is None else str(window)
    per = None if aggregate.per is None else f"per_{aggregate.per}"
    parts = [group.group, aggregate.name, aggregate.column, per, category, shown_window]
    keeps_unit = aggregate.column is not None and aggregate.name in _OF_THE_COLUMN
    spec = contract.columns[str(aggregate.column)] if keeps_unit else None
    return Feature(
        name="_".join(_word(part) for part in parts if part is not None),
        group=group.group,
        source=group.source,
        **_kind(spec),
        unit=_unit(aggregate, contract),
        aggregate=aggregate.name,
        column=aggregate.column,
        category=category,
        window=window,
        per=aggregate.per,
    )


def _unit(aggregate: Aggregate, contract: SourceContract) -> str | None:
    """Unit of an aggregate; a ratio of two columns of one unit, or of none, is a share and has none."""
    if aggregate.name in _IN_DAYS:
        return "days"
    units = [contract.columns[name].unit for name in (aggregate.column, aggregate.per) if name]
    if aggregate.per is not None:
        of, per = (unit or "units" for unit in units)
        return None if units[0] == units[1] else f"{of} per {per.removesuffix('s')}"
    return units[0] if aggregate.name in _OF_THE_COLUMN else None


def _around(group: FeatureGroup, measure: str, category: str | None, window: Period) -> Feature:
    """Feature of the rows at other homes around, of all or of one category."""
    parts = [group.group, measure, category, str(window)]
    return Feature(
        name="_".join(_word(part) for part in parts if part is not None),
        group=group.group,
        source=group.source,
        **_kind(None),
        unit=None,
        aggregate=measure,
        column=None,
        category=category,
        window=window,
    )


def _flag(feature: Feature) -> Feature:
    """1 where the feature's value was filled in, 0 where it is recorded."""
    return Feature(
        name=f"{feature.name}_missing",
        group=feature.group,
        source=feature.source,
        **_kind(None),
        unit=None,
        aggregate=None,
        column=None,
        category=None,
        window=None,
        flag_of=feature.name,
    )


class _Kind(TypedDict):
    kind: Literal["number", "category"]
    categories: tuple[str, ...]


def _kind(spec: Column | None) -> _Kind:
    if spec is not None and spec.type is ColumnType.CATEGORY:
        return {"kind": "category", "categories": spec.values}
    return {"kind": "number", "categories": ()}


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _word(text: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in text.lower())

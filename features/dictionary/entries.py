"""Entries of the dictionary: all that is known of each feature of a model, as JSON holds it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.dictionary.measures import Distribution, missing_share, of_categories, of_numbers
from features.dictionary.words import FOLLOWS, example_of, text_of, unit_of
from hearth.catalogue import Catalogue
from hearth.definition import Baseline, FeatureGroup, Learner
from hearth.feature import Feature
from hearth.progress import Progress
from hearth.source_contract import SourceContract

_AT_ONCE = 16  # features read together, so that memory follows them and not the matrix


def entries(
    catalogue: Catalogue, model: str, parts: Path, *, score_as_of: date, progress: Progress
) -> Iterator[dict[str, Any]]:
    """Entry of each feature of a model, in order.

    Parameters
    ----------
    catalogue, model
        The workspace, and the model's name.
    parts
        Folder of the matrix's features.
    score_as_of
        As-of date at which values are described.
    progress
        Told of each lot of features.
    """
    features = catalogue.features(model)
    groups = {group.group: group for group in catalogue.model(model).features}
    for start in range(0, len(features), _AT_ONCE):
        progress(f"Describe features of {model}", start, len(features))
        lot = features[start : start + _AT_ONCE]
        table = _columns(parts, [feature.name for feature in lot])
        here = table.filter(pc.equal(table["as_of"], pa.scalar(score_as_of)))
        for feature in lot:
            group = groups[feature.group]
            contract = catalogue.source(feature.source)
            yield {
                **_described(feature, group, contract),
                "missing": _missing(table["as_of"], table[feature.name]),
                "distribution": _distribution(feature, here),
                "used_by": _used_by(catalogue, feature),
            }
    progress(f"Describe features of {model}", len(features), len(features))


def _described(feature: Feature, group: FeatureGroup, contract: SourceContract) -> dict[str, Any]:
    law = contract.law
    return {
        "name": feature.name,
        "text": text_of(feature, group, contract),
        "example": example_of(feature),
        "group": feature.group,
        "group_title": group.reason.title,
        "follows": FOLLOWS[group.follow],
        "window": None if feature.window is None else feature.window.in_words(),
        "unit": unit_of(feature),
        "kind": feature.kind,
        "categories": list(feature.categories),
        "may_be_missing": feature.may_be_missing,
        "filling": _filling(feature, group),
        "flag_of": feature.flag_of,
        "source": {
            "name": contract.source,
            "title": contract.title,
            "controller": law.controller,
            "lawful_basis": str(law.lawful_basis),
            "power": law.power,
            "purposes": list(law.purposes),
            "special_category": None if law.special_category is None else str(law.special_category),
            "sensitivity": law.sensitivity,
            "agreement": None
            if law.agreement is None
            else {
                "reference": law.agreement.reference,
                "expires": law.agreement.expires.isoformat(),
            },
        },
    }


def _filling(feature: Feature, group: FeatureGroup) -> str | None:
    """How missing values are filled; None where they stay missing, or cannot be."""
    filled = group.fill_missing is not None and feature.may_be_missing
    return str(group.fill_missing) if filled else None


def _missing(as_of: pa.ChunkedArray, column: pa.ChunkedArray) -> list[dict[str, Any]]:
    absent = pa.table({"as_of": as_of, "absent": pc.cast(pc.is_null(column), pa.int64())})
    by_date = absent.group_by("as_of").aggregate([("absent", "sum"), ("absent", "count")])
    return [
        {
            "as_of": row["as_of"].isoformat(),
            "share": missing_share(row["absent_sum"], row["absent_count"]),
        }
        for row in by_date.sort_by("as_of").to_pylist()
    ]


def _distribution(feature: Feature, here: pa.Table) -> dict[str, Any]:
    found = _of(feature, here[feature.name])
    return {"quantiles": found.quantiles, "bars": [asdict(bar) for bar in found.bars]}


def _of(feature: Feature, column: pa.ChunkedArray) -> Distribution:
    if feature.kind == "category":
        return of_categories(column, feature.categories)
    return of_numbers(column)


def _used_by(catalogue: Catalogue, feature: Feature) -> list[dict[str, Any]]:
    """Models with a feature of this name and source, and what they use it for beside scoring."""
    return [
        {"model": name, "for": _uses(feature, definition.baselines, definition.learner, group)}
        for name, definition in sorted(catalogue.models.items())
        for group in definition.features
        if group.group == feature.group
        and any(
            (other.name, other.source) == (feature.name, feature.source)
            for other in catalogue.features(name)
        )
    ]


def _uses(
    feature: Feature, baselines: Sequence[Baseline], learner: Learner, group: FeatureGroup
) -> list[str]:
    named = f"{{{feature.name}}}" in group.reason.text
    held = learner.monotone.get(feature.name)
    return [
        f"reason “{group.reason.title}”" + (", whose text states it" if named else ""),
        *(f"baseline “{b.name}”" for b in baselines if b.rank_by == feature.name),
        *([] if held is None else [f"held {held.direction} in the trees"]),
    ]


def _columns(parts: Path, names: Sequence[str]) -> pa.Table:
    """These features of every row, and its as-of date."""
    return pa.concat_tables(
        _read(path, ["as_of", *names]) for path in sorted(parts.glob("part-*.parquet"))
    )


def _read(path: Path, columns: list[str]) -> pa.Table:
    with pq.ParquetFile(path) as file:
        return file.read(columns=columns)

"""Made-up data for the training benchmark: a matrix as `hearth build` writes one, and scored cohorts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from features import artefacts
from features.feature_parts import part_name
from training.figures.evaluation import Cohort, Scores
from training.figures.metrics import Outcomes

_CELLS = 4_000_000  # of a part, as `features.point_in_time.partitions` has them
_CATEGORIES = list("abcdef")


def make(folder: str, rows: int, columns: int) -> None:
    """Write a matrix: counts, numbers with gaps and categories; the outcome follows one in five."""
    random, aside = np.random.default_rng(0), Path(f"{folder}.aside")
    shutil.rmtree(aside, ignore_errors=True)
    (aside / "features").mkdir(parents=True)
    weights = random.normal(size=columns) * (random.random(columns) < 0.2)
    outcomes, size = [], _CELLS // columns
    for part, start in enumerate(range(0, rows, size)):
        many = min(size, rows - start)
        table, level = _keys(start, many), np.zeros(many)
        for place, weight in enumerate(weights):
            values, column = _column(random, place, many)
            level += weight * values
            table[f"feature_{place}"] = column
        outcomes.append(random.random(many) < 1 / (1 + np.exp(3 - level)))
        artefacts.write_table(aside / "features" / part_name(part), pa.table(table))
    happened = np.concatenate(outcomes)
    labels = {
        **_keys(0, rows),
        "label": pa.array(happened),
        "observed": pa.repeat(True, rows),
        "window_end": pa.repeat(pa.scalar(20_000, pa.date32()), rows),
        "found_on": pa.nulls(rows, pa.date32()),
        **{name: pa.nulls(rows, pa.bool_()) for name in ("visited", "drawn", "drawn_label")},
    }
    artefacts.write_table(aside / "labels.parquet", pa.table(labels))
    features = [_described(place) for place in range(columns)]
    artefacts.write_json(aside / artefacts.MANIFEST, {"key": "made up", "features": features})
    aside.rename(folder)


def judged(rows: int, candidates: int) -> tuple[Cohort, dict[str, Scores]]:
    """A cohort, all looked at, one in ten with the outcome; candidates that each know a little."""
    random = np.random.default_rng(0)
    level = random.normal(size=rows)
    found = random.random(rows) < 1 / (1 + np.exp(2.6 - level))
    entities = [f"{number:012}" for number in range(rows)]
    outcomes = Outcomes(found, np.ones(rows, dtype=bool))
    scores = {}
    for number in range(candidates):
        raw = level + random.normal(size=rows) - 2.6
        scores[f"candidate {number}"] = Scores(raw, 1 / (1 + np.exp(-raw)))
    return Cohort(entities, outcomes, capacity=rows // 20), scores


def _column(random: np.random.Generator, place: int, many: int) -> tuple[np.ndarray, pa.Array]:
    """What a feature adds to the outcome, and the feature: in turn a count, two numbers, a word."""
    if place % 20 == 19:
        codes = random.integers(0, len(_CATEGORIES), many)
        words = pa.DictionaryArray.from_arrays(codes, _CATEGORIES).cast(pa.string())
        return (codes == 2).astype(float), words
    values = random.poisson(1.5, many) if place % 3 == 0 else random.normal(size=many)
    values = values.astype(float)
    values[random.random(many) < 0.1] = np.nan
    return np.nan_to_num(values), pa.array(values, from_pandas=True)


def _keys(start: int, many: int) -> dict[str, Any]:
    entities = pa.array([f"{number:012}" for number in range(start, start + many)])
    return {"entity_id": entities, "as_of": pa.repeat(pa.scalar(19_000, pa.date32()), many)}


def _described(place: int) -> dict[str, Any]:
    is_word = place % 20 == 19
    return {
        "name": f"feature_{place}",
        "group": "made up",
        "source": "made_up",
        "kind": "category" if is_word else "number",
        "categories": _CATEGORIES if is_word else [],
        "unit": None,
        "flag_of": None,
    }

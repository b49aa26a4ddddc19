"""Everybody in the feature store, as a model takes them: values, scores and the list."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from features.store import FeatureStore
from hearth.errors import NotFoundError
from hearth.risk_model import RiskModel
from hearth.settings import Settings
from training.figures.ranking import Floats


def stored_rows(settings: Settings, model: str) -> tuple[date, list[str], list[dict[str, Any]]]:
    """Date that the feature store holds a model's subjects at, their names and their values.

    Raises
    ------
    NotFoundError
        If it holds none.
    """
    store = FeatureStore(settings.store_url)
    refresh, rows = store.refresh_of(model), list(store.rows(model))
    if refresh is None or not rows:
        raise NotFoundError(
            f"the feature store has no rows of {model}; run: hearth refresh {model}"
        )
    return refresh.as_of, [entity for entity, _ in rows], [values for _, values in rows]


def as_columns(
    model: RiskModel, rows: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """Values by feature: as they are, and as the model can take them.

    A category that it never saw is missing to the model.
    """
    plain = {f.name: [row.get(f.name) for row in rows] for f in model.features}
    taken = dict(plain)
    for feature in model.features:
        if feature.kind == "category":
            known = set(feature.categories)
            taken[feature.name] = [v if v in known else None for v in plain[feature.name]]
    return plain, taken


def score_rows(model: RiskModel, columns: Mapping[str, list[Any]]) -> tuple[Floats, Floats]:
    """Raw score and probability of rows given by column, shape (n,) each."""
    given = {
        f.name: np.array([np.nan if v is None else v for v in columns[f.name]], dtype=np.float64)
        if f.kind == "number"
        else columns[f.name]
        for f in model.features
    }
    raw = model.raw_score(model.encode_columns(given))
    return raw, model.probability(raw)

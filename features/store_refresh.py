"""The feature store brought up to a model's last as-of date."""

from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from features.store import FeatureStore, Row

_BATCH = 10_000


def refresh(store: FeatureStore, model: str, features: pa.Table, *, key: str, run_on: date) -> bool:
    """Put the rows of the last as-of date in the store; False where it had this matrix's already.

    Parameters
    ----------
    store
        The store.
    model
        Name of the model.
    features
        The matrix's features, at every as-of date.
    key
        Key of the matrix.
    run_on
        Day of the run.
    """
    held = store.refresh_of(model)
    if held is not None and held.key == key:
        return False
    last = pc.max(features["as_of"]).as_py()
    rows = features.filter(pc.equal(features["as_of"], pa.scalar(last)))
    store.replace(model, last, _rows(rows), refreshed_on=run_on, key=key)
    return True


def _rows(table: pa.Table) -> Iterator[Row]:
    """Rows as the store takes them, a batch in memory at a time."""
    values = table.drop_columns(["entity_id", "as_of"])
    for start in range(0, len(table), _BATCH):
        entities = table["entity_id"].slice(start, _BATCH).to_pylist()
        for entity, row in zip(entities, values.slice(start, _BATCH).to_pylist(), strict=True):
            yield entity, row, {}

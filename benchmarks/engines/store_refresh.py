"""The feature store brought up to date, whole and after news of one home in a hundred."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from engines.workload import CATEGORIES, TABLES
from features import commands
from features.ingest.snapshot import BATCH
from features.refresh import refresh_store
from hearth.catalogue import load_catalogue
from hearth.settings import load_settings

AS_OF, RUN_ON = date(2024, 4, 1), date(2024, 6, 1)
SHARE = 0.01  # of the homes have a new row in each table
_LAW = """law:
  controller: Example Borough Council
  lawful_basis: public_task
  power: Housing Act 2004, s. 3
  purposes: [housing_standards]
  retention: 20y
"""
_EVENTS = """source: {name}
title: {name}
description: Made-up events
kind: event
read: {{file: data/{name}.parquet, extracted_on: 2024-06-01}}
about: property
key: key
event_date: event_date
knowledge_date: knowledge_date
{law}columns:
  key: {{type: string}}
  event_date: {{type: date}}
  knowledge_date: {{type: date}}
  amount: {{type: integer}}
  category: {{type: category, values: [{categories}]}}
"""
_HOMES = """source: homes
title: homes
description: Made-up homes
kind: attribute
read: {{file: data/homes.parquet, extracted_on: 2024-06-01}}
about: property
key: key
knowledge_date: recorded_on
{law}columns:
  key: {{type: string}}
  recorded_on: {{type: date}}
"""
_MODEL = """model: benchmark
title: Benchmark
question: How long does a refresh take?
purpose: housing_standards
intervention: assistive
unit: property
capacity: {count: 100}
as_of: {first: 2021-10-01, last: 2024-04-01, every: 6m}
cohort: {source: homes}
label: {source: complaints, outcome: {column: category, is: a}, window: 6m, observed: always}
success: {metric: precision_at_capacity}
oversight: {owner: A head, contact: team@council.example, review_every: 12m, sunset: 2027-12-31}
baselines: [{name: complaints, rank_by: complaints_count_12m}]
features:
"""
_GROUPS = """  - group: {name}
    source: {name}
    follow: address
    windows: [3m, 6m, 12m, 24m, all]
    aggregates: [count, {{sum: amount}}, {{mean: amount}}, {{min: amount}}, {{max: amount}}, {{distinct: category}}, days_since_last]
    reason: {{title: {name}, text: "{name}"}}
  - group: {name}_kinds
    source: {name}
    follow: address
    windows: [12m]
    aggregates: [count]
    split_by: category
    reason: {{title: {name}, text: "{name}"}}
"""


def prepare(folder: str, entities: int) -> None:
    """A workspace over the event files, ingested; whatever an earlier run left is removed."""
    root = _root(folder)
    shutil.rmtree(root, ignore_errors=True)
    for part in ("features/sources", "models/benchmark", "data"):
        (root / part).mkdir(parents=True)
    given = {"law": _LAW, "categories": ", ".join(CATEGORIES)}
    for name in TABLES:
        (root / "features/sources" / f"{name}.yaml").write_text(_EVENTS.format(name=name, **given))
        (root / "data" / f"{name}.parquet").hardlink_to(Path(folder) / f"{name}.parquet")
    (root / "features/sources/homes.yaml").write_text(_HOMES.format(**given))
    groups = "".join(_GROUPS.format(name=name) for name in TABLES)
    (root / "models/benchmark/model.yaml").write_text(_MODEL + groups)
    recorded = pa.repeat(pa.scalar(date(2018, 1, 1)), entities)
    homes = pa.table({"key": np.arange(entities), "recorded_on": recorded})
    pq.write_table(homes, root / "data" / "homes.parquet")
    _ingest(root)


def change(folder: str, entities: int) -> None:
    """A new row in each table for one home in a hundred, ingested."""
    root, random = _root(folder), np.random.default_rng(20_261_103)
    few = random.choice(entities, int(entities * SHARE), replace=False)
    day = pa.array([date(2024, 3, 1)] * len(few), pa.date32())
    for name in TABLES:
        file, aside = root / "data" / f"{name}.parquet", root / "data" / f".{name}.parquet"
        with pq.ParquetFile(file) as held, pq.ParquetWriter(aside, held.schema_arrow) as written:
            for batch in held.iter_batches(batch_size=BATCH):
                written.write_batch(batch)
            new = {
                "key": few,
                "event_date": day,
                "knowledge_date": day,
                "order": np.arange(len(few)),
                "amount": random.integers(0, 100_000, len(few)),
                "category": pa.array([CATEGORIES[0]] * len(few)),
            }
            written.write_table(pa.table(new).select(held.schema_arrow.names))
        aside.replace(file)
    _ingest(root)


def refresh_all(folder: str, entities: int) -> dict[str, Any]:
    """Every home's features computed and put in an empty store."""
    (_root(folder) / ".hearth" / "feature_store.db").unlink(missing_ok=True)
    return _refresh(folder, expected=entities)


def refresh_1pct(folder: str, entities: int) -> dict[str, Any]:
    """The features of homes with news computed and put in the store beside the others."""
    return _refresh(folder, expected=int(entities * SHARE))


def _refresh(folder: str, *, expected: int) -> dict[str, Any]:
    root = _root(folder)
    settings = load_settings(root)
    catalogue = load_catalogue(root)
    made = refresh_store(catalogue, settings, "benchmark", as_of=AS_OF, run_on=RUN_ON)
    if made.computed != expected:
        raise ValueError(f"computed {made.computed} homes, not {expected}")
    return {"computed": made.computed}


def _ingest(root: Path) -> None:
    commands.ingest(load_catalogue(root), load_settings(root), run_on=RUN_ON, pseudonyms=None)


def _root(folder: str) -> Path:
    return Path(folder) / "workspace"

"""A spec run the whole way: a contract and a snapshot made of it, then the kernel, or plain SQL."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features import artefacts
from features.followed import Followed
from features.group_features import event_batches, partition_features, plan_of
from features.households import SCHEMA, Households
from features.ingest.order import in_order
from features.ingest.snapshot import DATA, snapshot_folder
from features.point_in_time import sql
from hearth.definition import FeatureGroup
from hearth.feature import Feature, group_features
from hearth.source_contract import SourceContract
from specs.spec import Row, Spec, drawn, header

Engine = Callable[[FeatureGroup, list[Feature], pa.Table, pa.Table, pa.Table], pa.Table]
_DATED = {
    "event": {"event_date": "happened", "knowledge_date": "known"},
    "spell": {"starts_on": "starts", "ends_on": "ends", "knowledge_date": "known"},
    "attribute": {"knowledge_date": "known"},
}
_DATE_COLUMNS = ("happened", "starts", "ends", "known", "end_known")
_LAW = {
    "controller": "Example Borough Council",
    "lawful_basis": "public_task",
    "power": "Housing Act 2004, s. 3",
    "purposes": ["early_help"],
    "retention": "6y",
}
_LATEST = """\
SELECT {columns} FROM (
  SELECT r."row", e.*, row_number() OVER (
    PARTITION BY r."row" ORDER BY e.event_date DESC, e.knowledge_date DESC, e."order" DESC
  ) AS place
  FROM rows AS r
  LEFT JOIN followed AS f ON f."row" = r."row"
  LEFT JOIN events AS e ON e.key = f.key AND e.event_date < r.as_of AND e.knowledge_date < r.as_of
    AND (e.superseded_date IS NULL OR e.superseded_date >= r.as_of)
) WHERE place = 1 ORDER BY "row"
"""


def expected(spec: Spec) -> list[Row]:
    """Features as the spec draws them, a row each."""
    return [{name: row[name] for name in _features(spec)} for row in drawn(spec.rows)]


def made(spec: Spec, engine: Engine, state_dir: Path) -> list[Row]:
    """Features as an engine makes them, a row each; a folder to lay the source in."""
    contract = contract_of(spec)
    table = _table(spec, contract)
    held = in_order(contract, table, np.arange(len(table)))
    folder = snapshot_folder(state_dir, "rows")
    folder.mkdir(parents=True)
    artefacts.write_table(folder / DATA, held)
    artefacts.write_json(folder / artefacts.MANIFEST, {"key": "spec"})
    described = {"group": "g", "source": "rows", "follow": "person"}
    reason = {"reason": {"title": "A reason", "text": "A reason"}}
    group = FeatureGroup.model_validate({**described, **reason, **spec.asked})
    features = list(group_features(group, contract))
    events = pa.concat_tables(
        event_batches(group, features, contract, state_dir, assumed_known=None)
    )
    rows = pa.table({"as_of": pa.array([row["as_of"] for row in drawn(spec.rows)], pa.date32())})
    followed = Followed.of(_pairs(spec))
    key = pc.index_in(events["key"], value_set=followed.keys)
    events = events.set_column(events.column_names.index("key"), "key", key)
    events = events.filter(pc.is_valid(events["key"]))
    found = engine(group, features, rows, followed.pairs, events)
    names = {f"g_{name}": name for name in _features(spec)}
    return found.select(list(names)).rename_columns(list(names.values())).to_pylist()


def by_kernel(
    group: FeatureGroup, features: list[Feature], rows: pa.Table, pairs: pa.Table, events: pa.Table
) -> pa.Table:
    """Features as they are built in production."""
    return partition_features(group, features, rows, pairs, events)


def by_sql(
    group: FeatureGroup, features: list[Feature], rows: pa.Table, pairs: pa.Table, events: pa.Table
) -> pa.Table:
    """Features by plain SQL."""
    if group.aggregates:
        return sql.aggregate(plan_of(group, features), rows, pairs, events)
    numbered = rows.append_column("row", pa.array(range(len(rows)), pa.int64()))
    columns = ", ".join(f'"{f.column}" AS {f.name}' for f in features)
    with duckdb.connect() as connection:
        for name, table in (("rows", numbered), ("followed", pairs), ("events", events)):
            connection.register(name, table)
        return connection.execute(_LATEST.format(columns=columns)).to_arrow_table()


def contract_of(spec: Spec) -> SourceContract:
    """Contract of the drawn source."""
    named = header(spec.source)
    kind = next(
        (k for k, c in (("event", "happened"), ("spell", "starts")) if c in named), "attribute"
    )
    dated = dict(_DATED[kind])
    if kind == "spell":
        dated["end_knowledge_date"] = "end_known"
    told = spec.contracted
    if "recording_lag" in told:
        dated.pop("knowledge_date")
    elif "known" not in named:
        dated["knowledge_date"] = "happened"
    columns = dict(_columns(spec))
    columns |= told.pop("columns", {})
    return SourceContract.model_validate(
        {
            "source": "rows",
            "title": "Rows",
            "description": "Rows of a spec",
            "kind": kind,
            "read": {"file": "rows.csv"},
            "about": "person",
            "key": "key",
            "law": _LAW,
            "columns": columns,
            **dated,
            **told,
        }
    )


def _columns(spec: Spec) -> Iterator[tuple[str, dict[str, Any]]]:
    """Columns of the drawn source, with their types by what they hold."""
    rows = drawn(spec.source)
    for name in header(spec.source):
        values = [row[name] for row in rows if row[name] is not None]
        if name in _DATE_COLUMNS:
            yield name, {"type": "date", "missing": "allowed"}
        elif name in ("key", "record", "replaces") or not values:
            yield name, {"type": "string", "missing": "allowed"}
        elif isinstance(values[0], bool):
            yield name, {"type": "boolean", "missing": "allowed"}
        elif isinstance(values[0], float):
            yield name, {"type": "number", "missing": "allowed"}
        else:
            words = list(dict.fromkeys(values))
            yield name, {"type": "category", "values": words, "missing": "allowed"}


def _table(spec: Spec, contract: SourceContract) -> pa.Table:
    """The drawn source in its contract's types."""
    kinds = {"date": pa.date32(), "number": pa.float64(), "boolean": pa.bool_()}
    rows = drawn(spec.source)
    return pa.table(
        {
            name: pa.array(
                [row[name] for row in rows], kinds.get(contract.columns[name].type, pa.string())
            )
            for name in contract.columns
        }
    )


def _pairs(spec: Spec) -> pa.Table:
    """Keys that each row follows."""
    pairs: list[tuple[int, str]] = []
    for place, row in enumerate(drawn(spec.rows)):
        if spec.residents:
            members = _households(spec).members_at(row["as_of"]).to_pylist()
            pairs += [(place, m["person_id"]) for m in members if m["uprn"] == row["entity"]]
        else:
            follows = row.get("follows", row["entity"])
            pairs += [(place, key) for key in str(follows or "").split()]
    columns = {"row": [p[0] for p in pairs], "key": [p[1] for p in pairs]}
    return pa.table(columns, schema=pa.schema({"row": pa.int64(), "key": pa.string()}))


def _households(spec: Spec) -> Households:
    rows = drawn(spec.residents)
    columns = {
        "person_id": "person",
        "uprn": "home",
        "start": "from",
        "end": "to",
        "start_known": "known",
        "end_known": "end_known",
    }
    spells = {name: [row.get(columns.get(name, name)) for row in rows] for name in SCHEMA.names}
    return Households.of(pa.table(spells, schema=SCHEMA))


def _features(spec: Spec) -> list[str]:
    return [name for name in header(spec.rows) if name not in ("entity", "as_of", "follows")]

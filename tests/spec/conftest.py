"""Small tables drawn as text, and the two engines every spec is run on."""

from collections.abc import Callable
from datetime import date

import pyarrow as pa
import pytest

from features.point_in_time import kernel, sql
from features.point_in_time.plan import Aggregate, Function, GroupPlan
from hearth.periods import Period

Engine = Callable[[GroupPlan, pa.Table, pa.Table, pa.Table], pa.Table]
_TYPES = {"event_date": pa.date32(), "knowledge_date": pa.date32(), "as_of": pa.date32()}


def _value(text: str, column: str) -> object:
    if text in ("", "-"):
        return None
    if column in _TYPES:
        return date.fromisoformat(text)
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text


def _drawn(text: str) -> list[dict[str, object]]:
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    header, *body = [line for line in lines if not set("".join(line)) <= {"-"}]
    return [{c: _value(v, c) for c, v in zip(header, line, strict=True)} for line in body]


@pytest.fixture(params=[kernel.aggregate, sql.aggregate], ids=["kernel", "sql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """The kernel, then the SQL."""
    return request.param


@pytest.fixture
def feature(engine: Engine) -> Callable[..., list[object]]:
    """Values of one feature, a row each, from rows and events drawn as text.

    In `rows` a column `follows` names the keys, separated by spaces; without it a row follows
    its `entity`. Events without a knowledge date are known the day they happen.
    """

    def of(
        function: str,
        *,
        events: str,
        rows: str,
        column: str | None = None,
        window: str = "all",
        split_by: str | None = None,
        category: str | None = None,
    ) -> list[object]:
        aggregate = Aggregate("f", Function(function), column, Period.parse(window), category)
        drawn_rows, drawn = _drawn(rows), _drawn(events)
        keys = sorted({str(e["key"]) for e in drawn} | {k for r in drawn_rows for k in _follows(r)})
        columns = [
            c
            for c in (drawn[0] if drawn else {})
            if c not in ("key", "event_date", "knowledge_date")
        ]
        table = pa.table(
            {
                "key": pa.array([keys.index(str(e["key"])) for e in drawn], pa.int64()),
                "event_date": pa.array([e["event_date"] for e in drawn], pa.date32()),
                "knowledge_date": pa.array(
                    [e.get("knowledge_date", e["event_date"]) for e in drawn], pa.date32()
                ),
                "order": pa.array(range(len(drawn)), pa.int64()),
                **{c: pa.array([e[c] for e in drawn]) for c in columns},
            }
        )
        pairs = [(i, keys.index(k)) for i, row in enumerate(drawn_rows) for k in _follows(row)]
        followed = pa.table(
            {
                "row": pa.array([p[0] for p in pairs], pa.int64()),
                "key": pa.array([p[1] for p in pairs], pa.int64()),
            }
        )
        as_of = pa.table({"as_of": pa.array([r["as_of"] for r in drawn_rows], pa.date32())})
        result = engine(GroupPlan("g", (aggregate,), split_by), as_of, followed, table)
        return list(result["f"].to_pylist())

    return of


def _follows(row: dict[str, object]) -> list[str]:
    follows = row.get("follows", row.get("entity"))
    return str(follows).split() if follows is not None else []

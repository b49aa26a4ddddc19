"""DuckDB as one would first write it: a GROUP BY for each as-of date, table and window, left joined.

All cores and default settings.
"""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from engines.workload import AS_OF, CATEGORIES, NUMERIC, TABLES, WINDOWS, Checks
from features.point_in_time.plan import Function
from hearth.periods import Period

_SQL = {Function.SUM: "sum", Function.MEAN: "avg", Function.MIN: "min", Function.MAX: "max"}
_ROWS_AT_A_TIME = 100_000


def compute(folder: str, entities: int) -> dict[str, Any]:
    """Features fetched batch by batch and let go."""
    checks = Checks()
    with duckdb.connect() as connection:
        for as_of in AS_OF:
            result = connection.execute(features_sql(Path(folder), entities, as_of))
            checks.add_all(result.to_arrow_reader(_ROWS_AT_A_TIME))
    return {"checks": checks.totals}


def parquet(folder: str, entities: int, out: str) -> None:
    """Features of each as-of date copied to a Parquet file."""
    with duckdb.connect() as connection:
        for as_of in AS_OF:
            query = features_sql(Path(folder), entities, as_of)
            connection.execute(f"COPY ({query}) TO '{Path(out) / f'{as_of}.parquet'}'")


def features_sql(folder: Path, entities: int, as_of: date) -> str:
    """Whole rows at one as-of date: every table and window grouped on its own, then joined."""
    joins = "\n".join(
        f"LEFT JOIN ({_windowed(folder / f'{table}.parquet', table, window, as_of)}) AS {table}_{window} USING (key)"
        for table in TABLES
        for window in WINDOWS
    )
    joined = f"SELECT * FROM (SELECT unnest(range({entities})) AS key) AS entities\n{joins}"
    return (
        "SELECT key, coalesce(COLUMNS('_(count|distinct|sum)_'), 0), COLUMNS('_(mean|min|max|days)_') "
        f"FROM ({joined})"
    )


def _windowed(file: Path, table: str, window: str, as_of: date) -> str:
    """One GROUP BY: a table's features over one window."""
    parts = {
        f"count_{window}": "count(*)",
        f"distinct_category_{window}": "count(DISTINCT category)",
    }
    parts |= {f"{function}_amount_{window}": f"{_SQL[function]}(amount)" for function in NUMERIC}
    where = f"event_date < DATE '{as_of}' AND knowledge_date < DATE '{as_of}'"
    if window == "12m":
        parts |= {f"count_{c}_12m": f"count(*) FILTER (WHERE category = '{c}')" for c in CATEGORIES}
    if window == "all":
        parts |= {"days_since_last": f"DATE '{as_of}' - max(event_date)"}
    else:
        where += f" AND event_date >= DATE '{Period.parse(window).before(as_of)}'"
    picked = ", ".join(f"{expression} AS {table}_{name}" for name, expression in parts.items())
    return f"SELECT key, {picked} FROM '{file}' WHERE {where} GROUP BY key"

"""pandas as a careful analyst would write it: vectorised, one groupby for each as-of date, table and window."""

from datetime import date
from pathlib import Path

import pandas as pd

from engines.workload import AS_OF, CATEGORIES, TABLES, WINDOWS
from hearth.periods import Period

_FUNCTIONS = ["count", "sum", "mean", "min", "max"]


def parquet(folder: str, entities: int, out: str) -> None:
    """Features of each as-of date in a Parquet file."""
    tables = {table: _read(Path(folder) / f"{table}.parquet") for table in TABLES}
    for as_of in AS_OF:
        parts = [
            _features(events, as_of).add_prefix(f"{table}_") for table, events in tables.items()
        ]
        whole = pd.concat([part.reindex(range(entities)) for part in parts], axis="columns")
        zeros = whole.columns[whole.columns.str.contains("_(?:count|distinct|sum)_")]
        whole = whole.fillna(dict.fromkeys(zeros, 0))
        whole.to_parquet(Path(out) / f"{as_of}.parquet")


def _read(file: Path) -> pd.DataFrame:
    columns = ["key", "event_date", "knowledge_date", "amount", "category"]
    events = pd.read_parquet(file, columns=columns)
    dates = ["event_date", "knowledge_date"]
    events[dates] = events[dates].apply(pd.to_datetime)
    return events.astype({"category": pd.CategoricalDtype(CATEGORIES)})


def _features(events: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Features of one table at one as-of date, a row for each entity that has events."""
    day = pd.Timestamp(as_of)
    known = events[(events["event_date"] < day) & (events["knowledge_date"] < day)]
    made: list[pd.DataFrame | pd.Series] = []
    for name in WINDOWS:
        window = Period.parse(name)
        rows = known
        if not window.unbounded:
            rows = known[known["event_date"] >= pd.Timestamp(window.before(as_of))]
        amounts = rows.groupby("key")["amount"].agg(_FUNCTIONS)
        amounts.columns = [
            f"count_{name}",
            *(f"{function}_amount_{name}" for function in _FUNCTIONS[1:]),
        ]
        different = rows[["key", "category"]].drop_duplicates()["key"].value_counts()
        made += [amounts, different.rename(f"distinct_category_{name}")]
        if name == "12m":
            cells = rows.groupby(["key", "category"], observed=False).size()
            counts = cells.unstack()  # noqa: PD010  a pivot table would group a second time
            made.append(counts.set_axis([f"count_{c}_12m" for c in CATEGORIES], axis="columns"))
    since = (day - known.groupby("key")["event_date"].max()).dt.days
    return pd.concat([*made, since.rename("days_since_last")], axis="columns")

"""The engines that the benchmark sets side by side compute the same features."""

import importlib
from pathlib import Path

import pandas as pd
import pytest

ENTITIES = 40
QUANTITIES = {"sum": "sum", "mean": "mean", "min": "min", "max": "max"}


@pytest.fixture
def engine(monkeypatch):
    """Loads a module of benchmarks/engines."""
    monkeypatch.syspath_prepend(Path(__file__).parents[3] / "benchmarks")
    return lambda name: importlib.import_module(f"engines.{name}")


@pytest.fixture
def events(engine, tmp_path):
    """Folder with the events of a few households."""
    engine("workload").synthesise(ENTITIES, str(tmp_path))
    return tmp_path


def made_by(module, events, workload):
    out = events / module.__name__
    out.mkdir()
    module.parquet(str(events), ENTITIES, str(out))
    return workload.checks_of_parquet(str(out))["checks"]


def test_hearth_pandas_and_naive_sql_compute_the_same_features(engine, events):
    expected = engine("naive_sql").compute(str(events), ENTITIES)["checks"]
    for name in ("hearth_engine", "pandas_groupby"):
        made = made_by(engine(name), events, engine("workload"))
        assert made == pytest.approx(expected, rel=1e-9)


def test_there_are_185_features(engine):
    assert len(engine("workload").feature_names()) == 185


def by_one_date(events, as_of):
    """Features of each household by the knowledge date alone, as triage has it, in pandas."""
    day = pd.Timestamp(as_of)
    known = events[events["knowledge_date"] < day]
    made = {"days_since_last": (day - known.groupby("key")["knowledge_date"].max()).dt.days}
    for window, months in {"3m": 3, "6m": 6, "12m": 12, "24m": 24, "all": 1200}.items():
        rows = known[known["knowledge_date"] >= day - pd.DateOffset(months=months)].groupby("key")
        made |= {f"{q}_amount_{window}": getattr(rows["amount"], q)() for q in QUANTITIES}
        made[f"count_{window}"] = rows.size()
        made[f"distinct_category_{window}"] = rows["category"].nunique()
    last_year = known[known["knowledge_date"] >= day - pd.DateOffset(months=12)]
    counts = pd.crosstab(last_year["key"], last_year["category"]).add_prefix("count_")
    return pd.DataFrame(made).join(counts.add_suffix("_12m"))


@pytest.mark.postgres
def test_the_sql_of_triage_follows_its_rule_of_one_date(engine, events, postgres_url):
    triage, workload = engine("triage_sql"), engine("workload")
    url = postgres_url.replace("+psycopg", "")
    triage.load(str(events), ENTITIES, url)
    triage.make_matrix(url)
    columns = ", ".join(f'sum("{name}")::float' for name in workload.feature_names())
    with triage.psycopg.connect(url) as connection:
        found = connection.execute(f"SELECT {columns} FROM features.matrix").fetchone()
    expected = {}
    for table in workload.TABLES:
        rows = pd.read_parquet(events / f"{table}.parquet")
        rows["knowledge_date"] = pd.to_datetime(rows["knowledge_date"])
        made = pd.concat([by_one_date(rows, as_of) for as_of in workload.AS_OF])
        expected |= made.sum().add_prefix(f"{table}_").to_dict()
    made = dict(zip(workload.feature_names(), found, strict=True))
    assert made == pytest.approx(expected, rel=1e-9)

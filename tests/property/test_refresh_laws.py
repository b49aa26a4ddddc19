"""A refresh that computes only what new data touch leaves the store as one that computes all."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.refresh import refresh_store
from features.store import FeatureStore

AS_OF, RUN_ON = date(2022, 9, 1), date(2026, 11, 2)
day = st.integers(0, 3_000).map(lambda days: (date(2016, 1, 1) + timedelta(days=days)).isoformat())
home = st.sampled_from(["100", "200", "300"])
person = st.sampled_from(["p1", "p3", "p4", "p5", "p6", "p9"])
pupil = st.sampled_from(["s1,Cal,Ash,2012-03-10,ZZ1 1AA", "s7,Eve,Day,2019-01-20,ZZ2 2BB"])


def _lines(*parts):
    return st.tuples(*parts).map(",".join)


ROWS = {
    "residents": _lines(
        person, st.just("New,Name,2019-02-02,ZZ3 3CC"), home, day, st.just(""), day, st.just("")
    ),
    "complaints": _lines(
        st.uuids().map(str), home, day, day, st.sampled_from(["noise,9", "damp,"])
    ),
    "homes": _lines(home, st.just("E02"), st.sampled_from(["home,9", "shop,1"]), day),
    "absence": _lines(pupil, day, st.just("7.5")),
}
extracts = st.fixed_dictionaries({name: st.lists(rows, max_size=2) for name, rows in ROWS.items()})


@pytest.fixture(scope="module")
def council(small_council_at, tmp_path_factory):
    made = small_council_at(tmp_path_factory.mktemp("council"))
    for path in (made.root / "features" / "sources").glob("*.yaml"):
        path.write_text(
            path.read_text() + "quality: {quarantine_at_most: 99%, shrink_at_most: 99%}\n"
        )
    path = made.root / "models" / "filled" / "model.yaml"
    path.parent.mkdir()
    letting = (made.root / "models" / "letting" / "model.yaml").read_text()
    filled = "aggregates: [count, {last: decibels}]\n    fill_missing: cohort_median\n"
    letting = letting.replace("model: letting", "model: filled")
    path.write_text(letting.replace("aggregates: [count, {last: decibels}]\n", filled))
    return made


def _refreshed(council, model, store_url):
    chosen = council.settings.model_copy(update={"store_url": store_url})
    made = refresh_store(council.catalogue, chosen, model, as_of=AS_OF, run_on=RUN_ON)
    store = FeatureStore(store_url)
    assert made.rows == store.count(model)
    return made, {entity: store.get(model, entity).values for entity in store.entities(model)}


@pytest.mark.parametrize("model", ["readiness", "letting", "filled"])
@settings(max_examples=5)
@given(first=extracts, second=extracts)
def test_a_refresh_of_what_changed_equals_a_refresh_of_all(
    council, tmp_path_factory, model, first, second
):
    folder = tmp_path_factory.mktemp("stores")
    for name in ROWS:
        council.add(name, *dict.fromkeys(first[name]))
    council.ingest()
    _refreshed(council, model, f"sqlite:///{folder}/kept.db")
    for name in ROWS:
        council.add(name, *dict.fromkeys(second[name]))
    council.ingest()
    _, changed = _refreshed(council, model, f"sqlite:///{folder}/kept.db")
    _, afresh = _refreshed(council, model, f"sqlite:///{folder}/fresh.db")
    assert changed == afresh

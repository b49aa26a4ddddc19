from datetime import date

import pytest

from features.store import FeatureStore

AS_OF, TODAY = date(2026, 10, 1), date(2026, 11, 2)


@pytest.fixture
def store(tmp_path):
    return FeatureStore(f"sqlite:///{tmp_path / 'state' / 'feature_store.db'}")


def test_a_store_may_lie_in_postgresql(postgres_url):
    store = FeatureStore(postgres_url)
    store.replace("hmo", AS_OF, [("100", {"a": 1.0}, {"area": "E1"})], refreshed_on=TODAY)
    assert (store.get("hmo", "100").values, store.count("hmo")) == ({"a": 1.0}, 1)
    store._engine.dispose()


def test_a_row_comes_back_as_it_was_put(store):
    values = {"calls_count_12m": 3.0, "fabric_heating": "gas", "score_last": None}
    store.replace("hmo", AS_OF, [("100", values, {"imputed": ["x"]})], refreshed_on=TODAY)
    row = store.get("hmo", "100")
    assert (row.values, row.flags) == (values, {"imputed": ["x"]})
    assert (row.as_of, row.refreshed_on) == (AS_OF, TODAY)


def test_a_subject_unknown_to_the_model_has_no_row(store):
    store.replace("hmo", AS_OF, [("100", {}, {})], refreshed_on=TODAY)
    assert store.get("hmo", "101") is None
    assert store.get("other", "100") is None


def test_a_refresh_replaces_all_rows_of_its_model_and_no_others(store):
    store.replace(
        "hmo", AS_OF, [("100", {"a": 1.0}, {}), ("101", {"a": 2.0}, {})], refreshed_on=TODAY
    )
    store.replace("ready", AS_OF, [("100", {"b": 1.0}, {})], refreshed_on=TODAY)
    assert store.replace("hmo", TODAY, [("102", {"a": 3.0}, {})], refreshed_on=TODAY, key="k") == 1
    assert store.entities("hmo") == ["102"]
    assert store.entities("ready") == ["100"]
    assert store.refresh_of("hmo").key == "k"


def test_a_refresh_that_fails_leaves_what_was_there(store):
    store.replace("hmo", AS_OF, [("100", {"a": 1.0}, {})], refreshed_on=TODAY)

    def rows():
        yield "101", {"a": 2.0}, {}
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.replace("hmo", TODAY, rows(), refreshed_on=TODAY)
    assert store.entities("hmo") == ["100"]


def test_entities_come_in_pages(store):
    store.replace("hmo", AS_OF, [(str(n), {}, {}) for n in range(100, 105)], refreshed_on=TODAY)
    assert store.entities("hmo", limit=2, offset=2) == ["102", "103"]
    assert store.refresh_of("ready") is None

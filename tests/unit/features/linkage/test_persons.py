import pyarrow as pa
import pytest

from features.linkage.evaluation import evaluate_links
from features.linkage.persons import links_folder, read_links, spine_of
from hearth.errors import DefinitionError, NotFoundError


def test_each_reference_is_linked_once_with_its_rule(small_council):
    small_council.ingest()
    (link,) = read_links(small_council.settings.state_dir, "absence").to_pylist()
    assert (link["reference"], link["person_id"]) == ("s1", "p4")
    assert 0 < link["confidence"] <= 1


def test_links_are_made_again_only_when_something_changed(small_council):
    small_council.ingest()
    folder = links_folder(small_council.settings.state_dir, "absence")
    before = (folder / "links.parquet").stat().st_mtime_ns
    small_council.ingest()
    assert (folder / "links.parquet").stat().st_mtime_ns == before
    small_council.add("residents", "p7,Zoe,Zed,2012-03-10,ZZ9 9ZZ,300,2015-01-01,,2015-02-01,")
    small_council.ingest()
    assert read_links(small_council.settings.state_dir, "absence")["reference"].to_pylist() == [
        "s1",
        "s9",
    ]


def test_a_source_that_was_not_linked_says_what_to_run(small_council):
    with pytest.raises(NotFoundError, match="hearth ingest"):
        read_links(small_council.settings.state_dir, "absence")


def test_the_spine_is_the_one_source_that_lists_persons(small_council):
    sources = small_council.catalogue.sources
    assert spine_of(sources).source == "residents"
    del sources["residents"]
    with pytest.raises(DefinitionError, match="none"):
        spine_of(sources)


def test_links_are_judged_by_the_truth():
    links = pa.table({"reference": ["a", "b", "c"], "person_id": ["1", "2", "9"]})
    truth = pa.table({"reference": ["a", "b", "c", "d"], "person_id": ["1", "2", "3", "4"]})
    quality = evaluate_links(links, truth)
    assert quality.precision == pytest.approx(2 / 3)
    assert quality.recall == pytest.approx(1 / 2)
    assert quality.f1 == pytest.approx(4 / 7)


def test_no_links_at_all_are_precise_and_recall_nothing():
    empty = pa.table(
        {"reference": pa.array([], pa.string()), "person_id": pa.array([], pa.string())}
    )
    truth = pa.table({"reference": ["a"], "person_id": ["1"]})
    assert (evaluate_links(empty, truth).precision, evaluate_links(empty, truth).recall) == (1, 0)

"""The dictionary of a built model: what it says of each feature, and when it is made again."""

import json

import pytest

from features.dictionary.build import HTML, JSON, build_dictionary
from hearth.errors import NotFoundError


@pytest.fixture
def folder(small_council):
    small_council.build("readiness")
    return build_dictionary(small_council.catalogue, small_council.settings, "readiness")


@pytest.fixture
def entries(folder):
    return {entry["name"]: entry for entry in json.loads((folder / JSON).read_text())["entries"]}


def test_a_feature_is_described_from_its_definition(entries):
    assert entries["noise_count_damp_12m"]["text"] == (
        "How many rows of “complaints” about this home where topic is damp there were, "
        "in the 12 months before the as-of date, as far as known by then."
    )
    assert entries["age_age_months"]["text"].startswith("Age months as last in force before")


def test_a_feature_has_the_law_of_its_source(entries):
    source = entries["absence_sum_hours_6m"]["source"]
    assert source["controller"] == "Example Borough Council"
    assert source["agreement"] == {"reference": "DSA-1", "expires": "2027-01-01"}
    assert entries["absence_sum_hours_6m"]["follows"].startswith("the child's brothers and sisters")


def test_it_says_what_uses_a_feature(entries):
    used = entries["noise_count_12m"]["used_by"]
    assert used == [{"model": "readiness", "for": ["reason “Noise”", "baseline “noise”"]}]


def test_of_two_households_nothing_is_told(entries):
    for entry in entries.values():
        assert all(value is None for value in entry["distribution"]["quantiles"].values())
        assert entry["distribution"]["bars"] == []


def test_the_page_asks_for_nothing_and_names_no_entity(folder):
    html = (folder / HTML).read_text()
    assert "http" not in html
    assert "noise_max_decibels_noise_12m" in html
    assert not any(entity in html for entity in (">100<", ">200<", "Ash", "ZZ1"))


def test_what_is_current_is_left_and_a_new_matrix_is_described_anew(small_council, folder):
    before = (folder / HTML).stat().st_mtime_ns
    catalogue, settings = small_council.catalogue, small_council.settings
    build_dictionary(catalogue, settings, "readiness")
    assert (folder / HTML).stat().st_mtime_ns == before
    small_council.add("complaints", "c9,100,2021-08-01,2021-08-02,damp,50")
    small_council.build("readiness")
    build_dictionary(catalogue, settings, "readiness")
    assert (folder / HTML).stat().st_mtime_ns > before


def test_a_model_that_was_never_built_has_no_dictionary(small_council):
    with pytest.raises(NotFoundError, match="run `hearth build readiness`"):
        build_dictionary(small_council.catalogue, small_council.settings, "readiness")

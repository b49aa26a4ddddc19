from datetime import date

import pytest

from features import commands
from features.matrix import read_matrix
from features.protected_attributes import read_protected
from features.store import FeatureStore
from hearth.errors import LawError, NotFoundError, StateError

FIRST, LAST = date(2021, 9, 1), date(2022, 9, 1)


def _column(table, name):
    keys = zip(table["entity_id"].to_pylist(), table["as_of"].to_pylist(), strict=True)
    return dict(zip(keys, table[name].to_pylist(), strict=True))


@pytest.fixture
def readiness(small_council):
    small_council.build("readiness")
    return read_matrix(small_council.settings, "readiness")


def test_a_household_is_scored_at_each_date_it_has_a_child_of_the_age(readiness):
    rows = _column(readiness.features, "age_age_months")
    assert rows == {("100", FIRST): 41, ("200", LAST): 43}


def test_a_row_recorded_after_the_as_of_date_is_not_counted(readiness):
    assert _column(readiness.features, "noise_count_12m")["100", FIRST] == 2
    assert _column(readiness.features, "noise_count_noise_12m")["100", FIRST] == 1
    assert _column(readiness.features, "noise_max_decibels_12m")["100", FIRST] == 70
    assert _column(readiness.features, "noise_count_damp_12m")["200", LAST] == 0


def test_a_siblings_rows_count_once_their_recording_lag_has_passed(readiness):
    assert _column(readiness.features, "absence_sum_hours_6m")["100", FIRST] == 4
    assert _column(readiness.features, "absence_days_since_last")["100", FIRST] == 22


def test_an_end_learned_late_leaves_the_person_in_the_household(readiness):
    assert _column(readiness.features, "adults_distinct_person_id_all")["100", FIRST] == 2


def test_an_area_is_followed_through_the_home(readiness):
    assert _column(readiness.features, "area_decile") == {("100", FIRST): 2, ("200", LAST): 9}


def test_a_label_is_the_outcome_of_the_childs_first_row(readiness):
    assert _column(readiness.labels, "label") == {("100", FIRST): True, ("200", LAST): None}
    assert _column(readiness.labels, "window_end")["100", FIRST] == date(2023, 9, 1)


def test_protected_attributes_stand_apart_and_are_as_held_at_the_extract(small_council, readiness):
    table = read_protected(small_council.settings, "readiness")
    assert _column(table, "child_group") == {("100", FIRST): "north", ("200", LAST): "not recorded"}
    assert _column(table, "home_group") == {("100", FIRST): "more than one", ("200", LAST): "south"}
    assert _column(table, "disabled") == {("100", FIRST): "yes", ("200", LAST): "no"}
    assert _column(table, "decile") == {("100", FIRST): "2", ("200", LAST): "9"}
    assert "child_group" not in readiness.features.column_names


def test_a_property_is_scored_with_what_was_known_of_it(small_council):
    small_council.build("letting")
    matrix = read_matrix(small_council.settings, "letting")
    assert _column(matrix.features, "home_rooms") == {
        ("100", FIRST): 4,
        ("200", FIRST): 3,
        ("100", LAST): 4,
        ("200", LAST): 5,
    }
    assert _column(matrix.features, "people_distinct_surname_all")["200", LAST] == 1
    assert _column(matrix.features, "noise_last_decibels")["100", FIRST] == 70
    assert _column(matrix.features, "noise_count_1m")["100", FIRST] == 1
    assert _column(matrix.features, "home_use")["100", LAST] == "home"


def test_an_uninspected_property_has_no_label(small_council):
    small_council.build("letting")
    labels = read_matrix(small_council.settings, "letting").labels
    assert _column(labels, "label") == {
        ("100", FIRST): True,
        ("200", FIRST): None,
        ("100", LAST): None,
        ("200", LAST): False,
    }
    assert _column(labels, "observed")["200", FIRST] is False


def test_the_manifest_says_what_the_matrix_was_made_from(readiness):
    manifest = readiness.manifest
    assert manifest["as_of"] == ["2021-09-01", "2022-09-01"]
    assert manifest["score_as_of"] == "2022-09-01"
    assert set(manifest["sources"]) == {
        "residents",
        "homes",
        "absence",
        "areas",
        "complaints",
        "profiles",
        "monitoring",
    }
    assert [f["name"] for f in manifest["features"]] == readiness.features.column_names[2:]


def test_the_last_date_goes_to_the_feature_store(small_council, readiness):
    row = FeatureStore(small_council.settings.store_url).get("readiness", "200")
    assert (row.as_of, row.values["age_age_months"]) == (LAST, 43)
    assert FeatureStore(small_council.settings.store_url).entities("readiness") == ["200"]


def test_a_matrix_that_is_up_to_date_is_left_as_it_is(small_council):
    written = (
        (small_council.build("letting") / "features" / "part-00000.parquet").stat().st_mtime_ns
    )
    assert (
        small_council.build("letting") / "features" / "part-00000.parquet"
    ).stat().st_mtime_ns == written
    small_council.add("complaints", "c5,200,2022-08-09,2022-08-10,noise,50")
    assert (
        small_council.build("letting") / "features" / "part-00000.parquet"
    ).stat().st_mtime_ns != written


def test_an_expired_agreement_stops_the_build(small_council):
    with pytest.raises(LawError, match="DSA-1"):
        small_council.build("letting", run_on=date(2027, 1, 1))
    assert not (small_council.settings.state_dir / "matrices").exists()


def test_a_contract_changed_since_ingest_stops_the_build(small_council):
    small_council.build("letting")
    path = small_council.root / "features" / "sources" / "homes.yaml"
    path.write_text(path.read_text().replace("[home, shop]", "[home, shop, mill]"))
    with pytest.raises(StateError, match=r"homes\.yaml has changed"):
        commands.build(
            small_council.catalogue, small_council.settings, "letting", run_on=date(2026, 11, 2)
        )


def test_a_model_that_was_never_built_says_what_to_run(small_council):
    with pytest.raises(NotFoundError, match="hearth build letting"):
        read_matrix(small_council.settings, "letting")


def _letting_with(small_council, old, new):
    path = small_council.root / "models" / "letting" / "model.yaml"
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    small_council.build("letting")
    return read_matrix(small_council.settings, "letting")


def test_a_group_of_assessors_is_built_and_kept_out_of_the_store(small_council):
    matrix = _letting_with(small_council, "{group: people,", "{group: people, assessor: true,")
    stored = FeatureStore(small_council.settings.store_url).get("letting", "100").values

    assert matrix.manifest["assessor_features"] == [
        name for name in matrix.features.column_names if name.startswith("people_")
    ]
    assert "home_rooms" in stored
    assert not [name for name in stored if name.startswith("people_")]


def test_who_decided_a_label_and_who_was_visited_stand_in_the_labels(small_council):
    audit = "  assessor: [written_on]\n  visited: {source: visits}\n"
    matrix = _letting_with(small_council, "  window: 12m\n", f"  window: 12m\n{audit}")
    labels = matrix.labels.to_pandas().query("label.notna()")

    assert len(labels) > 0
    assert labels["found_on"].notna().all()
    assert labels["assessor_written_on"].notna().all()
    assert labels["visited"].all()

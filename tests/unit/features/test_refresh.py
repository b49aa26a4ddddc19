from datetime import date

import pytest

from features.matrix import matrix_folder
from features.refresh import refresh_store
from features.store import FeatureStore
from hearth.errors import LawError

AS_OF, RUN_ON = date(2022, 10, 1), date(2026, 11, 2)


@pytest.fixture
def council(small_council):
    small_council.ingest()
    return small_council


def _refresh(council, as_of=AS_OF, model="letting"):
    return refresh_store(council.catalogue, council.settings, model, as_of=as_of, run_on=RUN_ON)


def _row(council, entity, model="letting"):
    return FeatureStore(council.settings.store_url).get(model, entity)


def test_the_first_refresh_computes_all_and_the_second_nothing(council):
    first, second = _refresh(council), _refresh(council)
    assert (first.rows, first.computed, first.up_to_date) == (2, 2, False)
    assert (second.rows, second.computed, second.up_to_date) == (2, 0, True)


def test_a_new_row_has_its_own_home_computed_and_no_other(council):
    _refresh(council)
    council.add("complaints", "c9,100,2022-09-20,2022-09-21,noise,91")
    council.ingest()
    made = _refresh(council)
    assert (made.computed, made.why_all) == (1, None)
    assert _row(council, "100").values["noise_last_decibels"] == 91
    assert _row(council, "200").values["noise_last_decibels"] == 65


def test_a_correction_that_moves_a_row_to_another_home_tells_on_the_first_home_too(small_council):
    path = small_council.root / "features" / "sources" / "complaints.yaml"
    path.write_text(path.read_text().replace("row_key:", "supersedes: complaint_id\nrow_key:"))
    small_council.ingest()
    _refresh(small_council)
    assert _row(small_council, "200").values["noise_count_all"] == 1
    small_council.add("complaints", "c4,100,2022-08-01,2022-09-02,noise,65")
    small_council.ingest()
    _refresh(small_council)
    assert _row(small_council, "100").values["noise_count_all"] == 3
    assert _row(small_council, "200").values["noise_count_all"] == 0


def test_a_person_who_moves_in_has_the_home_computed_whose_member_is_new(council):
    _refresh(council)
    council.add("residents", "p7,Fay,Fox,1990-01-01,ZZ2 2BB,200,2022-09-01,,2022-09-02,")
    council.ingest()
    assert _refresh(council).computed == 1
    assert _row(council, "200").values["people_distinct_surname_all"] == 2


def test_a_home_that_is_scored_no_longer_is_taken_out(council):
    _refresh(council)
    council.add("homes", "200,E02,shop,5,2022-09-01")
    council.ingest()
    made = _refresh(council)
    assert (made.rows, made.removed) == (1, 1)
    assert _row(council, "200") is None


def test_another_date_computes_all_again(council):
    _refresh(council)
    made = _refresh(council, as_of=date(2022, 10, 8))
    assert (made.computed, made.why_all) == (2, "the store held it as known at 2022-10-01")
    assert _row(council, "100").as_of == date(2022, 10, 8)


def test_a_refresh_leaves_the_matrix_alone_and_a_build_leaves_a_later_date_in_the_store(council):
    council.build("letting")
    manifest = matrix_folder(council.settings, "letting") / "manifest.json"
    before = manifest.read_bytes()
    _refresh(council)
    council.build("letting")
    assert manifest.read_bytes() == before
    assert _row(council, "100").as_of == AS_OF


def test_an_expired_agreement_stops_a_refresh(council):
    with pytest.raises(LawError, match="DSA-1 has expired"):
        refresh_store(
            council.catalogue, council.settings, "letting", as_of=AS_OF, run_on=date(2027, 1, 1)
        )


@pytest.fixture
def placed(small_council):
    """A council whose definition says in which area each home lies."""
    path = small_council.root / "models" / "letting" / "model.yaml"
    path.write_text(path.read_text() + "\narea: lsoa\n")
    small_council.ingest()
    return small_council


def test_a_row_keeps_the_area_of_its_home_where_the_definition_names_one(placed):
    _refresh(placed)
    assert (_row(placed, "100").area, _row(placed, "200").area) == ("E01", "E02")


def test_without_a_column_named_no_row_has_an_area(council):
    _refresh(council)
    assert _row(council, "100").area is None


def test_a_home_that_comes_to_lie_in_another_area_is_put_there(placed):
    _refresh(placed)
    placed.add("homes", "200,E09,home,5,2022-09-01")
    placed.ingest()
    _refresh(placed)
    assert (_row(placed, "100").area, _row(placed, "200").area) == ("E01", "E09")

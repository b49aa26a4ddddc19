"""Columns that nothing uses, models that look back too far, and homes placed by an expired source."""

from datetime import date

import pytest

from hearth.errors import DefinitionError, LawError

ON = date(2026, 11, 2)


def test_a_column_that_nothing_uses_is_refused(made):
    made.source("complaints", {"columns.note.used_for": " "})
    with pytest.raises(DefinitionError) as error:
        made.load().check_minimisation()
    assert str(error.value) == (
        "features/sources/complaints.yaml: `columns.note` is used by nothing; remove it from the "
        "contract, or say in used_for what it is needed for"
    )


def test_a_column_that_is_key_date_filter_label_or_feature_is_used(made):
    made.load().check_minimisation()


def test_nothing_is_said_of_a_source_that_no_model_uses(made):
    made.source("residents")
    made.load().check_minimisation()


def test_columns_that_place_people_and_link_them_are_used(small_council):
    small_council.catalogue.check_minimisation()


def test_a_model_that_looks_back_further_than_a_source_is_kept_is_told(made):
    (note,) = made.load().retention_notes("noisy_homes", ON)
    assert note.startswith(
        "noisy_homes looks back to 2018-01-01, but complaints is kept from 2020-11-02 on; "
    )
    made.source("complaints", {"law.retention": "9y"})
    assert made.load().retention_notes("noisy_homes", ON) == []


def test_the_source_that_places_homes_in_areas_keeps_the_law_too(small_council):
    path = small_council.root / "features" / "sources" / "homes.yaml"
    path.write_text(path.read_text().replace("expires: 2027-01-01", "expires: 2026-01-01"))
    with pytest.raises(LawError, match=r"homes.yaml: .* DSA-1 has expired"):
        small_council.catalogue.check_law("readiness", ON)

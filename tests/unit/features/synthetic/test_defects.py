"""Planted defects are real, at about their rates, and each is noted in the truth."""

import pytest

from features.synthetic.names import misspell
from features.synthetic.scenario import NO_DEFECTS, Scenario


@pytest.fixture(scope="module")
def notes(council):
    return council.table("truth/defects").to_pandas()


@pytest.fixture(scope="module")
def clean(make_council):
    return make_council(scenario=Scenario(defects=NO_DEFECTS))


def _row_numbers(table, key, prefix):
    return table.to_pandas()[key].str.removeprefix(prefix)


def test_rows_sent_twice_are_exact_copies_and_are_noted(council, notes):
    rows = council.table("school_absence").to_pandas()
    copies = rows[rows.duplicated()]
    noted = notes[(notes["table"] == "school_absence") & (notes["defect"] == "sent twice")]
    assert set(copies["absence_id"].str.removeprefix("SA")) == set(noted["row_number"])
    assert 0.001 < len(copies) / len(rows) < 0.006


def test_values_that_were_lost_are_empty_and_noted(council, notes):
    rows = council.table("noise_complaints").to_pandas().drop_duplicates()
    empty = rows.loc[rows["decibels"].isna(), "complaint_id"].str.removeprefix("NC")
    noted = notes[(notes["table"] == "noise_complaints") & (notes["defect"] == "missing")]
    assert set(empty) == set(noted["row_number"])


def test_rows_recorded_late_are_late_and_noted(council, notes):
    rows = council.table("waste_complaints").to_pandas().drop_duplicates()
    lag = (
        rows["logged_on"].astype("datetime64[s]") - rows["reported_on"].astype("datetime64[s]")
    ).dt.days
    noted = notes[(notes["table"] == "waste_complaints") & (notes["defect"] == "recorded late")]
    late = rows["report_id"].str.removeprefix("WC").isin(noted["row_number"])
    assert late.any()
    assert lag[late].min() > 60
    assert lag[~late].median() < 10


def test_misspelt_names_differ_from_the_councils_own_and_are_noted(council, notes):
    links = council.table("truth/links").to_pandas()
    own = council.table("residents").to_pandas().drop_duplicates("person_id").set_index("person_id")
    rows = council.table("school_census").to_pandas().drop_duplicates()
    rows = rows.merge(
        links[links["table"] == "school_census"].drop_duplicates(),
        left_on="census_id",
        right_on="row_key",
    )
    rows = rows[rows["person_id"].isin(own.index)]
    differs = rows["surname"].to_numpy() != own.loc[rows["person_id"], "surname"].to_numpy()
    noted = notes[(notes["table"] == "school_census") & (notes["column"] == "surname")]
    told = rows["census_id"].str.removeprefix("SC").isin(noted["row_number"])
    assert differs[told].mean() > 0.9
    assert not differs[~told].any()


def test_a_council_without_defects_has_none(clean):
    assert clean.manifest.rows.get("truth/defects", 0) == 0
    for name in ("residents", "noise_complaints", "eyfs_profile", "births"):
        rows = clean.table(name).to_pandas()
        assert not rows.duplicated().any(), name
        assert not rows.drop(columns=[c for c in rows if c.startswith("ends")]).isna().any().any()


@pytest.mark.parametrize("draw", [0.0, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("place", [0.0, 0.5, 0.999])
def test_a_slip_changes_a_name_by_a_letter_or_two(draw, place):
    slipped = misspell("Quillbrook", draw, place)
    assert abs(len(slipped) - len("Quillbrook")) <= 1
    assert slipped[0] == "Q"


def test_names_too_short_to_misspell_are_left():
    assert misspell("Bo", 0.5, 0.5) == "Bo"

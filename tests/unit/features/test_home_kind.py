from datetime import date

import pyarrow as pa
import pytest

from features.home_kind import home_kinds
from features.households import SCHEMA, Households
from features.known_rows import KEY, KNOWLEDGE_DATE, ORDER, KnownRows
from features.matrix import read_matrix

DAY = date(2022, 9, 1)
BABY, STUDENT, ADULT, OLD, UNKNOWN = (
    date(2021, 9, 1),
    date(2002, 1, 1),
    date(1985, 1, 1),
    date(1940, 1, 1),
    None,
)


def _residents(*people):
    """Residents of home 1, each a surname and a date of birth."""
    spells = [
        {
            "person_id": f"p{i}",
            "uprn": "1",
            "start": date(2020, 1, 1),
            "start_known": date(2020, 1, 2),
            "surname": surname,
            "date_of_birth": born,
        }
        for i, (surname, born) in enumerate(people)
    ]
    return Households.of(pa.Table.from_pylist(spells, schema=SCHEMA)).residents_at(DAY)


def _classes(*versions):
    rows = [
        {KEY: uprn, KNOWLEDGE_DATE: known, ORDER: i, "blpu_class": code}
        for i, (uprn, known, code) in enumerate(versions)
    ]
    return KnownRows(None, pa.Table.from_pylist(rows))


def _kind(residents, classes=None):
    (found,) = home_kinds(pa.array(["1"]), residents, classes, DAY).to_pylist()
    return found


ASH, BAY, COX, DAY_ = "Ash", "Bay", "Cox", "Day"


@pytest.mark.parametrize(
    ("people", "kind", "families"),
    [
        ([], "empty", 0),
        ([(ASH, ADULT), (ASH, ADULT), (ASH, BABY)], "family", 1),
        ([(ASH, ADULT), (BAY, ADULT), (ASH, BABY), (ASH, BABY)], "family", 1),
        ([(ASH, ADULT), ("ash", ADULT), ("O'Dell", ADULT), ("ODELL", BABY)], "family", 1),
        ([(ASH, ADULT), (BAY, ADULT), (BAY, ADULT)], "family", 2),
        ([(ASH, ADULT), (BAY, STUDENT), (COX, ADULT)], "shared", 3),
        ([(ASH, UNKNOWN), (BAY, UNKNOWN), (COX, UNKNOWN)], "shared", 3),
        ([(None, ADULT), (None, ADULT), (None, ADULT)], "family", 1),
        ([(ASH, ADULT), (BAY, ADULT), (COX, ADULT), (DAY_, BABY)], "family", 2),
        ([(str(i), OLD) for i in "abcdefgh"], "care_home", 8),
        ([(str(i), OLD) for i in "abcdefg"], "shared", 7),
        ([(str(i), OLD) for i in "abcdefgh"] + [(ASH, ADULT)] * 3, "shared", 9),
        ([(str(i), STUDENT) for i in "abcdefghijkl"], "student_hall", 12),
        ([(str(i), STUDENT) for i in "abcdefghijk"], "shared", 11),
        ([(ASH, UNKNOWN)] * 20, "institution", 1),
    ],
)
def test_a_home_is_told_by_who_lives_there(people, kind, families):
    found = _kind(_residents(*people))
    assert (found["kind"], found["families"]) == (kind, families)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("RI01", "care_home"),
        ("RI03", "student_hall"),
        ("RI02RC", "institution"),
        ("RH02", "shared"),
        ("RD04", "family"),
        (None, "family"),
    ],
)
def test_a_class_decides_before_the_people(code, kind):
    versions = _classes(("1", date(2020, 1, 1), code), ("2", date(2020, 1, 1), "RI01"))
    assert _kind(_residents((ASH, ADULT)), versions)["kind"] == kind


def test_the_reason_names_the_class_or_the_numbers():
    classes = _classes(("1", date(2020, 1, 1), "RI01"))
    assert _kind(_residents(), classes)["why"] == "classed RI01: care or nursing home"
    elders = _residents(*[(ASH, OLD)] * 9)
    assert _kind(elders)["why"] == "9 people aged 65 and over of 9"


def test_a_class_learned_on_or_after_the_date_counts_for_nothing():
    versions = [("1", date(2020, 1, 1), "RI01"), ("1", DAY, "RD02")]
    assert _kind(_residents((ASH, ADULT)), _classes(*versions))["kind"] == "care_home"


def test_the_latest_class_known_counts():
    versions = [("1", date(2021, 1, 1), "RD02"), ("1", date(2020, 1, 1), "RI01")]
    assert _kind(_residents((ASH, ADULT)), _classes(*versions))["kind"] == "family"


def test_a_cohort_leaves_out_homes_of_other_kinds(small_council):
    path = small_council.root / "features" / "sources" / "homes.yaml"
    path.write_text(
        path.read_text().replace("columns:", "columns:\n  blpu_class: {type: string}"),
        encoding="utf-8",
    )
    small_council.write(
        "homes",
        "uprn,lsoa,use,rooms,recorded_on,blpu_class\n"
        "100,E01,home,4,2015-01-01,RD02\n100,E01,home,4,2022-01-01,RI01\n",
    )
    text = (small_council.root / "models" / "readiness" / "model.yaml").read_text()
    kinds = "cohort: {home: [family, shared], has_member"
    small_council.model("readiness", text.replace("cohort: {has_member", kinds))
    small_council.build("readiness")
    built = read_matrix(small_council.settings, "readiness").features
    assert [(str(r["as_of"]), r["entity_id"]) for r in built.to_pylist()] == [
        ("2021-09-01", "100"),
        ("2022-09-01", "200"),
    ]

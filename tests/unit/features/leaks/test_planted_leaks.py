from datetime import date, timedelta

import pyarrow as pa
import pytest

from features import known_rows
from features.leaks.finding import Gravity
from hearth.errors import DataError

COMPLAINTS = """kind: event
about: property
key: uprn
row_key: complaint_id
event_date: heard_on
columns:
  complaint_id: {type: string}
  uprn: {type: uprn}
  heard_on: {type: date}
  logged_on: {type: date}
  topic: {type: category, values: [noise, damp]}
  decibels: {type: number, missing: allowed, range: [0, 140]}
"""


def leaks(report):
    return {(leak.test, leak.place) for leak in report.of(Gravity.LEAK)}


def test_a_clean_council_is_quiet(council):
    report = council.checked()
    assert report.findings == ()
    assert report.rebuilt == (date(2021, 9, 1), date(2022, 9, 1))
    report.refuse_leaks()


def test_an_attribute_overwritten_with_its_latest_value_is_found(council):
    rooms = [9 if found else council.random.integers(2, 7) for found in council.unlicensed]
    council.write("homes", [council.home(i, each) for i, each in enumerate(rooms)])
    report = council.checked(dates=0)
    assert leaks(report) == {("too good", "features.home")}
    with pytest.raises(
        DataError, match=r"home_rooms alone tells the outcome with AUC 1\.000 on 160"
    ):
        report.refuse_leaks()


def test_rows_filled_in_afterwards_as_if_known_at_once_are_found(council):
    days = [date(2019, 1, 1) + timedelta(days=n) for n in range(300)]
    filled = [f"f{n},{n % 160 + 1},{day},{day},noise,60" for n, day in enumerate(days)]
    genuine = [row for row in council.complaints(640) if ",2019-" not in row]
    council.write("complaints", [*genuine, *filled])
    assert leaks(council.checked(dates=0)) == {("back-filled", "knowledge_date")}


def test_a_feature_that_is_the_outcome_in_disguise_is_found(council):
    told = [
        f"d{i},{i + 1},2021-08-01,2021-08-20,noise,{130 if bad else 60}"
        for i, bad in enumerate(council.unlicensed)
    ]
    council.write("complaints", [*council.complaints(640), *told])
    (leak,) = council.checked(dates=0).of(Gravity.LEAK)
    assert (leak.test, leak.place) == ("too good", "features.noise")
    assert "noise_last_decibels" in leak.found


def test_a_value_missing_just_where_the_outcome_came_about_is_found(council):
    rooms = ["" if bad else 4 for bad in council.unlicensed]
    council.write("homes", [council.home(i, each) for i, each in enumerate(rooms)])
    (leak,) = council.checked(dates=0).of(Gravity.LEAK)
    assert "whether home_rooms is missing alone tells the outcome" in leak.found


def test_rows_dated_after_the_extract_are_found(council):
    future = ["x1,5,2024-08-01,2024-08-02,noise,60", "x2,5,2024-06-01,2024-09-02,noise,60"]
    council.write("complaints", [*council.complaints(640), *future])
    found = council.checked(dates=0).of(Gravity.LEAK)
    assert {leak.place for leak in found} == {"columns.heard_on", "columns.logged_on"}
    assert "in 1 rows, set aside beside 640 kept" in found[0].found


def test_a_knowledge_date_that_is_the_event_date_is_found(council):
    council.small.contract("complaints", COMPLAINTS + "knowledge_date: heard_on\n")
    assert leaks(council.checked(dates=0)) == {("known at once", "knowledge_date")}


def test_knowledge_dates_that_repeat_the_event_dates_are_found(council):
    rows = [row.split(",") for row in council.complaints(640)]
    council.write("complaints", [",".join([*r[:3], r[2], *r[4:]]) for r in rows])
    assert leaks(council.checked(dates=0)) == {("known at once", "knowledge_date")}


@pytest.mark.parametrize(("declared", "found"), [("1d", True), ("2m", False)])
def test_a_recording_lag_declared_too_short_is_found(council, declared, found):
    lag = f"recording_lag: {{period: {declared}, because: it is entered at once}}\n"
    council.small.contract("complaints", COMPLAINTS + lag)
    rows = [row for row in council.complaints(12_000) if row.split(",")[2] < "2024-05-15"]
    council.write("complaints", rows)
    expected = {("lag too short", "recording_lag")} if found else set()
    assert leaks(council.checked(dates=0)) == expected


def test_a_matrix_built_of_rows_learned_later_is_found(council, monkeypatch):
    def too_early(contract, table, *_):
        return pa.chunked_array([pa.array([date(2000, 1, 1)] * len(table), pa.date32())])

    monkeypatch.setattr(known_rows, "_knowledge", too_early)
    council.small.build("letting")
    monkeypatch.undo()
    found = [leak.found for leak in council.checked(dates=1, seed=3).of(Gravity.LEAK)]
    assert any(
        "noise_count_all differs in" in text and "when built from data cut" in text
        for text in found
    )


def test_past_outcomes_as_features_are_worth_a_look(council):
    group = (
        "  - {group: visits, source: visits, follow: address, windows: [12m], aggregates: [count],"
        " reason: {title: Visits, text: Visits}}\nbaselines"
    )
    council.amend("baselines", group)
    (look,) = council.checked(dates=0).findings
    assert (look.gravity, look.test, look.place) == (Gravity.LOOK, "past outcomes", "label.source")


def test_outcomes_recorded_after_the_label_matured_are_worth_a_look(council):
    day = date(2022, 8, 31)  # the last of the window
    council.write("visits", [f"{n},{day},2022-10-{n:02d},fine" for n in range(2, 31)])
    (look,) = council.checked(dates=0).findings
    assert (look.gravity, look.test, look.place) == (
        Gravity.LOOK,
        "late outcomes",
        "label.maturity",
    )

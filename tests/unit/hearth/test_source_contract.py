"""What a source contract refuses, each refusal with its place and what to do."""

from datetime import date
from typing import Any

import pytest


def _only_fault(made: Any, name: str, changes: dict[str, Any]) -> str:
    made.source(name, changes)
    faults = made.faults()
    assert len(faults) == 1, faults
    return faults[0].removeprefix(f"features/sources/{name}.yaml: ")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"law.lawful_basis": "because"}, '`law.lawful_basis` is "because"; use one of consent, '),
        (
            {"law.retention": "long"},
            '`law.retention` is "long", which is no period; write a number',
        ),
        ({"law.purposes": []}, "`law.purposes` holds 0, too few; give at least 1"),
        (
            {"law.purposes": ["Housing!"]},
            '`law.purposes[0]` is "Housing!", which is no name; use',
        ),
        ({"law.controller": None}, "`law.controller` is left empty; fill it in"),
        (
            {"law.agreement.expires": "2027-02-30"},
            '`law.agreement.expires` is "2027-02-30", which is',
        ),
        (
            {"law.agreement.expires": 2027},
            "`law.agreement.expires` is 2027, which is no date; write",
        ),
        (
            {"law.special_category": "yes"},
            '`law.special_category` is "yes"; use one of explicit_cons',
        ),
    ],
)
def test_a_law_that_is_not_stated_in_full_is_refused(
    made: Any, changes: dict[str, Any], fault: str
) -> None:
    assert _only_fault(made, "complaints", changes).startswith(fault)


def test_a_law_left_out_is_missing(made: Any) -> None:
    fault = _only_fault(made, "complaints", {"law.power": made.removed})
    assert fault == "`law.power` is missing; add it"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"columns.category": {"type": "category"}},
            "`columns.category.values` is missing; list what the category may hold",
        ),
        (
            {"columns.note": {"type": "string", "values": ["a"]}},
            "`columns.note.values` stands in a string; only a category lists its values",
        ),
        (
            {"columns.category.values": ["music", "music"]},
            "`columns.category.values` holds a value twice; remove one",
        ),
        (
            {"columns.category.values": ["music", 5]},
            "`columns.category.values[1]` is 5, not text; put it in quotes",
        ),
        (
            {"columns.note": {"type": "string", "decimals": 2}},
            "`columns.note.decimals` stands in a string; only a number or an integer has decimals",
        ),
        (
            {"columns.note": {"type": "string", "range": [0, 1]}},
            "`columns.note.range` stands in a string; only a number or an integer has a range",
        ),
        (
            {"columns.decibels.range": [140, 0]},
            "`columns.decibels.range` is [140, 0]; write the least first",
        ),
        (
            {"columns.decibels.range": [1]},
            "`columns.decibels.range[1]` is missing; add it",
        ),
        (
            {"columns.decibels.type": "float"},
            '`columns.decibels.type` is "float"; '
            "use one of string, uprn, date, integer, number, boolean, category",
        ),
        (
            {"columns.Noise Level": {"type": "number"}},
            '`columns.Noise Level` is "Noise Level", which is no name; '
            "use lower-case letters, digits and _, a letter first",
        ),
    ],
)
def test_a_column_that_cannot_be_so_is_refused(
    made: Any, changes: dict[str, Any], fault: str
) -> None:
    assert _only_fault(made, "complaints", changes) == fault


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"file": "/etc/passwd.csv"}, "`read.file` lies outside the workspace; copy it in and"),
        ({"file": "../secrets.csv"}, "`read.file` lies outside the workspace; copy it in and"),
        ({"file": "data\\..\\..\\a.csv"}, "`read.file` lies outside the workspace; copy it in and"),
        (
            {"file": "a.docx"},
            "`read.file` ends in none of .csv, .csv.gz, .parquet, .xlsx, .xls, .xlsb, .ods; save",
        ),
        (
            {"file": "a.csv", "encoding": "latin-99"},
            '`read.encoding` is "latin-99", which is no enc',
        ),
        ({"file": "a.csv", "dates": "dd/mm/yyyy"}, '`read.dates` is "dd/mm/yyyy"; write strftime'),
        (
            {"file": "a.csv", "dates": ["%d/%m/%Y", "%m/%d/%Y"]},
            "`read.dates` holds two formats that could read one text as two days",
        ),
        ({"file": "a.csv", "dates": []}, "`read.dates` is empty; write strftime codes"),
        (
            {"file": "a.csv", "numbers": "9,99"},
            '`read.numbers` is "9,99"; write 1234.56 as the file',
        ),
        (
            {"file": "a.csv", "encoding": "base64"},
            '`read.encoding` is "base64", which is no encoding',
        ),
        ({"file": "a.csv", "delimiter": '"'}, "`read.delimiter` is"),
        (
            {"file": "a.csv", "sheet": "Homes"},
            "`read.sheet` stands beside a file that is no workbook",
        ),
        ({}, "`read.file` is missing, and so is table; write exactly one of them"),
        ({"table": "a.b"}, "`read.url_from` is missing beside table; a table is named by both"),
        (
            {"table": "a.b", "url_from": "postgresql://u:p@h/d"},
            '`read.url_from` is "postgresql://u:p@h/d"; name an environment variable',
        ),
        (
            {"table": "a.b", "url_from": "HEARTH_A_URL", "encoding": "utf-8"},
            "`read.encoding` stands beside table; it is of a file",
        ),
        ({"file": "a.csv", "delimiter": "tab"}, "`read.delimiter` is too long; write at most 1"),
        (
            {"file": "a.csv", "rename": {"A": "b"}},
            "`read.rename.A` is b, which is not among the col",
        ),
        (
            {"file": "a.csv", "rename": {"A": "note", "B": "note"}},
            "`read.rename` gives two columns of the file one name; rename one of them",
        ),
    ],
)
def test_an_extract_that_cannot_be_read_is_refused(
    made: Any, changes: dict[str, Any], fault: str
) -> None:
    assert _only_fault(made, "complaints", {"read": changes}).startswith(fault)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"key": None},
            "`key` is missing, and so is link; write exactly one of them",
        ),
        (
            {"key": "address"},
            "`key` is address, which is not among the columns; add it to columns",
        ),
        (
            {"event_date": "category"},
            "`event_date` is category, a category; make columns.category.type a date",
        ),
        (
            {"event_date": None},
            "`event_date` is missing; a source of kind event needs it",
        ),
        (
            {"starts_on": "made_on"},
            "`starts_on` stands in a source of kind event; remove it or mend kind",
        ),
        (
            {"end_knowledge_date": "logged_on"},
            "`end_knowledge_date` stands alone; it goes with kind spell and a knowledge_date",
        ),
    ],
)
def test_keys_and_dates_that_do_not_fit_the_columns_are_refused(
    made: Any, changes: dict[str, Any], fault: str
) -> None:
    assert _only_fault(made, "complaints", changes) == fault


LAG = {"period": "14d", "because": "Letters are opened weekly."}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (
            {"knowledge_date": None},
            "`knowledge_date` is missing, and nothing else says when the council knew",
        ),
        ({"recording_lag": LAG}, "`knowledge_date` stands beside recording_lag"),
        ({"known_on": "2022-06-06"}, "`knowledge_date` stands beside known_on"),
        (
            {"knowledge_date": None, "recording_lag": LAG, "known_on": "2022-06-06"},
            "`recording_lag` stands beside known_on",
        ),
    ],
)
def test_exactly_one_thing_says_when_the_council_knew(
    made: Any, changes: dict[str, Any], found: str
) -> None:
    fault = _only_fault(made, "complaints", changes)
    assert fault == f"{found}; write exactly one of knowledge_date, recording_lag, known_on"


def test_a_recording_lag_needs_its_reason(made: Any) -> None:
    lag = {"knowledge_date": None, "recording_lag": {"period": "14d", "because": "so"}}
    fault = _only_fault(made, "complaints", lag)
    assert fault == "`recording_lag.because` is too short; write at least 10 characters"


def test_a_recording_lag_cannot_be_all(made: Any) -> None:
    lag = {"knowledge_date": None, "recording_lag": {**LAG, "period": "all"}}
    fault = _only_fault(made, "complaints", lag)
    assert fault == "`recording_lag.period` is all; write a period such as 14d"


def test_a_recording_lag_counts_from_a_date(made: Any) -> None:
    fault = _only_fault(made, "register", {"known_on": None, "recording_lag": LAG})
    assert fault.startswith(
        "`recording_lag` counts from a date, and a source of kind attribute has"
    )


def test_a_spell_needs_both_ends_and_when_each_was_known(made: Any) -> None:
    made.source("residents", {"ends_on": None, "recording_lag": None, "knowledge_date": "came_on"})
    assert [fault.split("`")[1] for fault in made.faults()] == ["end_knowledge_date", "ends_on"]


def test_only_persons_are_linked(made: Any) -> None:
    columns = ("reference", "forename", "surname", "date_of_birth", "postcode")
    changes = {"key": None, "link": dict.fromkeys(columns, "note")}
    fault = _only_fault(made, "complaints", changes)
    assert (
        fault
        == "`link` is of persons, in a table about a property; link its rows by address, or mend about"
    )


@pytest.mark.parametrize(
    ("link", "columns", "fault"),
    [
        (
            {"address": "note", "postcode": "nowhere"},
            {},
            "`link.postcode` is nowhere, which is not",
        ),
        (
            {"address": "complaint_id", "town": "note"},
            {},
            "`link.town` is an unknown key; remove it",
        ),
        ({"postcode": "note"}, {}, "`link.address` is missing; add it"),
        (
            {"address": "note"},
            {"columns.note": {"type": "date"}},
            "`link.address` is note, a date; make columns.note.type a string",
        ),
        (
            {"address": "note"},
            {"about": "person"},
            "`link` is of addresses, in a table about a person; link its persons by reference",
        ),
    ],
)
def test_a_table_without_uprns_is_linked_by_address(
    made: Any, link: dict[str, str], columns: dict[str, Any], fault: str
) -> None:
    made.source(
        "complaints", {"columns.note": {"type": "string"}, "key": None, "link": link, **columns}
    )
    found = [text.removeprefix("features/sources/complaints.yaml: ") for text in made.faults()]
    assert [text.startswith(fault) for text in found] == [True]


def test_a_link_names_columns_that_are_there(made: Any) -> None:
    link = {
        "reference": "person_id",
        "forename": "first_name",
        "surname": "person_id",
        "date_of_birth": "date_of_birth",
        "postcode": "person_id",
    }
    fault = _only_fault(made, "residents", {"key": None, "link": link})
    assert (
        fault == "`link.forename` is first_name, which is not among the columns; add it to columns"
    )


def test_a_quarantine_above_all_rows_is_refused(made: Any) -> None:
    fault = _only_fault(made, "complaints", {"quality": {"quarantine_at_most": "101%"}})
    assert fault == "`quality.quarantine_at_most` is 1.01; it must be at most 1"


def test_a_snapshot_can_be_used_from_the_day_after_it(made: Any) -> None:
    register, complaints = (made.load().source(name) for name in ("register", "complaints"))
    assert register.known_from() == date(2018, 6, 7)
    assert complaints.known_from() is None


def test_several_faults_of_one_contract_are_reported_together(made: Any) -> None:
    made.source("complaints", {"key": "a", "row_key": "b", "event_date": "note"})
    places = [fault.split("`")[1] for fault in made.faults()]
    assert places == ["event_date", "key", "row_key"]


def test_an_unknown_key_does_not_hide_the_other_faults(made: Any) -> None:
    made.source("complaints", {"keys": "uprn", "event_date": "note"})
    places = [fault.split("`")[1] for fault in made.faults()]
    assert places == ["event_date", "keys"]

"""First drafts of source contracts: what is guessed, and what is left for people to answer."""

from __future__ import annotations

import gzip
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from features.drafting import draft_contract
from features.ingest.extract import read_extract
from hearth.catalogue import load_contract
from hearth.errors import DataError, DefinitionError
from hearth.yaml_file import TO_BE_ANSWERED, read_plain

if TYPE_CHECKING:
    from pathlib import Path

    from hearth.source_contract import SourceContract

ANSWERS: dict[str, Any] = {
    "controller": "Example Borough Council",
    "lawful_basis": "public_task",
    "power": "Environmental Protection Act 1990, s.79",
    "special_category": None,
    "criminal_offence": None,
    "agreement": None,
    "purposes": ["housing_standards"],
    "retention": "6y",
    "sensitivity": "ordinary",
}
HEADER = "Complaint ID,UPRN,Complained on,Logged on,Category,Decibels,Upheld,Complainant surname"


def _complaints(rows: int = 60) -> str:
    lines = [
        f"C{i},{100_000 + i % 7},{1 + i % 28:02}/03/2024,{1 + i % 28:02}/04/2024,"
        f"{('music', 'building')[i % 2]},{40 + i % 9}.5,{('Yes', 'No')[i % 2]},Name{i % 3}"
        for i in range(rows)
    ]
    return "\n".join([HEADER, *lines]) + "\n"


def _draft(folder: Path, content: str | bytes, name: str = "complaints.csv") -> dict[str, Any]:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return _read(folder, draft_contract(file, "complaints", workspace=folder))


def _read(folder: Path, draft: str) -> dict[str, Any]:
    (folder / "draft.yaml").write_text(draft, encoding="utf-8")
    return read_plain(folder / "draft.yaml", shown_as="draft.yaml")


def _loaded(folder: Path, draft: dict[str, Any], **changes: Any) -> SourceContract:
    answered = {**draft, "law": ANSWERS, **changes}
    path = folder / "answered.yaml"
    path.write_text(yaml.safe_dump(answered, sort_keys=False), encoding="utf-8")
    return load_contract(path)


def test_a_draft_whose_law_is_answered_loads(tmp_path: Path) -> None:
    contract = _loaded(tmp_path, _draft(tmp_path, _complaints()))
    assert contract.source == "complaints"
    assert (contract.key, contract.row_key, str(contract.about)) == (
        "uprn",
        "complaint_id",
        "property",
    )
    assert (contract.event_date, contract.knowledge_date) == ("complained_on", "logged_on")
    assert contract.read.file == "complaints.csv"
    assert contract.read.rename["Complaint ID"] == "complaint_id"


def test_a_draft_is_refused_until_every_question_of_law_is_answered(tmp_path: Path) -> None:
    (tmp_path / "complaints.csv").write_text(_complaints())
    draft = tmp_path / "complaints.yaml"
    draft.write_text(draft_contract(tmp_path / "complaints.csv", "complaints", workspace=tmp_path))
    with pytest.raises(DefinitionError) as caught:
        load_contract(draft)
    assert {fault.place for fault in caught.value.faults} == {f"law.{key}" for key in ANSWERS}
    assert str(caught.value).split("\n")[0] == (
        "complaints.yaml: `law.agreement` is still to be answered; "
        "write the answer in place of the word"
    )


@pytest.mark.parametrize("open_question", sorted(ANSWERS))
def test_one_open_question_is_enough_to_refuse_a_draft(tmp_path: Path, open_question: str) -> None:
    draft = _draft(tmp_path, _complaints())
    with pytest.raises(DefinitionError, match=f"`law.{open_question}` is still to be answered"):
        _loaded(tmp_path, draft, law={**ANSWERS, open_question: TO_BE_ANSWERED})


def test_types_are_guessed_from_names_and_values(tmp_path: Path) -> None:
    columns = _draft(tmp_path, _complaints())["columns"]
    assert {name: column["type"] for name, column in columns.items()} == {
        "complaint_id": "string",
        "uprn": "uprn",
        "complained_on": "date",
        "logged_on": "date",
        "category": "category",
        "decibels": "number",
        "upheld": "boolean",
        "complainant_surname": "string",
    }


def test_no_value_of_a_personal_column_stands_in_a_draft(tmp_path: Path) -> None:
    file = tmp_path / "complaints.csv"
    file.write_text(_complaints())
    assert "Name0" not in draft_contract(file, "complaints")


@pytest.mark.parametrize(
    ("days", "form"),
    [
        (("2024-03-01", "2024-03-31"), "%Y-%m-%d"),
        (("01/03/2024", "31/03/2024"), "%d/%m/%Y"),
        (("03/04/2024", "05/06/2024"), "%d/%m/%Y"),
        (("03/31/2024", "12/01/2024"), "%m/%d/%Y"),
        (("31/03/24", "01/12/24"), "%d/%m/%y"),
        (("31-03-2024", "01-12-2024"), "%d-%m-%Y"),
        (("31 Mar 2024", "1 Dec 2024"), "%d %b %Y"),
    ],
)
def test_the_way_dates_are_written_is_found(
    tmp_path: Path, days: tuple[str, str], form: str
) -> None:
    draft = _draft(tmp_path, "uprn,made_on\n" + "".join(f"{i},{d}\n" for i, d in enumerate(days)))
    assert draft["read"]["dates"] == form
    assert draft["columns"]["made_on"] == {"type": "date"}


def test_a_column_of_dates_that_could_be_taken_for_others_stays_text(tmp_path: Path) -> None:
    rows = "".join(f"{i},13/03/2024,14/03/2024,03/13/2024\n" for i in range(3))
    draft = _draft(tmp_path, "uprn,made_on,logged_on,seen\n" + rows)
    assert draft["read"]["dates"] == "%d/%m/%Y"
    assert draft["columns"]["seen"] == {"type": "string"}


@pytest.mark.parametrize(
    ("values", "column"),
    [
        (("1", "2"), {"type": "integer"}),
        (("1", ""), {"type": "integer", "missing": "allowed"}),
        (("1.5", "2"), {"type": "number"}),
        (("-3", "+4"), {"type": "integer"}),
        (("007", "012"), {"type": "string"}),
        (("1,000", "2,000"), {"type": "integer"}),
        (("1,00", "2,000"), {"type": "string"}),
        (("£1,234.50", "£5"), {"type": "number", "decimals": 2}),
        (("-£5", "£ 1,200"), {"type": "number", "decimals": 2}),
        (("£1.125", "£5"), {"type": "number"}),
        (("12.50", "5"), {"type": "number", "decimals": 2}),
        (("£", "."), {"type": "string"}),
        (("e5", "E7"), {"type": "string"}),
        (("yes", "No"), {"type": "boolean"}),
        (("", ""), {"type": "string", "missing": "allowed"}),
        (("0", "1"), {"type": "integer"}),
    ],
)
def test_a_column_of_values_has_their_type(
    tmp_path: Path, values: tuple[str, str], column: dict[str, str]
) -> None:
    rows = "".join(f'{i},"{value}"\n' for i, value in enumerate(values))
    assert _draft(tmp_path, "uprn,amount\n" + rows)["columns"]["amount"] == column


def test_the_way_numbers_are_written_is_found_and_read(tmp_path: Path) -> None:
    rows = 'uprn,due_on,paid,rooms\n1,2024-03-01,"£1,234.50",4\n2,2024-03-02,-£5,"1,000"\n'
    draft = _draft(tmp_path, rows)
    assert draft["read"]["numbers"] == "£1,234.56"
    contract = _loaded(tmp_path, draft, knowledge_date="due_on")
    extract = read_extract(contract, tmp_path)
    assert extract.columns["paid"].values.to_pylist() == [1234.5, -5.0]
    assert extract.columns["rooms"].values.to_pylist() == [4, 1000]


@pytest.mark.parametrize(
    ("usual", "kind"), [("2024-03-01", "date"), ("£4.50", "number"), ("7", "integer")]
)
def test_a_few_bad_values_do_not_hide_what_a_column_is(
    tmp_path: Path, usual: str, kind: str
) -> None:
    def drafted(bad: int) -> str:
        values = [usual] * (200 - bad) + ["see note"] * bad
        (tmp_path / "a.csv").write_text("uprn,seen\n" + "".join(f"1,{v}\n" for v in values))
        return draft_contract(tmp_path / "a.csv", "a", workspace=tmp_path)

    assert _read(tmp_path, drafted(2))["columns"]["seen"]["type"] == kind
    assert "# not so in 2 of the rows seen: check" in drafted(2)
    assert _read(tmp_path, drafted(3))["columns"]["seen"]["type"] == "category"


def test_words_for_a_missing_value_are_found(tmp_path: Path) -> None:
    draft = _draft(tmp_path, "uprn,amount\n1,5\n2,N/A\n3,NULL\n")
    assert draft["read"]["missing_values"] == ["", "NULL", "N/A"]
    assert draft["columns"]["amount"] == {"type": "integer", "missing": "allowed"}


def test_few_rows_make_no_categories(tmp_path: Path) -> None:
    draft = _draft(tmp_path, "uprn,landlord\n1,Jones\n2,Smith\n3,Jones\n")
    assert draft["columns"]["landlord"] == {"type": "string"}


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(";", "utf-8"), ("\t", "utf-8"), ("|", "cp1252"), (",", "cp1252")]
)
def test_the_way_a_file_is_written_is_found(tmp_path: Path, delimiter: str, encoding: str) -> None:
    rows = [["uprn", "made_on", "note"], ["1", "2024-03-01", "£5 café"]]
    content = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    draft = _draft(tmp_path, content)
    assert draft["read"].get("encoding", "utf-8") == encoding
    assert draft["read"].get("delimiter", ",") == delimiter
    changes = {"about": "property", "key": "uprn", "knowledge_date": "made_on"}
    assert _loaded(tmp_path, draft, **changes).read.delimiter == delimiter


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    draft = _draft(tmp_path, "\ufeffuprn,made_on\n1,2024-03-01\n")
    assert list(draft["columns"]) == ["uprn", "made_on"]


def test_a_compressed_file_is_read_as_well(tmp_path: Path) -> None:
    content = gzip.compress(_complaints().encode())
    assert _draft(tmp_path, content, "complaints.csv.gz")["read"]["file"] == "complaints.csv.gz"


def test_names_that_are_none_are_made_into_names(tmp_path: Path) -> None:
    draft = _draft(tmp_path, '"UPRN","Date!","2nd date","date?","  ","Straße"\n1,2,3,4,5,6\n')
    names = ["uprn", "date", "column_2nd_date", "date_2", "column", "stra_e"]
    assert list(draft["columns"]) == names


def test_a_parquet_file_says_its_own_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "person_id": [1, 2, 3],
            "changed_on": [date(2024, 1, day) for day in (1, 2, 3)],
            "weekly_amount": [1.5, None, 3.0],
            "is_open": [True, False, None],
        }
    )
    pq.write_table(table, tmp_path / "benefits.parquet")
    drafted = draft_contract(tmp_path / "benefits.parquet", "benefits", workspace=tmp_path)
    draft = _read(tmp_path, drafted)
    assert draft["columns"] == {
        "person_id": {"type": "string"},
        "changed_on": {"type": "date"},
        "weekly_amount": {"type": "number", "missing": "allowed"},
        "is_open": {"type": "boolean", "missing": "allowed"},
    }
    assert draft["about"] == "person"


def test_a_table_with_a_start_and_an_end_is_of_spells(tmp_path: Path) -> None:
    content = "person_id,uprn,from_date,to_date\nP1,1,2024-01-01,\nP2,2,2024-01-02,2024-02-01\n"
    draft = _draft(tmp_path, content)
    assert (draft["kind"], draft["starts_on"], draft["ends_on"]) == (
        "spell",
        "from_date",
        "to_date",
    )
    lag = {"period": "14d", "because": "Entered each fortnight."}
    del draft["knowledge_date"]
    assert _loaded(tmp_path, draft, recording_lag=lag).ends_on == "to_date"


def test_a_table_without_dates_asks_when_it_was_known(tmp_path: Path) -> None:
    draft = _draft(tmp_path, "uprn,storeys\n1,2\n2,3\n")
    assert (draft["kind"], draft["knowledge_date"]) == ("attribute", TO_BE_ANSWERED)
    del draft["knowledge_date"]
    assert _loaded(tmp_path, draft, known_on="2024-01-01").known_on == date(2024, 1, 1)


def test_persons_of_another_body_are_to_be_linked(tmp_path: Path) -> None:
    header = "client_ref,first_name,surname,dob,postcode,seen_on,recorded_on"
    row = "X1,Ann,Example,2020-01-01,ZZ1 1ZZ,2024-01-01,2024-01-02"
    draft = _draft(tmp_path, f"{header}\n{row}\n")
    assert draft["link"] == {
        "reference": "client_ref",
        "forename": "first_name",
        "surname": "surname",
        "date_of_birth": "dob",
        "postcode": "postcode",
    }
    assert _loaded(tmp_path, draft).link is not None


@pytest.mark.parametrize("born", ["DOB", "Date of Birth", "Born on", "child_dob"])
def test_a_day_of_birth_is_no_event(tmp_path: Path, born: str) -> None:
    draft = _draft(tmp_path, f"uprn,{born},Visited\n1,2020-01-01,2024-01-01\n")
    assert draft["event_date"] == "visited"
    assert "event_date" not in _draft(tmp_path, f"uprn,{born}\n1,2020-01-01\n")


def test_what_the_file_does_not_tell_is_asked(tmp_path: Path) -> None:
    draft = _draft(tmp_path, "building,made_on\nA,2024-01-01\n")
    assert (draft["about"], draft["key"]) == (TO_BE_ANSWERED, TO_BE_ANSWERED)


def test_a_file_outside_the_workspace_is_to_be_copied_in(tmp_path: Path) -> None:
    file = tmp_path / "complaints.csv"
    file.write_text(_complaints())
    draft = draft_contract(file, "complaints", workspace=tmp_path / "elsewhere")
    assert "file: data/complaints.csv" in draft
    assert "# copy the extract here" in draft


def test_a_long_file_is_drafted_from_its_first_rows(tmp_path: Path) -> None:
    file = tmp_path / "complaints.csv"
    file.write_text(_complaints(20_500))
    assert draft_contract(file, "complaints").startswith("# Drafted from the first 20,000 rows")


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.csv", b"", "a.csv: is empty: it has not even a header"),
        ("a.csv", b"uprn,made_on\n", "a.csv: holds a header and no rows"),
        ("a.csv", b"uprn,uprn\n1,2\n", "a.csv: has two columns of one name"),
        ("a.csv", b"uprn,\x81\x8d\n1,2\n", "a.csv: is text in neither utf-8 nor cp1252"),
        ("a.csv.gz", b"not gzip", "a.csv.gz: cannot be read"),
        (
            "a.csv.gz",
            gzip.compress(b"uprn,a\n1,2\n" * 99, mtime=0)[:-9],
            "a.csv.gz: cannot be read",
        ),
        ("a.parquet", b"PAR1", "a.parquet: cannot be read"),
        ("a.docx", b"PK", "a.docx: ends in none of .csv, .csv.gz, .parquet"),
    ],
)
def test_a_file_that_cannot_be_drafted_from_says_why(
    tmp_path: Path, name: str, content: bytes, found: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        draft_contract(tmp_path / name, "a")
    assert str(caught.value).startswith(found)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent\.csv: is not there; mend the path"):
        draft_contract(tmp_path / "absent.csv", "absent")


TITLES = [
    ("Complaints to June\n", ",", 1),
    ("Complaints to June,,\n\n", ",", 1),
    ("\nComplaints\nto June\n", ",", 3),
    ("Complaints, all\n", ";", 1),
]


@pytest.mark.parametrize(("title", "delimiter", "skipped"), TITLES)
def test_a_title_above_the_header_is_skipped(
    tmp_path: Path, title: str, delimiter: str, skipped: int
) -> None:
    table = "uprn,made_on,topic\n1,2024-03-01,noise\n".replace(",", delimiter)
    draft = _draft(tmp_path, title + table)
    assert draft["read"].get("skip_rows") == skipped
    assert list(draft["columns"]) == ["uprn", "made_on", "topic"]
    contract = _loaded(tmp_path, draft, knowledge_date="made_on")
    assert read_extract(contract, tmp_path).columns["topic"].values.to_pylist() == ["noise"]


def test_a_table_of_one_column_has_no_title(tmp_path: Path) -> None:
    assert "skip_rows" not in _draft(tmp_path, "uprn\n1\n2\n")["read"]


def test_a_title_in_a_workbook_is_skipped(tmp_path: Path, workbook: Any) -> None:
    rows = [["Homes to June", None], [None, None], ["UPRN", "Rooms"], [100_001, 4]]
    workbook(tmp_path / "homes.xlsx", {"Homes": rows})
    draft = _read(tmp_path, draft_contract(tmp_path / "homes.xlsx", "homes", workspace=tmp_path))
    assert (draft["read"]["skip_rows"], list(draft["columns"])) == (1, ["uprn", "rooms"])


def test_a_workbook_is_drafted_from_its_first_sheet(tmp_path: Path, workbook: Any) -> None:
    rows = [
        ["UPRN", "Seen on", "Rooms"],
        *([100_000 + n, date(2024, 1, 3), n % 5] for n in range(9)),
    ]
    workbook(tmp_path / "homes.xlsx", {"Homes": rows})
    draft = _read(tmp_path, draft_contract(tmp_path / "homes.xlsx", "homes", workspace=tmp_path))
    types = {name: column["type"] for name, column in draft["columns"].items()}
    assert types == {"uprn": "uprn", "seen_on": "date", "rooms": "integer"}


def test_two_ways_of_writing_dates_are_listed(tmp_path: Path) -> None:
    rows = "".join(f"{n:02}/01/2024,2024-01-{n:02}\n" for n in range(13, 29))
    draft = _draft(tmp_path, f"complained_on,logged_on\n{rows}")
    assert set(draft["read"]["dates"]) == {"%d/%m/%Y", "%Y-%m-%d"}

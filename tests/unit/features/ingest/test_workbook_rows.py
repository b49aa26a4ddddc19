from datetime import date, datetime

import pytest

from features.ingest.extract import read_extract
from hearth.errors import DataError
from hearth.source_contract import SourceContract

HEADER = ["uprn", "on", "rooms", "note"]
DAY = date(2024, 1, 3)
ROWS = [HEADER, [100023336956, DAY, 3, "one"], [12, DAY, 4, "two"]]


@pytest.fixture
def read(tmp_path, workbook):
    """What is read of a workbook with these sheets, by a contract that says this of it."""

    def of(sheets, *, file="c.xlsx", merged=(), hidden=(), **said):
        workbook(tmp_path / file, sheets, merged=merged, hidden=hidden)
        return read_extract(_contract(file=file, **said), tmp_path)

    return of


def _contract(**read):
    allowed = {"missing": "allowed"}
    return SourceContract.model_validate(
        {
            "source": "homes",
            "title": "Homes",
            "description": "One row a home.",
            "kind": "event",
            "read": read,
            "about": "property",
            "key": "uprn",
            "event_date": "on",
            "recording_lag": {"period": "1d", "because": "they are typed in overnight"},
            "law": {
                "controller": "Example Borough Council",
                "lawful_basis": "public_task",
                "power": "Housing Act 2004, s. 3",
                "purposes": ["housing_standards"],
                "retention": "6y",
            },
            "columns": {
                "uprn": {"type": "uprn"},
                "on": {"type": "date"},
                "rooms": {"type": "integer"} | allowed,
                "note": {"type": "string"} | allowed,
            },
        }
    )


def _values(extract):
    return {name: one.values.to_pylist() for name, one in extract.columns.items()}


def test_cells_are_read_in_their_own_types(read):
    extract = read({"Homes": ROWS})
    assert _values(extract) == {
        "uprn": ["100023336956", "12"],
        "on": [DAY, DAY],
        "rooms": [3, 4],
        "note": ["one", "two"],
    }
    assert extract.numbers.tolist() == [2, 3]


def test_a_day_may_stand_as_a_date_a_moment_or_a_text_in_one_column(read):
    days = [DAY, datetime.fromisoformat("2024-01-03T09:30"), "03/01/2024", "2024-01-03", 45294]
    extract = read({"Homes": [HEADER, *([1, day, 1, ""] for day in days)]}, dates="%d/%m/%Y")
    assert extract.columns["on"].values.to_pylist() == [DAY, DAY, DAY, None, None]
    assert extract.columns["on"].written.to_pylist() == ["2024-01-03", "45294"]


def test_rows_have_the_numbers_the_spreadsheet_shows(read):
    held = [["Homes of the borough"], [], HEADER, [], ROWS[1], [None, "", None], ROWS[2]]
    assert read({"Homes": held}, skip_rows=1).numbers.tolist() == [5, 7]


def test_a_number_among_texts_keeps_its_digits_and_an_error_is_no_value(read):
    held = [HEADER, [100023336956, DAY, "#N/A", 7], ["010", DAY, 2.5, "x"], ["1E+11", DAY, 2, True]]
    extract = read({"Homes": held})
    assert extract.columns["uprn"].values.to_pylist() == ["100023336956", "10", None]
    assert extract.columns["rooms"].values.to_pylist() == [None, None, 2]
    assert extract.columns["rooms"].bad.tolist() == [False, True, False]
    assert extract.columns["note"].values.to_pylist() == ["7", "x", "true"]


def test_the_only_visible_sheet_is_read_and_a_named_one_even_if_hidden(read):
    other = {"Notes": [["nothing"]]}
    assert len(read({"Homes": ROWS} | other, hidden=("Notes",)).numbers) == 2
    assert len(read({"Homes": ROWS} | other, hidden=("Homes",), sheet="Homes").numbers) == 2


def test_an_open_document_is_read_alike(read):
    held = [HEADER, ["12", "2024-01-03", "3", "one"]]
    assert _values(read({"Homes": held}, file="c.ods"))["on"] == [DAY]


REFUSED = [
    ("two sheets", {"A": ROWS, "B": ROWS}, {}, "2 sheets to choose from: `A`, `B`; name one"),
    ("no such sheet", {"A": ROWS}, {"sheet": "Homes"}, "`Homes` has no such sheet; it has `A`"),
    ("an empty sheet", {"A": []}, {}, "is empty: it has not even a header"),
    ("a header alone", {"A": [HEADER]}, {}, "holds a header and no rows"),
    ("cells merged among rows", {"A": ROWS}, {"merged": ("D2:D3",)}, "merged cells in row 2"),
    ("cells merged in the header", {"A": ROWS}, {"merged": ("A1:B1",)}, "merged cells in row 1"),
    ("a column missing", {"A": [r[:3] for r in ROWS]}, {}, "`note` is a column the file lacks"),
    ("a title above", {"A": [["Homes"], *ROWS]}, {}, "see that read.skip_rows leads to the header"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sheets", "said", "told"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_a_workbook_that_cannot_be_read_with_certainty_is_refused(read, sheets, said, told):
    with pytest.raises(DataError) as error:
        read(sheets, **said)
    assert told in str(error.value)


def test_cells_merged_above_the_header_do_no_harm(read):
    held = [["Homes of the borough", None], *ROWS]
    assert len(read({"A": held}, merged=("A1:D1",), skip_rows=1).numbers) == 2

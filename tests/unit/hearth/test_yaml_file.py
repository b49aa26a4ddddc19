"""Files that are not the plain YAML they should be, and how each is told."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from hearth.errors import DefinitionError
from hearth.yaml_file import read_plain, read_yaml
from hearth.yaml_values import ScalarField, Share, Strict, Text


class _Part(Strict):
    name: Text
    window_days: int = Field(default=1, ge=1, le=365)


class _Whole(Strict):
    title: Text
    parts: tuple[_Part, ...] = ()
    share: Share = 0.5
    amount: float = 0
    is_open: bool = False
    tested: ScalarField = ""


def _fault(path: Path, content: str | bytes) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(DefinitionError) as caught:
        read_yaml(path, _Whole, shown_as="x.yaml")
    return str(caught.value)


def _plain(path: Path, content: str) -> dict[str, Any]:
    path.write_text(content, encoding="utf-8")
    return read_plain(path, shown_as="x.yaml")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "x.yaml"


@pytest.mark.parametrize("content", ["", "\n", "# only a comment\n", "---\n"])
def test_an_empty_file_is_empty(file: Path, content: str) -> None:
    assert _fault(file, content) == "x.yaml: is empty; write one, or draft it with `hearth new`"


@pytest.mark.parametrize("content", ["- a\n- b\n", "just a text\n", "42\n"])
def test_a_file_without_keys_is_refused(file: Path, content: str) -> None:
    assert _fault(file, content).startswith("x.yaml: holds no keys")


def test_what_is_not_utf8_is_placed_by_its_line(file: Path) -> None:
    expected = "x.yaml: `line 2` is not UTF-8 text; save it as UTF-8"
    assert _fault(file, b"title: a\nshare: \xa35\n") == expected


def test_a_byte_order_mark_is_no_fault(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbftitle: a\n")
    assert read_yaml(file, _Whole, shown_as="x.yaml").title == "a"


def test_a_control_character_is_named(file: Path) -> None:
    expected = "x.yaml: holds the control character #x0000; save it as plain text"
    assert _fault(file, b"title: a\x00b\n") == expected


def test_a_file_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"x\.yaml: cannot be read: Is a directory"):
        read_plain(tmp_path, shown_as="x.yaml")


def test_what_is_not_yaml_is_placed_by_its_line(file: Path) -> None:
    fault = _fault(file, "title: a\nshare: [1, 2\n")
    assert fault.startswith("x.yaml: `line 3` is not plain YAML: ")


def test_a_tab_is_told_with_its_remedy(file: Path) -> None:
    assert _fault(file, "title:\n\ta: 1\n").endswith("; indent with spaces")


def test_a_key_written_twice_is_refused(file: Path) -> None:
    fault = _fault(file, "title: a\nshare: 1\ntitle: b\n")
    expected = "x.yaml: `line 3` is not plain YAML: the key title stands twice; keep one of them"
    assert fault == expected


def test_a_key_written_twice_deep_inside_is_refused(file: Path) -> None:
    fault = _fault(file, "title: a\nparts:\n  - {name: a, name: b}\n")
    assert "`line 3` is not plain YAML: the key name stands twice" in fault


@pytest.mark.parametrize("key", ["1", "true", "null", "[a, b]", "{a: b}", "1.5"])
def test_a_key_that_is_not_text_is_refused(file: Path, key: str) -> None:
    fault = _fault(file, f"title: a\n? {key}\n: b\n")
    assert fault == "x.yaml: `line 2` is not plain YAML: a key is not text; put it in quotes"


def test_an_alias_is_refused(file: Path) -> None:
    fault = _fault(file, "title: &a [x]\nshare: *a\n")
    assert "`line 2` is not plain YAML: an alias stands for a value; write the value out" in fault


@pytest.mark.parametrize(
    "value", ["!!python/object/apply:os.system [ls]", "!!binary aGk=", "!!set {a}", "!mine x"]
)
def test_a_tag_is_refused_and_nothing_is_run(file: Path, value: str) -> None:
    fault = _fault(file, f"title: {value}\n")
    assert "could not determine a constructor for the tag" in fault
    assert fault.endswith("; remove the tag")


def test_lists_too_deep_to_read_are_refused(file: Path) -> None:
    assert "lists too deep to read" in _fault(file, "title: " + "[" * 5_000 + "]" * 5_000)


def test_two_documents_in_one_file_are_refused(file: Path) -> None:
    assert "is not plain YAML: but found another document" in _fault(file, "title: a\n---\nb: c\n")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("010", "010"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("2024-02-30", "2024-02-30"),
        ("0x1F", "0x1F"),
        (".inf", ".inf"),
        ("true", True),
        ("-7", -7),
        ("2.50", 2.5),
        ("1e3", 1000.0),
        ("~", None),
    ],
)
def test_only_plain_numbers_true_false_and_null_are_more_than_text(
    file: Path, written: str, value: object
) -> None:
    assert _plain(file, f"a: {written}\n") == {"a": value}


def test_an_unknown_key_is_placed_and_the_nearest_offered(file: Path) -> None:
    fault = _fault(file, "title: a\nparts: [{name: b, window_day: 3}]\n")
    assert fault == (
        "x.yaml: `parts[0].window_day` is an unknown key; "
        "write window_days if that is meant, or remove it"
    )


def test_an_unknown_key_like_no_other_is_to_be_removed(file: Path) -> None:
    assert _fault(file, "title: a\nzzz: 1\n") == "x.yaml: `zzz` is an unknown key; remove it"


def test_a_missing_key_is_named(file: Path) -> None:
    assert _fault(file, "share: 1\n") == "x.yaml: `title` is missing; add it"


@pytest.mark.parametrize("value", ["", "null", "~", "''", "'  '"])
def test_a_key_left_empty_is_to_be_filled_in(file: Path, value: str) -> None:
    assert _fault(file, f"title: {value}\n") == "x.yaml: `title` is left empty; fill it in"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("title: 5", "`title` is 5, not text; put it in quotes"),
        ("title: [a]", "`title` is a list, not text; put it in quotes"),
        ("title: a\nparts: b", '`parts` is "b", not a list; write a list, such as [a, b]'),
        (
            "title: a\nparts: [b]",
            '`parts[0]` is "b", not a set of keys; write its keys below it, indented',
        ),
        (
            "title: a\namount: '5'",
            '`amount` is "5", not a number; write a number, without quotes or a unit',
        ),
        (
            "title: a\namount: true",
            "`amount` is true, not a number; write a number, without quotes or a unit",
        ),
        (
            "title: a\nparts: [{name: b, window_days: 1.5}]",
            "`parts[0].window_days` is 1.5, not a whole number; "
            "write a whole number, without quotes or a unit",
        ),
        (
            "title: a\nparts: [{name: b, window_days: 0}]",
            "`parts[0].window_days` is 0; it must be at least 1",
        ),
        (
            "title: a\nparts: [{name: b, window_days: 400}]",
            "`parts[0].window_days` is 400; it must be at most 365",
        ),
        ("title: a\nshare: 150%", "`share` is 1.5; it must be at most 1"),
        (
            "title: a\nis_open: yes",
            '`is_open` is "yes", neither true nor false; write true or false',
        ),
        (
            "title: a\ntested: [1]",
            "`tested` is not a single value; write a text, a number, true or false",
        ),
    ],
)
def test_a_wrong_value_says_what_was_found_and_what_to_write(
    file: Path, written: str, fault: str
) -> None:
    assert _fault(file, f"{written}\n") == f"x.yaml: {fault}"


def test_all_faults_of_a_file_are_reported_together(file: Path) -> None:
    faults = _fault(file, "titel: a\nshare: 2\nparts: [{}]\n").split("\n")
    assert [fault.split("`")[1] for fault in faults] == ["parts[0].name", "share", "titel", "title"]


def test_a_long_value_is_shown_in_part(file: Path) -> None:
    assert len(_fault(file, f"title: a\namount: {'x' * 500}\n")) < 150


def test_a_share_may_be_written_as_a_percentage(file: Path) -> None:
    file.write_text("title: a\nshare: 12.5%\n")
    assert read_yaml(file, _Whole, shown_as="x.yaml").share == pytest.approx(0.125)


def test_an_open_question_of_a_draft_is_one_fault_beside_the_others(file: Path) -> None:
    faults = _fault(file, "title: to_be_answered\namount: to_be_answered\nis_open: 5\n").split("\n")
    answer = "is still to be answered; write the answer in place of the word"
    assert faults == [
        f"x.yaml: `amount` {answer}",
        "x.yaml: `is_open` is 5, neither true nor false; write true or false",
        f"x.yaml: `title` {answer}",
    ]

"""Tables on narrow screens and in files: what one types in next is never cut off."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.table import Column, Table

from hearth.cli.context import Context
from hearth.settings import load_settings

FEATURE = "arrears_sum_amount_over_twelve_months"
TEXT = "a long text that may be folded where the screen is narrow, " * 3


@pytest.fixture
def drawn(workspace):
    """A table of a feature, a text and a number, as a terminal or a file of 80 columns gets it."""

    def of(*, terminal, columns=80):
        context = Context(load_settings(workspace))
        kept = io.StringIO()
        screen = Console(file=kept, force_terminal=terminal, width=columns, color_system=None)
        context.__dict__["console"] = screen
        table = Table(Column("feature", no_wrap=True), "text", "value")
        table.add_row(FEATURE, TEXT, "1,234,567.891011")
        context.show(table)
        return kept.getvalue()

    return of


def test_a_name_stands_whole_on_a_screen_of_80_columns(drawn):
    lines = drawn(terminal=True).splitlines()
    assert FEATURE in "".join(lines)
    assert max(map(len, lines)) == 80


def test_a_name_wider_than_the_screen_is_not_cut_off(drawn):
    assert FEATURE in drawn(terminal=True, columns=30)


def test_nothing_is_left_out_of_a_folded_column(drawn):
    told = drawn(terminal=True)
    assert "…" not in told
    assert told.count("narrow") == 3


def test_in_a_file_a_row_is_one_line(drawn):
    (row,) = [line for line in drawn(terminal=False).splitlines() if FEATURE in line]
    assert TEXT.strip() in row
    assert "1,234,567.891011" in row

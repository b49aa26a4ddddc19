"""Where an extract lies, and how it is written."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from hearth.source_contract.formats import DateFormats, NumberExample
from hearth.yaml_values import Name, Strict, quoted

WORKBOOKS = (".xlsx", ".xls", ".xlsb", ".ods")
_ENDINGS = (".csv", ".csv.gz", ".parquet", *WORKBOOKS)
_VARIABLE = re.compile(r"HEARTH_[A-Z0-9_]+_URL")
_OF_A_FILE = ("sheet", "skip_rows", "encoding", "delimiter")


class Read(Strict):
    """Where the extract lies, and how it is written: a file of the workspace, or a table by URL."""

    file: str | None = Field(
        default=None,
        description="CSV (.csv, .csv.gz), Excel (.xlsx, .xls, .xlsb, .ods) or Parquet (.parquet), "
        "relative to the workspace.",
    )
    table: str | None = Field(
        default=None,
        min_length=1,
        description="In place of file: table or view of a database, such as revenues.accounts.",
    )
    url_from: str | None = Field(
        default=None,
        description="Environment variable that holds the database's URL, such as HEARTH_REVENUES_URL.",
    )
    sheet: str | None = Field(
        default=None, description="Sheet of a workbook; its only visible one if left out."
    )
    skip_rows: int = Field(
        default=0, ge=0, description="Rows above the header, such as a report's title."
    )
    encoding: str = Field(
        default="utf-8", description="Encoding of a CSV: utf-8, cp1252, latin-1 or utf-16."
    )
    delimiter: str = Field(
        default=",",
        min_length=1,
        max_length=1,
        description="What stands between values of a CSV.",
    )
    dates: DateFormats = Field(
        default=("%Y-%m-%d",),
        description="How dates are written, as strftime codes; a list where there are several ways.",
    )
    numbers: NumberExample = Field(
        default="1234.56",
        description='How the number 1234.56 would be written, such as "£1,234.56" or "1.234,56".',
    )
    missing_values: tuple[str, ...] = Field(
        default=("",), description="Texts that stand for a missing value."
    )
    extracted_on: date | None = Field(
        default=None,
        description="Day of the extract; the latest date in the file if left out.",
    )
    each_extract: Literal["replaces", "adds"] = Field(
        default="replaces",
        description="Whether a new extract takes the place of the rows held, or adds to them.",
    )
    rename: dict[str, Name] = Field(
        default_factory=dict,
        description="Column as the file names it → column of the contract.",
    )

    @property
    def place(self) -> str:
        """What messages call the extract: its file, or its table and where the URL is."""
        return self.file if self.file is not None else f"{self.table} ({self.url_from})"

    @property
    def has_lines(self) -> bool:
        """Whether its rows have numbers that people see: the header is then row 1 and counts."""
        return self.file is not None and not self.file.endswith(".parquet")

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        faults = [*self._place_faults(), *self._file_faults(), *self._text_faults()]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _place_faults(self) -> Iterator[str]:
        if (self.file is None) == (self.table is None):
            found = "is missing, and so is table" if self.file is None else "stands beside table"
            yield f"file: {found}; write exactly one of them"
        if (self.table is None) != (self.url_from is None):
            missing, other = (
                ("url_from", "table") if self.url_from is None else ("table", "url_from")
            )
            yield f"{missing}: is missing beside {other}; a table is named by both"
        if self.url_from is not None and not _VARIABLE.fullmatch(self.url_from):
            yield (
                f"url_from: is {quoted(self.url_from)}; name an environment variable such as "
                "HEARTH_REVENUES_URL, never the URL itself"
            )
        for field in _OF_A_FILE:
            if self.table is not None and field in self.model_fields_set:
                yield f"{field}: stands beside table; it is of a file"

    def _file_faults(self) -> Iterator[str]:
        if self.file is None:
            return
        parts = self.file.replace("\\", "/").split("/")
        if self.file.startswith(("/", "~", "\\")) or ".." in parts:
            yield "file: lies outside the workspace; copy it in and write its path from there"
        if not self.file.endswith(_ENDINGS):
            yield f"file: ends in none of {', '.join(_ENDINGS)}; save the extract as one of them"
        if self.sheet is not None and not self.file.endswith(WORKBOOKS):
            yield "sheet: stands beside a file that is no workbook; remove it"

    def _text_faults(self) -> Iterator[str]:
        try:
            "".encode(self.encoding)
        except LookupError:
            yield f"encoding: is {quoted(self.encoding)}, which is no encoding; use utf-8 or cp1252"
        if not self.delimiter.isascii() or self.delimiter in '"\r\n':
            yield f"delimiter: is {quoted(self.delimiter)}; write a mark such as ; or a tab"

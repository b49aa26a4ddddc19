"""Where an extract lies, and how it is written."""

import codecs
from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from hearth.yaml_values import Name, Strict, quoted

_ENDINGS = (".csv", ".csv.gz", ".parquet")


class Read(Strict):
    """Where the extract lies, relative to the workspace, and how it is written."""

    file: str = Field(
        description="CSV (.csv, .csv.gz) or Parquet (.parquet), relative to the workspace."
    )
    encoding: str = Field(default="utf-8", description="Encoding of a CSV, such as cp1252.")
    delimiter: str = Field(
        default=",",
        min_length=1,
        max_length=1,
        description="What stands between values of a CSV.",
    )
    dates: str = Field(
        default="%Y-%m-%d",
        description="How dates are written in a CSV, as strftime codes.",
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

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        faults = []
        if self.file.startswith(("/", "~", "\\")) or ".." in self.file.replace("\\", "/").split(
            "/"
        ):
            faults.append(
                "file: lies outside the workspace; copy it in and write its path from there"
            )
        if not self.file.endswith(_ENDINGS):
            faults.append(
                f"file: ends in none of {', '.join(_ENDINGS)}; save the extract as one of them"
            )
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            faults.append(
                f"encoding: is {quoted(self.encoding)}, which is no encoding; use utf-8 or cp1252"
            )
        if "%" not in self.dates:
            faults.append(f"dates: is {quoted(self.dates)}; write strftime codes such as %d/%m/%Y")
        if faults:
            raise ValueError("\n".join(faults))
        return self

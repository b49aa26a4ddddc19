"""A file of scores, CSV or Parquet, and the fairness report of it."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version as version_of_package
from pathlib import Path
from typing import Any

import pandas as pd

from governance.assessment import Provenance
from governance.given_scores import Question, assess_scores
from governance.report.files import render_files
from governance.report.judged import tally
from governance.report.pdf import Printer, render_pdf, why_no_pdf
from hearth.digest import sha256_of
from hearth.errors import DataError, Fault, StateError
from hearth.progress import Progress, silent
from hearth.risk_model.files import MANIFEST, with_manifest, write_folder

_PARQUET = ".parquet"


@dataclass(frozen=True)
class Columns:
    """Which column of the file holds what."""

    label: str
    groups: tuple[str, ...]
    score: str | None = None
    selected: str | None = None
    observed: str | None = None
    checked: str | None = None
    weights: str | None = None
    entity: str | None = None
    day: str | None = None
    named: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Gather the columns by what they hold."""
        parts = {part: getattr(self, part) for part in _PARTS}
        object.__setattr__(self, "named", {p: c for p, c in parts.items() if c is not None})


_PARTS = ("score", "label", "selected", "observed", "checked", "weights", "entity", "day")


@dataclass(frozen=True)
class FileReported:
    """Where the report of a file lies, how many rows it is about, and its verdicts."""

    folder: Path
    rows: int
    verdicts: dict[str, int]
    why_no_pdf: str | None


def report_file(
    path: Path,
    columns: Columns,
    question: Question,
    folder: Path,
    *,
    now: datetime,
    command: str,
    progress: Progress = silent,
    printer: Printer = render_pdf,
) -> FileReported:
    """Write the fairness report of a scored file into a folder, in place of an earlier report there.

    Parameters
    ----------
    path : Path
        CSV, plain or gzipped, or Parquet.
    columns : Columns
    question : Question
    folder : Path
        Made if need be; one that holds anything but a report is left alone.
    now : datetime
        Printed as the day it was made.
    command : str
        Printed as the way to make it again.

    Raises
    ------
    DataError
        If columns are missing or cannot be used.
    StateError
        If the folder holds something else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).exists():
        raise StateError(f"{folder.name} holds something other than a report; name another folder")
    frame = _read(path, columns)
    assessment = assess_scores(
        **{part: frame[column] for part, column in columns.named.items()},
        groups={name: frame[name] for name in columns.groups},
        question=question,
        provenance=Provenance(
            {"Scored file": sha256_of(path.read_bytes())},
            version_of_package("hearth-council"),
            f"{now:%-d %B %Y}",
            command,
        ),
        progress=progress,
    )
    content = render_files(assessment, now=now, printer=printer, progress=progress)
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_folder(folder, with_manifest(content))
    verdicts = {str(verdict): number for verdict, number in tally(assessment).items()}
    missing = None if "report.pdf" in content else why_no_pdf()
    return FileReported(folder, len(frame), verdicts, missing)


def as_typed(words: list[str]) -> str:
    """A command as it can be pasted into a shell."""
    return shlex.join(words)


def _read(path: Path, columns: Columns) -> pd.DataFrame:
    """The columns asked for, groups and identifiers as text."""
    is_parquet = path.suffix == _PARQUET
    wanted = list(dict.fromkeys([*columns.named.values(), *columns.groups]))
    try:
        held = _columns_of(path, is_parquet=is_parquet)
        missing = [name for name in wanted if name not in held]
        if not missing:
            if is_parquet:
                return pd.read_parquet(path, columns=wanted)
            numbers = {columns.score, columns.weights} - {None}
            kinds: dict[str, Any] = {name: "string" for name in wanted if name not in numbers}
            return pd.read_csv(path, usecols=wanted, dtype=kinds)
    except (ValueError, OSError):
        raise DataError([Fault(path.name, "", "cannot be read as CSV or Parquet", "give a .csv, .csv.gz or .parquet file with one row of headings")]) from None  # fmt: skip
    raise DataError(
        [Fault(path.name, name, "is no column of the file", f"use one of {', '.join(held)}") for name in missing]
    )  # fmt: skip


def _columns_of(path: Path, *, is_parquet: bool) -> list[str]:
    if is_parquet:
        import pyarrow.parquet as pq  # noqa: PLC0415 only where a file is Parquet

        return [str(name) for name in pq.read_schema(path).names]
    return [str(name) for name in pd.read_csv(path, nrows=0).columns]

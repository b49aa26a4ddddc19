"""A whole synthetic council, written to Parquet block by block."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from features.synthetic.block import HOUSEHOLDS_PER_BLOCK, make_block
from features.synthetic.extract import extract
from features.synthetic.outlines import outlines
from features.synthetic.scenario import Scenario
from features.synthetic.truth import facts, notes
from hearth.errors import DataError, Fault
from hearth.progress import Progress, silent

MANIFEST: Final = "manifest.json"
EXTRACT_DATE: Final = "2026-09-01"
_TASK: Final = "Making the synthetic council"


@dataclass(frozen=True)
class Manifest:
    """What a synthetic council is made of.

    Parameters
    ----------
    rows, sha256
        By table; tables of the truth are named `truth/…`.
    """

    households: int
    seed: int
    scenario: dict[str, Any]
    extract_date: str
    hearth_version: str
    rows: dict[str, int]
    sha256: dict[str, str]


def synthesise(
    out: Path,
    *,
    households: int,
    seed: int,
    scenario: Scenario | None = None,
    progress: Progress | None = None,
) -> Manifest:
    """Write a synthetic council; the same arguments always write the same rows.

    The council is made in blocks of 10,000 households, each from its own seed, so memory follows
    the block and not the council. Tables are written aside and take their place together.

    Parameters
    ----------
    out
        Folder to be made; one that holds an earlier synthetic council is replaced.
    households
        Families at the start of 2016, at least 1.
    seed
        Seed of all random draws, 0 or above.
    scenario
        What is planted; the calibrated council with everyday defects if None.
    progress
        Told of each block of households.

    Raises
    ------
    DataError
        If `out` holds something that is not a synthetic council, or a number makes no sense.
    """
    scenario = scenario or Scenario()
    _check(out, households, seed)
    report = progress or silent
    report(_TASK, 0, households)
    with _aside(out) as folder:
        with ExitStack() as stack:
            writers = _Writers(folder, stack)
            for number, first in enumerate(range(0, households, HOUSEHOLDS_PER_BLOCK)):
                size = min(HOUSEHOLDS_PER_BLOCK, households - first)
                _write_block(writers, seed, number, size, scenario)
                report(_TASK, first + size, households)
        for column, text in outlines(-(-households // HOUSEHOLDS_PER_BLOCK)).items():
            (folder / outline_file(column)).write_text(text, encoding="utf-8")
        manifest = Manifest(
            households=households,
            seed=seed,
            scenario=asdict(scenario),
            extract_date=EXTRACT_DATE,
            hearth_version=version("hearth-council"),
            rows=dict(sorted(writers.rows.items())),
            sha256={name: _sha256(folder / f"{name}.parquet") for name in sorted(writers.rows)},
        )
        text = json.dumps(asdict(manifest), indent=1, sort_keys=True)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return manifest


def outline_file(column: str) -> str:
    """Name of the file with the outlines of one kind of area."""
    return f"areas_{column}.geojson"


class _Writers:
    """One Parquet file for each table, opened when its first rows come."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.open: dict[str, pq.ParquetWriter] = {}
        self.rows: dict[str, int] = {}

    def write(self, name: str, table: pa.Table) -> None:
        if name not in self.open:
            path = self.folder / f"{name}.parquet"
            path.parent.mkdir(exist_ok=True)
            writer = pq.ParquetWriter(path, table.schema, compression="zstd")
            self.open[name] = self.stack.enter_context(writer)
            self.rows[name] = 0
        if len(table):
            self.open[name].write_table(table)
        self.rows[name] += len(table)


def _write_block(
    writers: _Writers, seed: int, number: int, households: int, scenario: Scenario
) -> None:
    block = make_block(seed, number, households, scenario)
    tables, known = extract(block)
    for extracted in tables:
        writers.write(extracted.name, extracted.table)
        for name, table in notes(extracted, block):
            writers.write(f"truth/{name}", table)
    for name, table in facts(block, known):
        writers.write(f"truth/{name}", table)


def _check(out: Path, households: int, seed: int) -> None:
    if households < 1:
        raise DataError(
            [Fault("--households", "", f"is {households}", "give a number of 1 or more")]
        )
    if seed < 0:
        raise DataError([Fault("--seed", "", f"is {seed}", "give a number of 0 or more")])
    taken = out.exists() and (not out.is_dir() or any(out.iterdir()))
    if taken and not (out / MANIFEST).is_file():
        raise DataError(
            [
                Fault(
                    str(out),
                    "",
                    "holds something that is not a synthetic council",
                    "name another folder",
                )
            ]
        )


@contextmanager
def _aside(out: Path) -> Iterator[Path]:
    """Folder that takes the place of `out` when all of it has been written, and leaves nothing else."""
    out.parent.mkdir(parents=True, exist_ok=True)
    aside, before = (out.parent / f".{out.name}.{word}" for word in ("new", "old"))
    for folder in (aside, before):
        shutil.rmtree(folder, ignore_errors=True)
    aside.mkdir()
    try:
        yield aside
        if out.exists():
            out.rename(before)
        aside.rename(out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if before.exists() and not out.exists():
            before.rename(out)
        shutil.rmtree(before, ignore_errors=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

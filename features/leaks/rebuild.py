"""A matrix's as-of dates built again from data cut at each, and compared with what it holds."""

import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.assembly import Assembly
from features.feature_parts import FEATURES, read_parts, write_parts
from features.leaks.cut import SCRATCH, cut_state
from features.leaks.finding import Finding, Gravity, definition_file
from hearth.catalogue import Catalogue
from hearth.definition import ModelDefinition
from hearth.progress import Progress

_TOLERANCE = 1e-9  # relative: sums of floats may be added in another order
_REMEDY = (
    "its value came from rows learned on or after that day: report this, it is a fault of Hearth"
)


def rebuilt(
    catalogue: Catalogue,
    state_dir: Path,
    definition: ModelDefinition,
    day: date,
    progress: Progress,
) -> pa.Table:
    """Features of one as-of date from data cut at it: `entity_id`, `as_of` and the features."""
    folder = state_dir / SCRATCH / str(day)
    shutil.rmtree(folder, ignore_errors=True)
    declared = {g.source for g in definition.features if g.assume_known_from is not None}
    try:
        sources = catalogue.sources
        cut_state(sources, state_dir, folder, day, assumed_known=frozenset(declared))
        assembly = Assembly(catalogue, folder, definition).at(day)
        scratch = folder / "scratch"
        scratch.mkdir()
        groups, made = assembly.group_columns(scratch, progress), folder / FEATURES
        made.mkdir()
        rows, parts = assembly.cohort.rows, assembly.partitions
        write_parts(made, rows, parts, groups, model=definition.model, progress=progress)
        return read_parts(made)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def differences(
    model: str, held: pa.Table, made: pa.Table, day: date, features: Sequence[str]
) -> Iterator[Finding]:
    """What differs between the matrix's rows of one as-of date and the same made of cut data.

    Parameters
    ----------
    model, day, features
        The model, the as-of date and the names of the features.
    held, made
        `entity_id` and the features: as the matrix has them, and as made of cut data.
    """
    place = pc.index_in(made["entity_id"], value_set=held["entity_id"])
    common = pc.is_valid(place)
    both = pc.sum(common).as_py() or 0
    strays = len(made) + len(held) - 2 * both
    if strays:
        found = f"differs in {strays:,} of {len(held):,} rows at {day} when built from data cut at that day"
        yield _finding(model, "cohort", found)
    made, held = made.filter(common), held.take(place.drop_null())
    for name in features:
        differing = int(_differs(held[name], made[name]).sum())
        if differing:
            found = (
                f"{name} differs in {differing:,} of {len(held):,} rows at {day} "
                "when built from data cut at that day"
            )
            yield _finding(model, "features", found)


def _differs(held: pa.ChunkedArray, made: pa.ChunkedArray) -> np.ndarray:
    """Whether each value is another than its fellow, (rows,) bool; two nulls are alike."""
    null_held, null_made = np.asarray(pc.is_null(held)), np.asarray(pc.is_null(made))
    if pa.types.is_floating(held.type):
        one = pc.fill_null(held, 0.0).to_numpy()
        other = pc.fill_null(pc.cast(made, pa.float64()), 0.0).to_numpy()
        apart = ~np.isclose(one, other, rtol=_TOLERANCE, atol=_TOLERANCE)
    else:
        apart = np.asarray(pc.fill_null(pc.not_equal(held, pc.cast(made, held.type)), False))
    return np.asarray((null_held != null_made) | (~null_held & ~null_made & apart))


def _finding(model: str, place: str, found: str) -> Finding:
    return Finding(Gravity.LEAK, "rebuilt", definition_file(model), place, found, _REMEDY)

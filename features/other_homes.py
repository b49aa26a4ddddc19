"""The other homes that a group looks at around one home, as known at a date."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.known_rows import KEY, KNOWLEDGE_DATE, ORDER, is_current, known_batches
from hearth.definition import Around
from hearth.source_contract import SourceContract


def other_homes(
    around: Around, homes_of: SourceContract, state_dir: Path, own: str, as_of: date
) -> list[str]:
    """UPRNs of the homes in the same area, or no farther than the distance, by where each lay last.

    None at all where nobody knew by then where the home itself lay.
    """
    batches = known_batches(homes_of, state_dir, list(around.columns))
    homes = _latest(pa.concat_tables(batches), as_of)
    mine = homes.filter(pc.equal(homes[KEY], own)).select(list(around.columns)).to_pylist()
    if not mine or any(value is None for value in mine[0].values()):
        return []
    near = _near(around, homes, mine[0])
    found = homes.filter(pc.and_(near, pc.not_equal(homes[KEY], own)))[KEY]
    return sorted(found.to_pylist())


def _near(around: Around, homes: pa.Table, mine: dict[str, object]) -> pa.ChunkedArray:
    if around.within is None:
        near = pc.equal(homes[str(around.area)], pa.scalar(mine[str(around.area)]))
    else:
        apart = [pc.subtract(pc.cast(homes[n], pa.float64()), mine[n]) for n in around.columns]
        squares = [pc.multiply(difference, difference) for difference in apart]
        near = pc.less_equal(pc.sqrt(pc.add(*squares)), float(around.within))
    return pc.fill_null(near, False)


def _latest(versions: pa.Table, as_of: date) -> pa.Table:
    """Latest version of each home known before the date."""
    known = pc.fill_null(pc.less(versions[KNOWLEDGE_DATE], pa.scalar(as_of)), False)
    seen = versions.filter(pc.and_(known, is_current(versions, as_of)))
    seen = seen.sort_by([(KNOWLEDGE_DATE, "ascending"), (ORDER, "ascending")])
    encoded = seen[KEY].combine_chunks().dictionary_encode()
    latest = np.zeros(len(encoded.dictionary), dtype=np.int64)
    latest[np.asarray(encoded.indices)] = np.arange(len(seen))
    return seen.take(pa.array(latest))

"""Keys that rows of the matrix follow in a source, as dense codes."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.point_in_time.events import Codes


@dataclass(frozen=True)
class Followed:
    """Pairs of a row and a key it follows, once each.

    `keys` are the different keys, in their own order; `code` is each pair's place among them.
    """

    keys: pa.Array
    row: Codes
    code: Codes

    @classmethod
    def of(cls, pairs: pa.Table) -> "Followed":
        """Dense codes of the keys of (row, key) pairs; the key may be of any type that sorts."""
        encoded = pairs["key"].combine_chunks()
        if not pa.types.is_dictionary(encoded.type):
            encoded = encoded.dictionary_encode()
        given = np.asarray(encoded.indices)
        used = np.flatnonzero(np.bincount(given, minlength=len(encoded.dictionary)))
        held = encoded.dictionary.take(pa.array(used))
        order = np.asarray(pc.sort_indices(held))
        code = np.full(len(encoded.dictionary), -1, dtype=np.int32)
        code[used[order]] = np.arange(len(used), dtype=np.int32)
        return cls(
            held.take(pa.array(order)), np.asarray(pairs["row"], dtype=np.int32), code[given]
        )

    @property
    def pairs(self) -> pa.Table:
        """The pairs as the kernel takes them: `row` and `key`, a code."""
        return pa.table({"row": self.row, "key": self.code})

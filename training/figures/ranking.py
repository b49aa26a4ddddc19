"""Who comes first: order and ranks, with ties broken the same way every time."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def draw_lots(entities: Sequence[str], seed: int) -> npt.NDArray[np.uint64]:
    """A number per entity that orders ties; the same for an entity and seed on any machine.

    Drawn by hash, so that a tie favours no identifier: a list in the order of UPRNs would
    favour the streets that were numbered first.

    Returns
    -------
    array of shape (n,), uint64
    """
    key = seed.to_bytes(8, "big", signed=True)
    digests = b"".join(
        hashlib.blake2b(entity.encode(), digest_size=8, key=key).digest() for entity in entities
    )
    return np.frombuffer(digests, dtype=">u8").astype(np.uint64)


def order_by_score(scores: Floats, lots: npt.NDArray[np.uint64]) -> Ints:
    """Row numbers from the highest score to the lowest, ties by lot.

    Parameters
    ----------
    scores
        Shape (n,); higher is more urgent, none missing.
    lots
        Shape (n,), from `draw_lots`.
    """
    if not np.isfinite(scores).all():
        raise ValueError(
            "a score is missing or infinite; every row must be scored before it is ranked"
        )
    return np.lexsort((lots, -scores)).astype(np.int64)


def ranks(order: Ints) -> npt.NDArray[np.int32]:
    """Rank of each row, 1 for the first in `order`."""
    result = np.empty(len(order), dtype=np.int32)
    result[order] = np.arange(1, len(order) + 1, dtype=np.int32)
    return result

"""Who is not visited because of a list, by lot, so that what the visits do can be told."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class HoldBack:
    """A share of every list of a model, from a day on, in (0, 1)."""

    model: str
    share: float
    since: date

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> "HoldBack | None":
        """The rule of a bundle; None where nobody is held back."""
        rule = about.get("hold_back")
        if not rule:
            return None
        return cls(str(about["name"]), float(rule["share"]), date.fromisoformat(rule["since"]))

    def drawn(self, entities: Iterable[str], as_of: date) -> NDArray[np.bool_]:
        """Whether each entity is held back from the list of an as-of date, shape (n,).

        Each has a lot of its own, drawn by hash of model, date and entity: it is the same whoever
        asks, whatever the score and whoever else is on the list, and anew on every date.
        """
        asked = list(entities)
        if as_of < self.since:
            return np.zeros(len(asked), dtype=bool)
        key = hashlib.blake2b(f"{self.model} {as_of.isoformat()}".encode(), digest_size=32).digest()
        digests = b"".join(
            hashlib.blake2b(entity.encode(), digest_size=8, key=key).digest() for entity in asked
        )
        lots = np.frombuffer(digests, dtype=">u8").astype(np.float64)
        return np.asarray(lots < self.share * 2.0**64)

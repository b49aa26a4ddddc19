"""Answers made beforehand, ready to send, held in memory as of one generation."""

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import msgspec

from hearth.identity import Identity, Permission
from serving.answers import ScoreAnswer
from serving.precomputed.records import Precomputation
from serving.scores.seen import as_seen

_MOST_BYTES = 64 * 1024 * 1024  # of answers in memory in each worker
_MARK_HOLDS_S = 1.0  # a refresh of the feature store is noticed this soon

Sight = tuple[bool, bool]
"""Whether somebody may read reasons, and those of restricted sources too."""


@dataclass(frozen=True)
class Ready:
    """One answer as each kind of reader may see it, and what to know before it is sent."""

    score_id: str
    subject_ref: str | None
    area: str | None
    day: date
    bodies: Mapping[Sight, bytes]

    @classmethod
    def of(cls, answer: ScoreAnswer, area: str | None, day: date) -> "Ready":
        """Answer of a subject in an area, fit to be sent on a day."""
        bodies = {
            (reads, reads and sees): msgspec.json.encode(
                as_seen(answer, reads_reasons=reads, sees_restricted=sees)
            )
            for reads, sees in ((True, True), (True, False), (False, False))
        }
        return cls(answer.score_id, answer.subject_ref, area, day, bodies)

    def body_for(self, identity: Identity) -> bytes:
        """The answer's JSON, without what somebody may not see."""
        reads = identity.may(Permission.EXPLAIN_READ)
        return self.bodies[reads, reads and identity.may(Permission.EXPLAIN_SENSITIVE)]

    @property
    def size(self) -> int:
        """Bytes it takes."""
        return sum(map(len, self.bodies.values()))


class Shelf:
    """The precomputation shown of each model, and those of its answers that were asked for lately.

    Make a new one with each generation: a challenge, an objection, an erasure or a new precomputation
    empties it. It is used on the event loop alone.
    """

    def __init__(
        self, made: Mapping[str, Precomputation], *, most_bytes: int = _MOST_BYTES
    ) -> None:
        self.made = made
        self._most_bytes = most_bytes
        self._bytes = 0
        self._ready: OrderedDict[tuple[str, str], Ready] = OrderedDict()
        self._marks: dict[str, tuple[float, str | None]] = {}

    def get(self, model: str, subject: str, day: date) -> Ready | None:
        """Answer of a subject, if it is at hand and of this day: tomorrow it may have expired."""
        found = self._ready.get((model, subject))
        if found is None or found.day != day:
            return None
        self._ready.move_to_end((model, subject))
        return found

    def put(self, model: str, subject: str, ready: Ready) -> None:
        """Keep an answer at hand, in place of those that were asked for longest ago."""
        before = self._ready.pop((model, subject), None)
        self._bytes += ready.size - (0 if before is None else before.size)
        self._ready[model, subject] = ready
        while self._bytes > self._most_bytes:
            _, oldest = self._ready.popitem(last=False)
            self._bytes -= oldest.size

    def mark_of(self, model: str) -> tuple[bool, str | None]:
        """Whether the feature store was asked just now for its last refresh of a model, and its mark."""
        asked, mark = self._marks.get(model, (-_MARK_HOLDS_S, None))
        return time.monotonic() - asked < _MARK_HOLDS_S, mark

    def note_mark(self, model: str, mark: str | None) -> None:
        """Remember the mark of the last refresh of a model."""
        self._marks[model] = (time.monotonic(), mark)

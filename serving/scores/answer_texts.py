"""Answers of a batch as JSON: what they have in common is encoded once."""

from collections.abc import Hashable
from datetime import datetime
from uuid import uuid4

import msgspec
from msgspec import Raw

from serving.answers import Explanation
from serving.scores.inputs import Inputs
from serving.scores.scoring import Outcome, answer_with
from serving.scores.served_models import ServedModel

_OWN = Raw(b"\0")  # where something of its own goes: encoded JSON holds no such byte
_NONE = b"null"


class AnswerTexts:
    """Writes the answers of one model made at one moment, each as `answer_with` would have it encoded."""

    def __init__(self, served: ServedModel, now: datetime) -> None:
        self._served, self._now = served, now
        self._frames: dict[Hashable, tuple[bytes, ...]] = {}
        self._encode = msgspec.json.Encoder().encode

    def write(
        self,
        inputs: Inputs,
        outcome: Outcome,
        explanation: Explanation | None,
        *,
        score_id: str,
        subject_ref: str | None,
    ) -> Raw:
        """One answer, with this explanation."""
        start, before_ref, before_score, before_reasons, rest, between, end = self._frame(
            inputs, outcome
        )
        own_id = score_id.encode()
        ref = _NONE if subject_ref is None else self._encode(subject_ref)
        reasons = _NONE if explanation is None else self._encode(explanation)
        score = self._encode(outcome.figures)
        opening = (start, own_id, before_ref, ref, before_score, score, before_reasons, reasons)
        return Raw(b"".join((*opening, rest, own_id, between, own_id, end)))

    def _frame(self, inputs: Inputs, outcome: Outcome) -> tuple[bytes, ...]:
        """What stands around the parts of its own, the same for all rows that agree in all else."""
        fresh = (inputs.as_of, inputs.is_from_store, inputs.link_confidence)
        alike = (*fresh, inputs.disputed, outcome.caveats)
        found = self._frames.get(alike)
        if found is None:
            found = self._frames[alike] = self._new_frame(inputs, outcome)
        return found

    def _new_frame(self, inputs: Inputs, outcome: Outcome) -> tuple[bytes, ...]:
        score_id = str(uuid4())
        answer = answer_with(
            self._served, inputs, outcome, score_id=score_id, subject_ref=None, now=self._now
        )
        framed = msgspec.structs.replace(answer, subject_ref=_OWN, score=_OWN, explanation=_OWN)
        start, middle, between, end = self._encode(framed).split(score_id.encode())
        return (start, *middle.split(bytes(_OWN)), between, end)

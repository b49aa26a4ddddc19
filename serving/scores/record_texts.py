"""What is put on record of a score, as JSON: what the scores of one model have in common is encoded once."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw

from hearth.audit_log import Event, Row
from hearth.digest import quoted, sha256_of
from hearth.identity import Identity, Reference
from hearth.storage.schema import scores
from serving.answers import ModelReference, Value

_encode = msgspec.json.Encoder().encode


def named_inputs(values: Mapping[str, Value]) -> tuple[bytes, bytes]:
    """Inputs for `ScoreRecorder.record`: their names and values, as one JSON object."""
    return b'"values":', _encode(values)


def inputs_on_record(payload: Mapping[str, Any]) -> Any:
    """What a score was made from, by feature name, as its payload says; None where it was erased."""
    if "row" in payload:  # it came in a table
        return dict(zip(payload["names"], payload["row"], strict=True))
    return payload.get("values")


class ScoreRecorder:
    """Makes the row and the audit entry of each score of one model, for one purpose."""

    def __init__(self, model: ModelReference, purpose: str) -> None:
        self._model = model
        self._opening = b'{"purpose":' + _encode(purpose) + b',"answer":'
        self._entry = (
            f'{{"bundle_sha256":{quoted(model.sha256)},"model":{quoted(model.name)},"payload_sha256":"',
            '","score_id":"',
            f'","version":{quoted(model.version)}}}',
        )

    def record(
        self,
        identity: Identity,
        answer: Raw,
        inputs: tuple[bytes, bytes],
        *,
        score_id: str,
        area: str | None,
        reference: Reference | None,
        subject_ref: str | None,
        as_of: date,
        now: datetime,
    ) -> tuple[Event, list[Row]]:
        """Entry of a score and the rows that go with it: the score with its inputs, and a new reference.

        Parameters
        ----------
        answer
            The answer in full, as JSON.
        inputs
            What it was made from, as JSON: `"values":` and an object, or `"names":[…],"row":` and a list.
        """
        payload = b"".join((self._opening, answer, b",", *inputs, b',"area":', _encode(area), b"}"))
        before, between, end = self._entry
        details = f"{before}{sha256_of(payload)}{between}{score_id}{end}"
        event = Event("score.made", identity.key_id, subject_ref, Raw(details.encode()))
        row = {
            "score_id": score_id,
            "model": self._model.name,
            "version": self._model.version,
            "subject_ref": subject_ref,
            "as_of": as_of,
            "payload": Raw(payload),
            "created_at": now,
            "key_id": identity.key_id,
        }
        made = Row(scores, row)
        return event, [made] if reference is None or reference.row is None else [
            reference.row,
            made,
        ]


@lru_cache(maxsize=64)
def recorder_of(model: ModelReference, purpose: str) -> ScoreRecorder:
    """What records the scores of a model, made once."""
    return ScoreRecorder(model, purpose)

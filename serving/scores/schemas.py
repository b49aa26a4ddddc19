"""What a request may hold: msgspec types built from a model's features, and every fault told at once."""

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from hearth.errors import Fault, UnusableInputError
from hearth.risk_model import FeatureSpec
from hearth.risk_model.encoding import encode_record
from serving.answers import Value
from serving.web.problems import ProblemError

LONGEST_SUBJECT = 128
_FORM = 'send {"subject": "…"} or {"values": {…}}, with "reasons": true or false if you like'
_Reasons = Annotated[bool, Meta(description="False spares the work of explaining.")]


@dataclass(frozen=True)
class Asked:
    """What a score is asked of: a subject of the feature store or, where that is None, these values."""

    subject: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    reasons: bool = True


class SubjectRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A household, property or person by the identifier that the feature store knows."""

    subject: Annotated[str, Meta(min_length=1, max_length=LONGEST_SUBJECT)]
    reasons: _Reasons = True


class ValuesRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every feature of the model by name; null where a value is not recorded."""

    values: dict[str, float | str | None]
    reasons: _Reasons = True


class RequestSchema:
    """Reads score requests for one model."""

    def __init__(self, features: Sequence[FeatureSpec]) -> None:
        self._features = tuple(features)
        self._names = tuple(feature.name for feature in features)
        given = msgspec.defstruct(
            "Given",
            [("values", values_type(features)), ("reasons", bool, True)],
            forbid_unknown_fields=True,
            frozen=True,
        )
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(given)

    def read(self, body: bytes) -> Asked:
        """What a request asks for.

        Raises
        ------
        ProblemError
            If the body is not JSON.
        UnusableInputError
            With every fault together: neither form, unknown or absent fields, wrong types, numbers
            that are not finite, unseen categories. Nothing that was sent is repeated.
        """
        try:
            given = self._decoder.decode(body)
        except (msgspec.MsgspecError, RecursionError):
            return self._read_slowly(body)
        values = zip(self._names, msgspec.structs.astuple(given.values), strict=True)
        return Asked(values=dict(values), reasons=given.reasons)

    def _read_slowly(self, body: bytes) -> Asked:
        """A subject, or the faults of what the fast way refused."""
        content = decode_json(body)
        reasons = content.pop("reasons", True) if isinstance(content, dict) else True
        wrong = [Fault("request", "reasons", "is not true or false", _FORM)]
        faults = [] if isinstance(reasons, bool) else wrong
        try:
            asked = self._read_content(content)
        except UnusableInputError as error:
            raise UnusableInputError([*faults, *error.faults]) from None
        if faults:
            raise UnusableInputError(faults)
        return replace(asked, reasons=reasons)

    def _read_content(self, content: Any) -> Asked:
        if isinstance(content, dict) and set(content) == {"subject"}:
            return Asked(subject=read_subject(content["subject"]))
        if not isinstance(content, dict) or set(content) != {"values"}:
            raise UnusableInputError([Fault("request", "", "is of neither form", _FORM)])
        return Asked(values=read_values(self._features, content["values"]))


def values_type(features: Sequence[FeatureSpec]) -> type[msgspec.Struct]:
    """Struct of a model's values, its fields in the order of the features; none may be absent."""
    return msgspec.defstruct(
        "Values",
        [(f"f{j}", type_of_value(feature)) for j, feature in enumerate(features)],
        rename={f"f{j}": feature.name for j, feature in enumerate(features)},
        forbid_unknown_fields=True,
        frozen=True,
    )


def read_values(features: Sequence[FeatureSpec], values: Any) -> dict[str, Value]:
    """Values by feature name, each found fit.

    Raises
    ------
    UnusableInputError
        With every fault together.
    """
    if not isinstance(values, Mapping):
        raise UnusableInputError([Fault("request", "values", "is not an object", _FORM)])
    fit: dict[str, Value] = {name: _within_floats(value) for name, value in values.items()}
    faults = [
        Fault("values", feature.name, "is absent", "give it, or null where it is not recorded")
        for feature in features
        if feature.name not in values
    ]
    try:
        encode_record(features, fit)
    except UnusableInputError as error:
        faults += error.faults
    if faults:
        raise UnusableInputError(faults)
    return fit


def decode_json(body: bytes) -> Any:
    """What a JSON body holds.

    Raises
    ------
    ProblemError
        If it is not JSON, or holds a number no computer here can.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise ProblemError(
            HTTPStatus.BAD_REQUEST,
            "not-json",
            "The body cannot be read as JSON with finite numbers.",
        ) from None


def read_subject(given: Any) -> str:
    """A subject's identifier.

    Raises
    ------
    UnusableInputError
        If it is none.
    """
    is_fit = isinstance(given, str) and 1 <= len(given) <= LONGEST_SUBJECT and given.isprintable()
    if not is_fit:
        raise UnusableInputError(
            [
                Fault(
                    "request",
                    "subject",
                    "is no identifier",
                    f"give a text of 1 to {LONGEST_SUBJECT} characters",
                )
            ]
        )
    return str(given)


def _within_floats(value: Any) -> Any:
    """The value; a whole number beyond every float becomes infinity, which is refused."""
    is_beyond = isinstance(value, int) and abs(value) > sys.float_info.max
    return math.inf if is_beyond else value


def type_of_value(feature: FeatureSpec) -> Any:
    """What a value of a feature may be in JSON."""
    if feature.kind == "category":
        return Literal[feature.categories] | None if feature.categories else None
    return float | None

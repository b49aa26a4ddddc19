"""A small typed client of the HTTP API, for systems that ask Hearth for scores.

>>> from hearth.client import Hearth
>>> with Hearth("https://hearth.council.example", key) as hearth:
...     score = hearth.score("school_readiness", subject="100012345678")
...     hearth.decide(score.score_id, outcome="agree")
"""

import http.client
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from random import SystemRandom
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlsplit
from uuid import uuid4

import msgspec

from hearth.errors import HearthError
from serving.answers import (
    Liveness,
    ManyScoresAnswer,
    ModelDetail,
    ModelList,
    Readiness,
    ScoreAnswer,
    Value,
)
from serving.oversight.answers import (
    ChallengeAnswer,
    ChallengeList,
    DecisionAnswer,
    DecisionList,
    Ground,
    NoticeAnswer,
    Outcome,
    ReasonCode,
)
from serving.web.body_limits import largest_body
from serving.what_if.answers import WhatIfAnswer

_RETRIED = frozenset({429, 503})
_FIRST_WAIT_S = 0.5  # doubled at each further try, up to:
_LONGEST_WAIT_S = 60.0

Answer = TypeVar("Answer")
_jitter = SystemRandom()


class FaultTold(msgspec.Struct, frozen=True):
    """One thing wrong in a request: where, and what to do."""

    place: str
    found: str
    remedy: str

    def __str__(self) -> str:
        """One line; it repeats nothing that was sent."""
        return f"  {self.place or 'body'}: {self.found}; {self.remedy}".rstrip("; ")


class _Told(msgspec.Struct, frozen=True):
    type: str = ""
    title: str = ""
    detail: str = ""
    request_id: str = ""
    faults: tuple[FaultTold, ...] = ()


class ProblemError(HearthError):
    """The service refused a request, and said why (RFC 9457).

    `status` and `code` tell the kind, `faults` each thing wrong, and `request_id` is what to quote.
    """

    def __init__(self, status: int, told: _Told, retry_after_s: float | None) -> None:
        said = f"{status} {told.title}: {told.detail}".strip(": ")
        super().__init__("\n".join([said, *map(str, told.faults)]))
        self.status, self.detail = status, told.detail
        self.code = told.type.rpartition(":")[2]
        self.request_id, self.faults = told.request_id, told.faults
        self.retry_after_s = retry_after_s


class UnreachableError(HearthError):
    """No answer came, however often the service was asked."""


class TooLargeError(HearthError):
    """A request holds more than the service takes; nothing was sent."""


class Hearth:
    """The service at an address, asked with a key; threads take turns on one kept connection.

    A request that finds the service busy (429, 503) or gone is sent again after a while, the same
    each time: what writes carries an Idempotency-Key, so that it is done once.

    Parameters
    ----------
    address
        Such as `https://hearth.council.example`; a path before the API's own is kept.
    key
        API key or access token, or what gives one for each request.
    timeout_s
        Seconds to wait for an answer.
    tries
        How often one request is sent at most.
    tls
        How the server proves itself; by the system's authorities if None.
    wait
        Waits so many seconds between tries.
    """

    def __init__(
        self,
        address: str,
        key: str | Callable[[], str],
        *,
        timeout_s: float = 35.0,
        tries: int = 4,
        tls: ssl.SSLContext | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("an address begins with https:// or http:// and names a host")
        self._before = parts.path.rstrip("/")
        self._key = key if callable(key) else _always(_fit_key(key))
        self._tries, self._wait, self._lock = tries, wait, Lock()
        self._connection: http.client.HTTPConnection
        if parts.scheme == "https":
            self._connection = http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=timeout_s, context=tls
            )
        else:
            self._connection = http.client.HTTPConnection(
                parts.hostname, parts.port, timeout=timeout_s
            )

    def close(self) -> None:
        """Closes the connection; the next request opens one again."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def live(self) -> Liveness:
        """Whether the process answers."""
        return self._ask(Liveness, "GET", "/health/live")

    def ready(self) -> Readiness:
        """Whether the service can score with every approved model; says so where it cannot, and never waits."""
        return self._ask(Readiness, "GET", "/health/ready", expected=frozenset({200, 503}))

    def models(self) -> ModelList:
        """Models in use."""
        return self._ask(ModelList, "GET", "/v1/models")

    def model(self, model: str) -> ModelDetail:
        """One model in use, with its inputs and cohort."""
        return self._ask(ModelDetail, "GET", "/v1/models/{model}", model=model)

    def notice(self, model: str) -> NoticeAnswer:
        """What the people a model is about are told of it."""
        return self._ask(NoticeAnswer, "GET", "/v1/models/{model}/notice", model=model)

    def score(
        self,
        model: str,
        *,
        subject: str | None = None,
        values: Mapping[str, Value] | None = None,
        reasons: bool = True,
    ) -> ScoreAnswer:
        """Score of a subject of the feature store, or of given values: one of the two."""
        body = _one_of(subject=subject, values=values) | {"reasons": reasons}
        return self._ask(ScoreAnswer, "POST", "/v1/models/{model}/scores", body, model=model)

    def score_many(
        self,
        model: str,
        *,
        subjects: Iterable[str] | None = None,
        rows: Iterable[Mapping[str, Value]] | None = None,
        reasons: bool = True,
    ) -> ManyScoresAnswer:
        """Scores of up to 1,000 subjects, or rows of values, in the order given."""
        given = _one_of(
            subjects=None if subjects is None else list(subjects),
            rows=None if rows is None else list(rows),
        )
        body = _as_table(given) | {"reasons": reasons}
        return self._ask(ManyScoresAnswer, "POST", "/v1/models/{model}/scores", body, model=model)

    def look_up(self, model: str, *, subject: str) -> ScoreAnswer:
        """Score of a subject that was made beforehand; that it was read is put on record."""
        path = "/v1/models/{model}/scores/lookup"
        return self._ask(ScoreAnswer, "POST", path, {"subject": subject}, model=model)

    def what_if(
        self,
        model: str,
        *,
        changes: Mapping[str, float | str],
        subject: str | None = None,
        values: Mapping[str, Value] | None = None,
    ) -> WhatIfAnswer:
        """What the model would make of a record that said otherwise; no score."""
        body = _one_of(subject=subject, values=values) | {"changes": dict(changes)}
        return self._ask(WhatIfAnswer, "POST", "/v1/models/{model}/what-if", body, model=model)

    def read_score(self, score_id: str) -> ScoreAnswer:
        """A score as it was made, and as it stands; that it was read is put on record."""
        return self._ask(ScoreAnswer, "GET", "/v1/scores/{score_id}", score_id=score_id)

    def decide(
        self,
        score_id: str,
        *,
        outcome: Outcome,
        reason_code: ReasonCode | None = None,
        reason: str = "",
        considered: str = "",
        viewed_at: str | None = None,
    ) -> DecisionAnswer:
        """Puts on record what a person decided; an override needs its reason and code."""
        body = {
            "outcome": outcome,
            "reason_code": reason_code,
            "reason": reason,
            "considered": considered,
            "viewed_at": viewed_at,
        }
        path = "/v1/scores/{score_id}/decisions"
        return self._ask(DecisionAnswer, "POST", path, body, score_id=score_id)

    def decisions(self, score_id: str) -> DecisionList:
        """Decisions on a score, earliest first."""
        path = "/v1/scores/{score_id}/decisions"
        return self._ask(DecisionList, "GET", path, score_id=score_id)

    def open_challenge(self, score_id: str, *, ground: Ground, statement: str) -> ChallengeAnswer:
        """Puts an objection to a score on record; the score is suspended until it is closed."""
        body = {"ground": ground, "statement": statement}
        path = "/v1/scores/{score_id}/challenges"
        return self._ask(ChallengeAnswer, "POST", path, body, score_id=score_id)

    def challenges_to(self, score_id: str) -> ChallengeList:
        """Challenges to a score."""
        path = "/v1/scores/{score_id}/challenges"
        return self._ask(ChallengeList, "GET", path, score_id=score_id)

    def open_challenges(self) -> ChallengeList:
        """Challenges that wait for somebody."""
        return self._ask(ChallengeList, "GET", "/v1/challenges")

    def challenge(self, challenge_id: str) -> ChallengeAnswer:
        """One challenge."""
        path = "/v1/challenges/{challenge_id}"
        return self._ask(ChallengeAnswer, "GET", path, challenge_id=challenge_id)

    def take_step(self, challenge_id: str, *, step: str, reason: str = "") -> ChallengeAnswer:
        """Acknowledges, upholds, rejects or withdraws a challenge."""
        body = {"step": step, "reason": reason}
        path = "/v1/challenges/{challenge_id}/steps"
        return self._ask(ChallengeAnswer, "POST", path, body, challenge_id=challenge_id)

    def _ask(
        self,
        kind: type[Answer],
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        expected: frozenset[int] = frozenset({200, 201}),
        **names: str,
    ) -> Answer:
        """Answer of one operation; `path` is its template, as the OpenAPI document has it."""
        filled = path.format_map({name: quote(value, safe="") for name, value in names.items()})
        headers = {"Accept": "application/json", "X-Request-ID": uuid4().hex}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
        content = None if body is None else msgspec.json.encode(body)
        most = largest_body(filled)
        if content is not None and len(content) > most:
            raise TooLargeError(
                f"the request has {len(content):,} bytes, and the service takes {most:,}; "
                "send fewer at a time, or score a file with `hearth score`"
            )
        answer = self._answer(method, self._before + filled, content, headers, expected)
        return msgspec.json.decode(answer, type=kind)

    def _answer(
        self,
        method: str,
        path: str,
        content: bytes | None,
        headers: Mapping[str, str],
        expected: frozenset[int],
    ) -> bytes:
        for tried in range(1, self._tries + 1):
            asked_to_wait: float | None = None
            try:
                status, told, answer = self._send(method, path, content, headers)
            except (OSError, http.client.HTTPException) as error:
                if tried == self._tries:
                    raise UnreachableError(
                        f"no answer after {tried} tries ({type(error).__name__}); is the service up?"
                    ) from error
            else:
                if status in expected:
                    return answer
                asked_to_wait = _seconds(told)
                is_too_long = (asked_to_wait or 0) > _LONGEST_WAIT_S
                if status not in _RETRIED or is_too_long or tried == self._tries:
                    raise ProblemError(status, _told(answer), asked_to_wait)
            self._wait(_pause(tried, asked_to_wait))
        raise AssertionError("every try returns or raises")

    def _send(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, str | None, bytes]:
        with self._lock:
            try:
                fields = {**headers, "Authorization": f"Bearer {_fit_key(self._key())}"}
                is_sent = True
                try:
                    self._connection.request(method, path, content, fields)
                except (BrokenPipeError, ConnectionResetError):
                    is_sent = False  # who stops reading may have said why
                answer = self._connection.getresponse()
                told = answer.status, answer.getheader("Retry-After"), answer.read()
                if not is_sent:
                    self._connection.close()
            except BaseException:
                self._connection.close()  # what it was in the middle of cannot be gone on with
                raise
            return told


def _fit_key(key: str) -> str:
    """Key without white space around it, as a file or an environment gives it; the fault never shows it."""
    fit = key.strip()
    if not (fit and fit.isascii() and fit.isprintable()):
        raise ValueError("a key is of ASCII characters that print; the one given is not")
    return fit


def _always(key: str) -> Callable[[], str]:
    return lambda: key


def _one_of(**given: Any) -> dict[str, Any]:
    found = {name: value for name, value in given.items() if value is not None}
    if len(found) != 1:
        raise ValueError(f"give one of {' and '.join(given)}")
    return found


def _as_table(given: dict[str, Any]) -> dict[str, Any]:
    """Rows with their names said once, where all have the same; anything else as it is."""
    rows = given.get("rows")
    if not rows or any(row.keys() != rows[0].keys() for row in rows):
        return given
    names = list(rows[0])
    return {"names": names, "rows": [[row[name] for name in names] for row in rows]}


def _pause(tried: int, asked_to_wait: float | None) -> float:
    """Seconds until the next try: what the service asked for, and some more so that callers spread out."""
    most = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** (tried - 1))
    return (asked_to_wait or 0.0) + _jitter.uniform(0, most)


def _seconds(told: str | None) -> float | None:
    return float(told) if told is not None and told.isascii() and told.isdigit() else None


def _told(answer: bytes) -> _Told:
    """What a problem says; nothing where the answer is none of ours, as a proxy's page is."""
    try:
        return msgspec.json.decode(answer, type=_Told)
    except msgspec.MsgspecError:
        return _Told()

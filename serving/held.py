"""What a worker holds in memory: who may ask, models in use and restrictions, all as of one generation.

A score needs no query to know who asks, or which model is approved: the transaction that records it
proves that nothing of this has changed, and if it has the request is made again on what is so now.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self, TypeVar

import structlog
from anyio import to_thread
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from hearth.errors import HearthError, OutdatedError
from hearth.identity import Holders, SubjectReferences
from hearth.storage.engine import reading
from hearth.storage.generation import current_generation
from serving.precomputed.records import finished
from serving.precomputed.shelf import Shelf
from serving.scores.restrictions import Restrictions
from serving.scores.served_models import ServedModels
from serving.subjects.disputes import Disputes
from serving.tree_shap.machine_code import MachineCode
from serving.web.problems import ProblemError
from serving.web.rate_limits import TooOftenError

_POLL_S = 1.0  # a new model is loaded this soon even where nobody asks
_MOST_TRIES = 3

Made = TypeVar("Made")


@dataclass(frozen=True)
class Held:
    """Everything held, as of one generation; replaced whole, so that a request sees one state."""

    generation: int
    holders: Holders
    models: ServedModels
    restrictions: Restrictions
    disputes: Disputes
    references: SubjectReferences
    shelf: Shelf


class HeldRecords:
    """Keeps what is held up to date: each second, whenever a write proves it old, and when asked.

    Use it as a context manager: leaving ends the watch.
    """

    def __init__(self, engine: Engine, kernel: MachineCode | None = None) -> None:
        self._engine = engine
        self._kernel = kernel
        self._lock = Lock()
        self._current = self._read(None)
        self._ended = Event()
        self._watch = Thread(target=self._keep_up, name="held-records", daemon=True)

    @property
    def current(self) -> Held:
        """What is held, without asking the records whether it is the latest."""
        return self._current

    def refresh(self) -> bool:
        """Whether anything had changed; what is held is then as it was at the time of this call, or newer.

        Costs one query where nothing has. What was held stays in use while a new model is loaded.
        """
        before = self._current
        with reading(self._engine) as connection:
            now = current_generation(connection)
        if before.generation != now:
            with self._lock:
                if self._current.generation != now:
                    self._current = self._read(self._current)
        return self._current is not before

    def prove(self) -> None:
        """Reads and hashes every published byte anew, whether or not anything seems to have changed."""
        with self._lock:
            self._current = self._read(self._current)

    def _read(self, before: Held | None) -> Held:
        """The number is read first: what changes meanwhile makes it old, and is read again."""
        with reading(self._engine) as connection:
            generation = current_generation(connection)
            holders = Holders.read(connection)
            restrictions = Restrictions.read(connection)
            disputes = Disputes.read(connection)
            shelf = Shelf(finished(connection))
        known = None if before is None else before.models
        models = ServedModels.read(self._engine, known, kernel=self._kernel)
        references = SubjectReferences(self._engine)
        return Held(generation, holders, models, restrictions, disputes, references, shelf)

    def _keep_up(self) -> None:
        while not self._ended.wait(_POLL_S):
            try:
                self.refresh()
            except (SQLAlchemyError, HearthError) as error:
                # every request will meet the same and say so; nothing leaves meanwhile
                structlog.get_logger("serving").warning("not refreshed", kind=type(error).__name__)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._watch.join()


async def on_what_is_held(records: HeldRecords, step: Callable[[Held], Awaitable[Made]]) -> Made:
    """What a step makes of what is held; made again where something of that had changed.

    A step that was refused is also made again if anything had changed, so that a model approved, or
    a key made, a moment ago works.

    Raises
    ------
    OutdatedError
        Where keys, models or restrictions changed under every try.
    """
    for _ in range(_MOST_TRIES):
        try:
            return await step(records.current)
        except OutdatedError:
            await to_thread.run_sync(records.refresh)
        except TooOftenError:
            raise
        except (ProblemError, HearthError):
            if not await to_thread.run_sync(records.refresh):
                raise
    raise OutdatedError("keys, models or restrictions changed under every try; send it again")

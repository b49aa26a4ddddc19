"""Approvals whose day of review has come, put on record while the service runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from anyio import to_thread
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from governance.approval.closing import expire_due
from hearth.audit_log import AuditLog, Clock

_EVERY_S = 60.0  # no answer waits for it: whatever scores looks at the day itself


@asynccontextmanager
async def expiring(engine: Engine, clock: Clock) -> AsyncIterator[None]:
    """Records every minute which approvals have expired; of several workers one does."""
    audit = AuditLog(engine, clock)

    async def expire() -> None:
        while True:
            with suppress(SQLAlchemyError):  # the database is down; there is a next time
                await to_thread.run_sync(expire_due, audit)
            await asyncio.sleep(_EVERY_S)

    task = asyncio.create_task(expire())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

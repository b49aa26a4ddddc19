"""Signed heads of the audit log, as a running service keeps them."""

import structlog
from sqlalchemy import Engine

from hearth.audit_log import AuditLog, Clock
from hearth.audit_log.keeper import CheckpointKeeper
from hearth.audit_log.signing import open_signer
from hearth.settings import Settings


def open_keeper(settings: Settings, engine: Engine, clock: Clock) -> CheckpointKeeper:
    """The keeper of a workspace's checkpoints; what it cannot write is in the service's log."""
    log = structlog.get_logger("serving")

    def tell(error: Exception) -> None:
        log.error("checkpoint_not_written", kind=type(error).__name__)

    return CheckpointKeeper(
        settings.checkpoints_dir,
        open_signer(settings.audit_key_file),
        clock,
        AuditLog(engine, clock).head,
        on_failure=tell,
    )

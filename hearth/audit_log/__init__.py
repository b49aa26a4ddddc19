"""The append-only record of who did what, hash-chained: appending, erasing, verifying, writing fast."""

from hearth.audit_log.chain import AuditEntry, Event, append, append_all
from hearth.audit_log.erasure import erase_payloads
from hearth.audit_log.log import AuditLog, Clock
from hearth.audit_log.orders import Row
from hearth.audit_log.recorded import Recorded
from hearth.audit_log.verification import LIMITS, Verification, verify
from hearth.audit_log.writer import AuditWriter

__all__ = [
    "LIMITS",
    "AuditEntry",
    "AuditLog",
    "AuditWriter",
    "Clock",
    "Event",
    "Recorded",
    "Row",
    "Verification",
    "append",
    "append_all",
    "erase_payloads",
    "verify",
]

import pytest
from sqlalchemy import select

from hearth.audit_log import AuditLog, erase_payloads
from hearth.errors import AuditError
from hearth.storage.engine import reading, writing
from hearth.storage.schema import audit_payloads


@pytest.fixture
def audit(records, clock):
    log = AuditLog(records, clock)
    for number in range(4):
        log.append("score.made", actor="key1", subject=f"marked{number}", details={"n": number})
    return log


def erase(audit, *sequences):
    with writing(audit.engine) as connection:
        return erase_payloads(
            connection, sequences, actor="key2", reason="retention ended", now=audit.clock()
        )


def test_an_erased_payload_is_gone_with_its_salt(audit):
    erase(audit, 2)
    with reading(audit.engine) as connection:
        erased = connection.execute(
            select(audit_payloads).where(audit_payloads.c.sequence == 2)
        ).one()
    assert erased == (2, None, None, None, 5)


def test_the_chain_verifies_after_an_erasure_and_counts_it(audit):
    erase(audit, 2, 3)
    found = audit.verify()
    assert (found.ok, found.rows, found.erased) == (True, 5, 2)


@pytest.mark.parametrize("sequences", [(9,), (2,), (5,), ()])
def test_what_has_no_payload_left_to_erase_is_refused(audit, sequences):
    erase(audit, 2)  # entry 5 records it
    with pytest.raises(AuditError, match="cannot be erased"):
        erase(audit, *sequences)
    assert audit.verify().rows == 5

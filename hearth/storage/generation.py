"""A number that rises when what services hold changes: keys, approvals, challenges, restrictions, what is precomputed.

Services hold those in memory. Triggers in the database raise the number with each change, whoever
makes it, so that what is held is known to be the latest by comparing one number, and a transaction
that reads it under the chain's lock can be sure.
"""

from sqlalchemy import Connection, update

from hearth.storage.schema import generations

_CURRENT = "SELECT number FROM generations"  # as the driver takes it: every request asks


def current_generation(connection: Connection) -> int:
    """The number as this transaction sees it."""
    return int(connection.exec_driver_sql(_CURRENT).scalar_one())


def raise_generation(connection: Connection) -> None:
    """Make services read anew what they hold, from the commit on; for what no trigger follows.

    The audit chain's lock is to be held already.
    """
    connection.execute(update(generations).values(number=generations.c.number + 1))

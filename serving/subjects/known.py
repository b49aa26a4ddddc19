"""How a subject is known to the records: its own number, and a reference for each model."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from hearth.errors import NotFoundError
from hearth.storage.schema import approvals, subject_references

RIGHTS = "rights:"
"""Scope of the references by which the log names whoever used a right over every model; no model's name."""


@dataclass(frozen=True)
class KnownSubject:
    """A subject, with its reference in each scope in which it has one."""

    entity_id: str
    references: Mapping[str, str]

    @classmethod
    def read(cls, connection: Connection, entity_id: str) -> "KnownSubject":
        """The subject as the records know it; without references where they do not."""
        query = select(subject_references.c.model, subject_references.c.reference).where(
            subject_references.c.entity_id == entity_id
        )
        return cls(entity_id, {row.model: row.reference for row in connection.execute(query)})


def check_model(connection: Connection, model: str | None) -> None:
    """Nothing, if the records know a model of this name; None stands for every model.

    Raises
    ------
    NotFoundError
        If none was ever submitted: a name mistyped here would protect nobody.
    """
    known = set(connection.scalars(select(approvals.c.model).distinct()))
    if model is not None and model not in known:
        names = ", ".join(sorted(known)) or "none yet"
        raise NotFoundError(f"the records know no model of this name; there are: {names}")

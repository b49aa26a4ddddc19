"""Subjects who objected, or whose data may only be kept: nobody is shown a score of theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from sqlalchemy import Connection, select

from hearth.storage.schema import restrictions
from serving.web.problems import ProblemError

SUSPENDED = "An objection or a restriction of processing is in force: this model scores this subject no more."


@dataclass(frozen=True)
class Restrictions:
    """Restrictions in force: the models closed for each subject, None standing for every model."""

    models_by_subject: Mapping[str, frozenset[str | None]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, connection: Connection) -> "Restrictions":
        """Those that nobody has lifted."""
        found: dict[str, set[str | None]] = {}
        rows = connection.execute(
            select(restrictions.c.entity_id, restrictions.c.model).where(
                restrictions.c.lifted_at.is_(None)
            )
        )
        for entity_id, model in rows:
            found.setdefault(entity_id, set()).add(model)
        return cls({entity_id: frozenset(models) for entity_id, models in found.items()})

    def cover(self, model: str, entity_id: str) -> bool:
        """Whether a subject may not be scored with a model."""
        models = self.models_by_subject.get(entity_id)
        return models is not None and (None in models or model in models)

    def of_model(self, model: str) -> list[str]:
        """Subjects whom a model may not score, in order."""
        return sorted(one for one in self.models_by_subject if self.cover(model, one))

    def check(self, model: str, entity_id: str) -> None:
        """Nothing, unless a subject may not be scored with a model: then a 409, for whoever may see them."""
        if self.cover(model, entity_id):
            raise ProblemError(HTTPStatus.CONFLICT, "processing-restricted", SUSPENDED)

"""What a score is made from: features of a subject in the store, or values that somebody sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Protocol

from hearth.errors import NotFoundError
from hearth.identity import VALUES_HAVE_NO_AREA, Identity
from serving.answers import Value
from serving.web.problems import ProblemError


class StoredRow(Protocol):
    """Features of one subject as at the last refresh."""

    @property
    def as_of(self) -> date:
        """Date the features are as of."""
        ...

    @property
    def values(self) -> Mapping[str, Value]:
        """Value by feature name."""
        ...

    @property
    def flags(self) -> Mapping[str, object]:
        """What else is known of the row, such as `link_confidence`."""
        ...

    @property
    def area(self) -> str | None:
        """Code of the area the subject lies in; None where nothing says."""
        ...


@dataclass(frozen=True)
class Inputs:
    """What a score is made from. `entity_id` is None where values came without a subject.

    `disputed` names the features that the subject says are wrong, and that nobody has settled.
    """

    values: Mapping[str, Value]
    as_of: date
    entity_id: str | None = None
    link_confidence: float | None = None
    is_from_store: bool = False
    area: str | None = None
    disputed: tuple[str, ...] = ()


def stored_inputs(row: StoredRow | None, entity_id: str, *, identity: Identity) -> Inputs:
    """Inputs of a subject from the feature store.

    Raises
    ------
    NotFoundError
        If the store has no such subject for the model, or it lies in an area the identity does not see.
    """
    if row is None or not identity.sees_area(row.area):
        raise NotFoundError("the feature store has no such subject; refresh it with `hearth build`")
    confidence = row.flags.get("link_confidence") if row.flags else None
    return Inputs(
        values=row.values,
        as_of=row.as_of,
        entity_id=entity_id,
        link_confidence=float(confidence) if isinstance(confidence, int | float) else None,
        is_from_store=True,
        area=row.area,
    )


def given_inputs(values: Mapping[str, Value], as_of: date, *, identity: Identity) -> Inputs:
    """Inputs that somebody sent without saying whose they are.

    Raises
    ------
    ProblemError
        403 if the identity is limited to areas: nothing says that they are of one of them.
    """
    if identity.areas is not None:
        raise ProblemError(HTTPStatus.FORBIDDEN, "values-have-no-area", VALUES_HAVE_NO_AREA)
    return Inputs(values, as_of=as_of)

"""Models in use: the bundle of each approval in force, proved byte by byte, held until the approval changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import Engine

from hearth.errors import BundleError, HearthError, NotFoundError, WithdrawnError
from hearth.risk_model import RiskModel
from hearth.storage.engine import reading
from hearth.storage.published import (
    Approval,
    PublishedModel,
    approval_in_force,
    list_published,
    published_bundle,
)
from serving.scores.schemas import RequestSchema


@dataclass(frozen=True)
class ServedModel:
    """A model as it was approved, ready to score, and how requests for it must look."""

    approval: Approval
    model: RiskModel
    schema: RequestSchema

    @classmethod
    def of(cls, published: PublishedModel) -> "ServedModel":
        """Model of a published bundle.

        Raises
        ------
        BundleError
            If its files, proved to be the approved ones, still cannot be read by this release.
        """
        try:
            model = RiskModel.load(published.files)
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(
                f"the bundle of {published.approval.model} version {published.approval.version} cannot be "
                f"read by this release ({type(error).__name__}); train and approve it again"
            ) from None
        return cls(published.approval, model, RequestSchema(model.features))


@dataclass
class ServedModels:
    """Models by name; each request checks that the approval it holds is still the one in force."""

    engine: Engine
    _held: dict[str, ServedModel] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, name: str) -> ServedModel:
        """Model in use under a name.

        Raises
        ------
        NotFoundError, WithdrawnError
            If no version is approved, or none is any more.
        BundleError
            If a byte of the approved bundle was altered.
        """
        try:
            with reading(self.engine) as connection:
                approval = approval_in_force(connection, name)
        except (NotFoundError, WithdrawnError):
            self._held.pop(name, None)
            raise
        held = self._held.get(name)
        if held is not None and held.approval == approval:
            return held
        with self._lock:
            held = self._held.get(name)
            return held if held is not None and held.approval == approval else self._load(name)

    def all(self) -> tuple[list[ServedModel], dict[str, str]]:
        """Models in use by name, and why each approved model that is not served is not."""
        served, refused = [], {}
        with reading(self.engine) as connection:
            names = [approval.model for approval in list_published(connection)]
        for name in names:
            try:
                served.append(self.get(name))
            except HearthError as error:
                refused[name] = str(error)
        return served, refused

    def prove(self) -> Mapping[str, str]:
        """Why each approved model cannot be served, after reading and hashing every published byte anew.

        A model whose stored bytes were altered since it was loaded stops being served here.
        """
        refused = {}
        with reading(self.engine) as connection:
            for approval in list_published(connection):
                try:
                    published_bundle(connection, approval.model)
                except HearthError as error:
                    refused[approval.model] = str(error)
                    self._held.pop(approval.model, None)
        return {**self.all()[1], **refused}

    def _load(self, name: str) -> ServedModel:
        """Reads, proves and holds the approved bundle; holds nothing if it cannot."""
        self._held.pop(name, None)
        with reading(self.engine) as connection:
            published = published_bundle(connection, name)
        self._held[name] = ServedModel.of(published)
        return self._held[name]

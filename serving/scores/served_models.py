"""Models in use: the bundle of each approval in force, proved byte by byte."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from sqlalchemy import Engine

from hearth.errors import BundleError, HearthError, NotFoundError
from hearth.risk_model import RiskModel
from hearth.storage.engine import reading
from hearth.storage.published import (
    Approval,
    Closed,
    PublishedModel,
    list_closed,
    list_published,
    published_bundle,
)
from serving.answers import Links, ModelReference
from serving.scores.many_schemas import ManySchema
from serving.scores.reasons import Explainer
from serving.scores.schemas import RequestSchema
from serving.tree_shap.machine_code import MachineCode
from serving.tree_shap.scorer import with_kernel


@dataclass(frozen=True)
class ServedModel:
    """A model as it was approved, ready to score, and how requests for it must look."""

    approval: Approval
    model: RiskModel
    schema: RequestSchema
    many: ManySchema

    @cached_property
    def reference(self) -> ModelReference:
        """How every answer names it."""
        about, approval = self.model.about, self.approval
        return ModelReference(
            name=approval.model,
            title=str(about["title"]),
            question=str(about["question"]),
            unit=str(about["unit"]),
            version=approval.version,
            sha256=approval.bundle_sha256,
            approved_by_role=approval.decided_by_role,
            approved_on=approval.decided_at.date(),
            sunset=sunset_of(self.model),
        )

    @cached_property
    def explain(self) -> Explainer:
        """What words its reasons."""
        return Explainer(self.model)

    @cached_property
    def links(self) -> Links:
        """Where every answer says to read on."""
        page = f"/models/{self.approval.model}"
        return Links(fairness_report=f"{page}/report", model=page)

    @classmethod
    def of(cls, published: PublishedModel, kernel: MachineCode | None = None) -> "ServedModel":
        """Model of a published bundle, explained by the kernel where there is one.

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
        quick, inputs = with_kernel(model, kernel), model.features
        return cls(published.approval, quick, RequestSchema(inputs), ManySchema(inputs))


@dataclass(frozen=True)
class ServedModels:
    """Models in use by name, why each approved model that is not served is not, and those withdrawn."""

    served: Mapping[str, ServedModel] = field(default_factory=dict)
    refused: Mapping[str, HearthError] = field(default_factory=dict)
    withdrawn: Mapping[str, Closed] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        engine: Engine,
        held: "ServedModels | None" = None,
        *,
        kernel: MachineCode | None = None,
    ) -> "ServedModels":
        """Models of the approvals in force, every published byte read and hashed anew.

        Those already held under the same approval are not loaded again; one of which a byte was
        altered is held no longer.
        """
        known: Mapping[str, ServedModel] = {} if held is None else held.served
        served, refused = {}, {}
        with reading(engine) as connection:
            for approval in list_published(connection):
                name = approval.model
                try:
                    published = published_bundle(connection, name)
                    is_held = name in known and known[name].approval == published.approval
                    served[name] = known[name] if is_held else ServedModel.of(published, kernel)
                except HearthError as error:
                    refused[name] = error
            closed = {one.model: one for one in list_closed(connection)}
            return cls(served, refused, closed)

    def get(self, name: str) -> ServedModel:
        """Model in use under a name.

        Raises
        ------
        NotFoundError, WithdrawnError
            If no version is approved, or none is any more.
        BundleError
            If a byte of the approved bundle was altered.
        """
        found = self.served.get(name)
        if found is not None:
            return found
        if name in self.refused:
            raise self.refused[name]
        if name in self.withdrawn:
            raise self.withdrawn[name].error
        raise NotFoundError("no version of this model is approved; see GET /v1/models")

    @property
    def versions(self) -> dict[str, str]:
        """Version of each model in use."""
        return {name: one.approval.version for name, one in self.served.items()}


def served_model(engine: Engine, name: str, kernel: MachineCode | None = None) -> ServedModel:
    """Model in use under a name, read from the records and proved byte by byte; explained by a kernel.

    Raises
    ------
    NotFoundError, WithdrawnError
        If no version is approved, or none is any more.
    BundleError
        If a byte of the approved bundle was altered.
    """
    with reading(engine) as connection:
        published = published_bundle(connection, name)
    return ServedModel.of(published, kernel)


def sunset_of(model: RiskModel) -> date | None:
    """Day from which a model is no longer used."""
    sunset = model.about.get("oversight", {}).get("sunset")
    return date.fromisoformat(sunset) if sunset else None

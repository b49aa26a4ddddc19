"""The law of a source: on what footing it is held, for what, and for how long."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Literal

from pydantic import Field

from hearth.lawful_basis import LawfulBasis, SpecialCategoryCondition
from hearth.periods import PeriodField
from hearth.yaml_values import Name, Strict, Text

_NEAR: Final = timedelta(days=90)


class AgreementState(StrEnum):
    """How an agreement stands on a day."""

    EXPIRED = "expired"
    EXPIRES_SOON = "expires soon"
    CURRENT = "current"


class Agreement(Strict):
    """Data-sharing agreement under which the council holds the table."""

    reference: Text = Field(description="Reference of the agreement in the council's register.")
    expires: date = Field(description="Day from which the table may no longer be used.")

    def state(self, on: date) -> AgreementState:
        """Whether it has expired on a day, or will within 90 days."""
        if self.expires <= on:
            return AgreementState.EXPIRED
        is_near = self.expires <= on + _NEAR
        return AgreementState.EXPIRES_SOON if is_near else AgreementState.CURRENT


class Law(Strict):
    """On what footing the table is held, for what, and for how long."""

    controller: Text = Field(description="Body that decides why and how the table is used.")
    lawful_basis: LawfulBasis = Field(description="Basis under UK GDPR art. 6(1).")
    power: Text = Field(description="Statutory power or duty relied on.")
    special_category: SpecialCategoryCondition | None = Field(
        default=None,
        description="Condition under UK GDPR art. 9(2) where it holds special-category data.",
    )
    criminal_offence: str | None = Field(
        default=None,
        description="Authority for criminal-offence data (UK GDPR art. 10).",
    )
    agreement: Agreement | None = Field(
        default=None,
        description="Sharing agreement; left out where the council is controller.",
    )
    purposes: tuple[Name, ...] = Field(
        min_length=1, description="Purposes for which the table may be used."
    )
    retention: PeriodField = Field(description="How long a row may be kept, such as 6y.")
    sensitivity: Literal["ordinary", "restricted"] = Field(
        default="ordinary", description="Whether few people may see its values."
    )
    use: Literal["any", "assessment_only"] = Field(
        default="any",
        description="assessment_only: whom a model serves may be measured by it, and no score made from it.",
    )

    def agreement_state(self, on: date) -> AgreementState | None:
        """How its sharing agreement stands on a day; None where the table is the council's own."""
        return None if self.agreement is None else self.agreement.state(on)

    def has_lapsed(self, on: date) -> bool:
        """Whether its sharing agreement has expired on a day."""
        return self.agreement_state(on) is AgreementState.EXPIRED

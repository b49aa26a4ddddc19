"""Lawful bases and special-category conditions of the UK GDPR, with their text."""

from enum import StrEnum


class LawfulBasis(StrEnum):
    """Lawful basis for processing personal data (UK GDPR art. 6(1))."""

    consent = "consent"
    contract = "contract"
    legal_obligation = "legal_obligation"
    vital_interests = "vital_interests"
    public_task = "public_task"
    recognised_legitimate_interest = "recognised_legitimate_interest"
    legitimate_interests = "legitimate_interests"
    not_personal_data = "not_personal_data"

    @property
    def text(self) -> str:
        """What the basis is, in a sentence, with its article."""
        return _BASIS_TEXT[self]


class SpecialCategoryCondition(StrEnum):
    """Condition for processing special-category data (UK GDPR art. 9(2); DPA 2018 Sch. 1)."""

    explicit_consent = "explicit_consent"
    employment_and_social_protection = "employment_and_social_protection"
    vital_interests = "vital_interests"
    made_public = "made_public"
    legal_claims = "legal_claims"
    substantial_public_interest = "substantial_public_interest"
    equality_of_opportunity = "equality_of_opportunity"
    safeguarding = "safeguarding"
    health_or_social_care = "health_or_social_care"
    public_health = "public_health"
    research_and_statistics = "research_and_statistics"

    @property
    def text(self) -> str:
        """What the condition is, in a sentence, with its provision."""
        return _CONDITION_TEXT[self]


_BASIS_TEXT = {
    LawfulBasis.consent: "The person has agreed to this use (art. 6(1)(a)).",
    LawfulBasis.contract: "Needed for a contract with the person (art. 6(1)(b)).",
    LawfulBasis.legal_obligation: "The law requires it (art. 6(1)(c)).",
    LawfulBasis.vital_interests: "Needed to protect somebody's life (art. 6(1)(d)).",
    LawfulBasis.public_task: "Needed for a public task that the law gives the council (art. 6(1)(e)).",
    LawfulBasis.recognised_legitimate_interest: (
        "Needed for an interest that Annex 1 recognises, such as safeguarding (art. 6(1)(ea))."
    ),
    LawfulBasis.legitimate_interests: (
        "Needed for a legitimate interest that the person's own do not outweigh (art. 6(1)(f)); "
        "not open to a council carrying out its tasks."
    ),
    LawfulBasis.not_personal_data: "The table is about buildings or areas and names no person.",
}

_CONDITION_TEXT = {
    SpecialCategoryCondition.explicit_consent: "The person has explicitly agreed (art. 9(2)(a)).",
    SpecialCategoryCondition.employment_and_social_protection: (
        "Employment, social security and social protection law (art. 9(2)(b); DPA 2018 Sch. 1 para. 1)."
    ),
    SpecialCategoryCondition.vital_interests: "To protect somebody's life (art. 9(2)(c)).",
    SpecialCategoryCondition.made_public: "The person made it public (art. 9(2)(e)).",
    SpecialCategoryCondition.legal_claims: "Legal claims and courts (art. 9(2)(f)).",
    SpecialCategoryCondition.substantial_public_interest: (
        "Substantial public interest: a statutory purpose (art. 9(2)(g); DPA 2018 Sch. 1 para. 6)."
    ),
    SpecialCategoryCondition.equality_of_opportunity: (
        "Keeping under review equality of opportunity or treatment (DPA 2018 Sch. 1 para. 8)."
    ),
    SpecialCategoryCondition.safeguarding: (
        "Safeguarding of children and of individuals at risk (DPA 2018 Sch. 1 para. 18)."
    ),
    SpecialCategoryCondition.health_or_social_care: (
        "Health or social care (art. 9(2)(h); DPA 2018 Sch. 1 para. 2)."
    ),
    SpecialCategoryCondition.public_health: (
        "Public health (art. 9(2)(i); DPA 2018 Sch. 1 para. 3)."
    ),
    SpecialCategoryCondition.research_and_statistics: (
        "Research and statistics (art. 9(2)(j); DPA 2018 Sch. 1 para. 4)."
    ),
}

"""Purposes, agreements and restrictions that a definition is bound by."""

from datetime import date
from typing import Any

import pytest

from hearth.errors import LawError


def test_a_purpose_that_a_source_does_not_allow_is_refused(made: Any) -> None:
    made.model("noisy_homes", {"purpose": "early_help"})
    with pytest.raises(LawError) as caught:
        made.load().check_law("noisy_homes", date(2026, 1, 1))
    assert str(caught.value).split("\n") == [
        f"features/sources/{name}.yaml: `law.purposes` does not allow early_help, the purpose of "
        "noisy_homes; remove the source from the model, or have the purpose agreed and add it"
        for name in ("complaints", "register")
    ]


def test_an_expired_agreement_is_refused_from_the_day_it_expires(made: Any) -> None:
    made.source("register", {"law.agreement": None})
    catalogue = made.load()
    catalogue.check_law("noisy_homes", date(2027, 3, 30))
    with pytest.raises(LawError) as caught:
        catalogue.check_law("noisy_homes", date(2027, 3, 31))
    assert str(caught.value) == (
        "features/sources/complaints.yaml: `law.agreement.expires` is 2027-03-31: "
        "DSA-2023-04 has expired; renew the agreement and record the new date"
    )


def test_the_law_of_the_spells_that_make_households_is_checked_too(made: Any) -> None:
    made.source("residents", {"law.purposes": ["early_help"]})
    made.model("young_families", {"features.1": made.removed})
    with pytest.raises(LawError, match=r"features/sources/residents\.yaml: `law\.purposes` does"):
        made.load().check_law("young_families", date(2026, 1, 1))


def test_the_law_of_a_protected_attribute_is_checked_too(made: Any) -> None:
    made.source("residents", {"law.purposes": ["early_help"]})
    attribute = {
        "name": "age",
        "characteristic": "age",
        "source": "residents",
        "column": "date_of_birth",
        "assign": "any_member",
    }
    made.model("noisy_homes", {"fairness": {"attributes": [attribute]}})
    with pytest.raises(LawError, match="residents"):
        made.load().check_law("noisy_homes", date(2026, 1, 1))


def test_a_source_held_for_assessment_only_makes_no_feature_label_or_cohort(made: Any) -> None:
    made.source("complaints", {"law.use": "assessment_only"})
    faults = [fault for fault in made.faults() if "held for assessment only" in fault]
    assert any("`label.source`" in fault for fault in faults)
    assert any("`features[0].source`" in fault for fault in faults)
    assert not any("`fairness" in fault for fault in faults)

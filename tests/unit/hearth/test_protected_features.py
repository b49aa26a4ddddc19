"""A protected attribute is a feature only where the definition says why."""

from typing import Any

import pytest

TENURE = {
    "name": "tenure",
    "characteristic": "other",
    "source": "register",
    "column": "tenure",
    "assign": "property",
}


def test_a_feature_by_which_people_are_assessed_needs_a_justification(made: Any) -> None:
    made.model("noisy_homes", {"fairness": {"attributes": [TENURE]}})

    assert made.faults() == [
        "models/noisy_homes/model.yaml: `features[1].justification` is missing, and the group uses "
        "tenure, by which people are protected or assessed (tenure); say why the model needs it, or "
        "leave it out"
    ]


@pytest.mark.parametrize("said", ["", "  "])
def test_age_as_a_feature_needs_a_justification(made: Any, said: str) -> None:
    made.source("residents")
    made.model("young_families", {"features.1.justification": said})

    (fault,) = made.faults()

    assert "`features[1].justification` is missing, and the group uses age_months" in fault


def test_a_justified_feature_may_be_protected(made: Any) -> None:
    why = {"features.1.justification": "Rented homes are let under other rules."}
    made.model("noisy_homes", {"fairness": {"attributes": [TENURE]}, **why})

    assert made.load().model("noisy_homes").features[1].justification.startswith("Rented")


def test_a_what_if_may_not_vary_what_people_are_assessed_by(made: Any) -> None:
    said = {
        "features.1.justification": "Rented homes are let under other rules.",
        "features.1.changeable": True,
    }
    made.model("noisy_homes", {"fairness": {"attributes": [TENURE]}, **said})

    (fault,) = made.faults()

    assert "`features[1].changeable` is true, and the group uses tenure" in fault

"""First drafts of model definitions over one source."""

from typing import Any

import pytest
import yaml

from features.drafting import draft_definition
from hearth.errors import DefinitionError
from hearth.yaml_file import TO_BE_ANSWERED

ANSWERS: dict[str, Any] = {
    "question": "Which homes will have a complaint upheld?",
    "intervention": "mixed",
    "capacity": {"share": "5%"},
    "owner": "Head of Housing",
    "contact": "housing@council.example",
    "sunset": "2027-12-31",
    "first": "2019-01-01",
    "last": "2022-01-01",
    "observed": "when_any_row",
    "maturity": "3m",
    "is": "music",
}


def _answered(part: Any) -> Any:
    """The draft with each question answered by its key."""
    if isinstance(part, dict):
        return {
            key: ANSWERS.get(key, "Not asked.") if value == TO_BE_ANSWERED else _answered(value)
            for key, value in part.items()
        }
    return [_answered(value) for value in part] if isinstance(part, list) else part


def _draft(made: Any, source: str = "complaints") -> dict[str, Any]:
    draft: dict[str, Any] = yaml.safe_load(draft_definition(made.load().source(source), "first"))
    return draft


def test_a_draft_whose_questions_are_answered_loads(made: Any) -> None:
    made.text("models/first/model.yaml", yaml.safe_dump(_answered(_draft(made))))
    catalogue = made.load()
    assert catalogue.model("first").purpose == "housing_standards"
    assert "complaints_count_12m" in {feature.name for feature in catalogue.features("first")}


def test_a_draft_is_refused_with_each_of_its_questions(made: Any) -> None:
    made.text(
        "models/first/model.yaml", draft_definition(made.load().source("complaints"), "first")
    )
    with pytest.raises(DefinitionError) as caught:
        made.load()
    places = {fault.place for fault in caught.value.faults}
    assert places >= {
        "question",
        "intervention",
        "capacity",
        "label.observed",
        "label.outcome.is",
        "fairness.not_held.race",
        "oversight.owner",
    }
    assert all(fault.found == "is still to be answered" for fault in caught.value.faults)


def test_nobodys_characteristic_is_passed_over_in_silence(made: Any) -> None:
    assert len(_draft(made)["fairness"]["not_held"]) == 9


def test_a_source_of_attributes_gives_attributes_and_asks_for_the_label(made: Any) -> None:
    draft = _draft(made, "register")
    assert draft["features"][0]["attributes"] == ["floors", "tenure"]
    assert draft["label"]["source"] == TO_BE_ANSWERED
    assert draft["baselines"][0]["rank_by"] == "register_floors"


def test_a_source_about_persons_follows_the_person(made: Any) -> None:
    made.source("residents")
    draft = _draft(made, "residents")
    assert (draft["unit"], draft["features"][0]["follow"]) == ("person", "person")


def test_a_title_with_quotes_and_braces_is_still_yaml(made: Any) -> None:
    made.source("complaints", {"title": 'Noise: "loud" {very}'})
    made.text("models/first/model.yaml", yaml.safe_dump(_answered(_draft(made))))
    assert made.load().model("first").features[0].reason.title == 'Noise: "loud" {very}'

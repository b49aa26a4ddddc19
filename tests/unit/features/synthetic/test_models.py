"""The two problems of the synthetic council hold together with its tables and examples."""

from pathlib import Path

import pytest
import yaml

from hearth.catalogue import load_catalogue
from hearth.definition import Unit

ROOT = Path(__file__).resolve().parents[4]
MODELS = ("school_readiness", "unlicensed_hmo")


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue(ROOT)


@pytest.fixture(params=MODELS)
def examples(request):
    return yaml.safe_load((ROOT / "models" / request.param / "examples.yaml").read_text())


def test_each_example_names_every_feature(catalogue, examples):
    names = {feature.name for feature in catalogue.features(examples["model"])}
    for example in examples["examples"]:
        assert set(example["values"]) == names, example["name"]


def test_each_example_uses_known_categories(catalogue, examples):
    for feature in catalogue.features(examples["model"]):
        for example in examples["examples"]:
            value = example["values"][feature.name]
            if feature.kind == "category":
                assert value is None or value in feature.categories, feature.name
            else:
                assert value is None or isinstance(value, int | float), feature.name


@pytest.mark.parametrize("model", MODELS)
def test_the_law_allows_each_model_until_its_sunset_year(catalogue, model):
    sunset = catalogue.model(model).oversight.sunset
    catalogue.check_law(model, sunset.replace(month=1, day=1))


@pytest.mark.parametrize("model", MODELS)
def test_protected_characteristics_are_assessed_and_never_features(catalogue, model):
    definition = catalogue.model(model)
    sources = {group.source for group in definition.features}
    assert "equality_monitoring" not in sources
    assert {a.name for a in definition.fairness.attributes} >= {"ethnic_group", "deprivation"}


@pytest.mark.parametrize("model", MODELS)
def test_every_equality_act_characteristic_is_measured_or_said_not_to_be_held(catalogue, model):
    fairness = catalogue.model(model).fairness
    covered = {a.characteristic for a in fairness.attributes} | set(fairness.not_held)
    assert covered >= {
        "age",
        "disability",
        "gender_reassignment",
        "marriage_and_civil_partnership",
        "pregnancy_and_maternity",
        "race",
        "religion_or_belief",
        "sex",
        "sexual_orientation",
    }


def test_one_model_scores_households_and_the_other_properties(catalogue):
    assert catalogue.model("school_readiness").unit is Unit.HOUSEHOLD
    assert catalogue.model("unlicensed_hmo").unit is Unit.PROPERTY


def test_enough_label_windows_of_each_model_have_closed_by_the_extract(catalogue):
    for model in MODELS:
        definition = catalogue.model(model)
        extracted = catalogue.source(definition.label.source).read.extracted_on
        labelled = [
            d for d in definition.as_of.dates() if definition.label.matures_on(d) <= extracted
        ]
        tested = [d for d in labelled if d >= definition.as_of.test_from]
        assert len(tested) >= 2
        assert definition.as_of.last not in labelled

"""Contracts and definitions together: what a workspace holds, and faults told together."""

from pathlib import Path
from typing import Any

import pytest

from hearth.catalogue import load_catalogue, load_contract
from hearth.errors import DefinitionError, NotFoundError


def test_a_workspace_in_order_loads(made: Any) -> None:
    catalogue = made.load()
    assert sorted(catalogue.sources) == ["complaints", "register"]
    assert list(catalogue.models) == ["noisy_homes"]


def test_this_repository_is_a_workspace_in_order(repository: Path) -> None:
    assert "rental_standards" in load_catalogue(repository).models


def test_the_example_on_students_is_a_workspace_in_order(repository: Path) -> None:
    catalogue = load_catalogue(repository / "docs" / "examples" / "oulad")
    assert list(catalogue.models) == ["failing_a_module"]


def test_a_folder_that_is_no_workspace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="is no workspace: it has no features/sources"):
        load_catalogue(tmp_path)


def test_an_unknown_name_is_answered_with_the_known_ones(made: Any) -> None:
    catalogue = made.load()
    with pytest.raises(NotFoundError, match="no model is called noise; there are: noisy_homes"):
        catalogue.model("noise")
    with pytest.raises(NotFoundError, match="there are: complaints, register"):
        catalogue.source("asb")


def test_faults_of_several_files_are_reported_together_with_file_and_key(made: Any) -> None:
    made.source("complaints", {"law.retention": "long"})
    made.source("register", {"kinds": "attribute"})
    made.model("noisy_homes", {"cohort.source": "asb"})
    made.text("models/empty/model.yaml", "")
    made.text("models/other/model.yaml", b"title: \xff")
    placed = [fault.split(" ")[:2] for fault in made.faults()]
    assert placed == [
        ["features/sources/complaints.yaml:", "`law.retention`"],
        ["features/sources/register.yaml:", "`kinds`"],
        ["models/empty/model.yaml:", "is"],
        ["models/noisy_homes/model.yaml:", "`cohort.source`"],
        ["models/other/model.yaml:", "`line"],
    ]


def test_a_source_whose_contract_is_at_fault_is_not_reported_as_missing(made: Any) -> None:
    made.source("complaints", {"title": made.removed})
    assert made.faults() == ["features/sources/complaints.yaml: `title` is missing; add it"]


@pytest.mark.parametrize("place", ["cohort.source", "label.source", "features.1.source"])
def test_a_source_without_a_contract_is_refused(made: Any, place: str) -> None:
    shown = place.replace(".1.", "[1].")
    made.model("noisy_homes", {place: "asb_reports"})
    assert made.faults()[0] == (
        f"models/noisy_homes/model.yaml: `{shown}` is asb_reports, which has no contract; "
        "add features/sources/asb_reports.yaml or use one of complaints, register"
    )


def test_an_unknown_key_does_not_hide_a_source_without_a_contract(made: Any) -> None:
    made.model("noisy_homes", {"label.source": "asb", "titel": "x"})
    assert [fault.split("`")[1] for fault in made.faults()] == ["label.source", "titel"]


def test_a_file_says_the_name_of_its_path(made: Any) -> None:
    made.source("register", {"source": "registry"})
    made.text("models/copy/model.yaml", (made.root / "models/noisy_homes/model.yaml").read_bytes())
    assert made.faults() == [
        "features/sources/register.yaml: `source` is registry, but its path says register; "
        "make them one",
        "models/copy/model.yaml: `model` is noisy_homes, but its path says copy; make them one",
    ]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"baselines.0.rank_by": "noise_count_13m"},
            "`baselines[0].rank_by` is noise_count_13m, which is no feature of the model; use one such as ",
        ),
        (
            {"baselines.0.rank_by": "home_tenure"},
            "`baselines[0].rank_by` is home_tenure, a category; rank by a number",
        ),
        (
            {"learner": {"monotone": {"noise": {"direction": "increasing", "reason": "Noise."}}}},
            "`learner.monotone.noise` is noise, which is no feature of the model; use one such as ",
        ),
        (
            {"features.1.reason.text": "{noise_count_12m} complaints"},
            "`features[1].reason.text` names {noise_count_12m}, which is no feature of home; "
            "use {comparison} or one of home_floors, home_tenure",
        ),
        (
            {"features.1.reason.text": "{comparison}: {home_floors} floors"},
            "`features[1].reason.text` has {comparison} before any feature; ",
        ),
        (
            {"features.1.reason.text": "{home_floors floors"},
            "`features[1].reason.text` has a brace that stands alone, or more than a name",
        ),
        (
            {"features.1.reason.text": "{home_floors:.2f} floors"},
            "`features[1].reason.text` has a brace that stands alone, or more than a name",
        ),
        (
            {"features.1.reason.missing": "{home_floors} is not known"},
            "`features[1].reason.missing` names a value, which is missing where this is read; ",
        ),
    ],
)
def test_a_name_that_is_no_feature_is_refused(
    made: Any, changes: dict[str, Any], fault: str
) -> None:
    assert made.only_fault(changes).startswith(fault)


def test_two_features_of_one_name_are_refused(made: Any) -> None:
    made.source("complaints", {"columns.category.values": ["loud music", "loud_music"]})
    names = [fault.split(" ")[5] for fault in made.faults()]
    assert "noise_count_loud_music_12m" in names


def test_a_contract_can_be_read_alone(made: Any) -> None:
    assert load_contract(made.source("complaints")).source == "complaints"
    with pytest.raises(DefinitionError, match=r"complaints\.yaml: `key`"):
        load_contract(made.source("complaints", {"key": "nothing"}))

"""Contracts and definitions together: what a definition may ask of its sources, and their law."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hearth.catalogue import load_catalogue, load_contract
from hearth.errors import DefinitionError, LawError, NotFoundError


def _only_fault(made: Any, changes: dict[str, Any], name: str = "noisy_homes") -> str:
    made.model(name, changes)
    faults = made.faults()
    assert len(faults) == 1, faults
    return faults[0].removeprefix(f"models/{name}/model.yaml: ")


def test_a_workspace_in_order_loads(made: Any) -> None:
    catalogue = made.load()
    assert sorted(catalogue.sources) == ["complaints", "register"]
    assert list(catalogue.models) == ["noisy_homes"]


def test_this_repository_is_a_workspace_in_order(repository: Path) -> None:
    assert "rental_standards" in load_catalogue(repository).models


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
            {"cohort.where.0.column": "use"},
            "`cohort.where[0].column` is use, which register does not have; "
            "use one of uprn, tenure, floors, built_on",
        ),
        (
            {"label.outcome": {"column": "found", "is": True}},
            "`label.outcome.column` is found, which complaints does not have; use one of ",
        ),
        (
            {"features.0.split_by": "kind"},
            "`features[0].split_by` is kind, which complaints does not have; use one of ",
        ),
        (
            {"features.0.aggregates.2": {"max": "volume"}},
            "`features[0].aggregates[2]` is volume, which complaints does not have; use one of ",
        ),
        (
            {"features.0.aggregates": ["count", {"ratio": ["decibels", "possible"]}]},
            "`features[0].aggregates[1]` is possible, which complaints does not have; use one of ",
        ),
        (
            {"features.1.attributes": ["tenure", "floors", "age_months"]},
            "`features[1].attributes[2]` is age_months, which register does not have; use one of",
        ),
    ],
)
def test_a_column_that_a_source_lacks_is_refused(
    made: Any, changes: dict[str, Any], fault: str
) -> None:
    assert _only_fault(made, changes).startswith(fault)


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        (
            {"column": "tenure", "is": "rentd"},
            "`is` is rentd, which tenure never holds; use one of",
        ),
        (
            {"column": "tenure", "is": True},
            "`is` is true, which tenure never holds; use one of own",
        ),
        ({"column": "tenure", "in": ["rented", "x"]}, "`in` is x, which tenure never holds; use"),
        (
            {"column": "tenure", "above": 3},
            "`above` tests tenure, a category, as a number; use is,",
        ),
        ({"column": "floors", "is": "3"}, "`is` is 3, but floors is an integer; write a number"),
        (
            {"column": "floors", "is": True},
            "`is` is true, but floors is an integer; write a number",
        ),
        ({"column": "built_on", "is": "2020-01-01"}, "`is` tests built_on, a date; test a text,"),
        ({"column": "uprn", "is": 1.5}, "`is` is 1.5, but uprn is a uprn; write a UPRN"),
    ],
)
def test_a_condition_that_its_column_can_never_meet_is_refused(
    made: Any, condition: dict[str, Any], fault: str
) -> None:
    found = _only_fault(made, {"cohort.where": [condition]})
    assert found.replace("cohort.where[0].", "").startswith(fault)


def test_a_label_of_true_or_false_is_tested_with_true_or_false(made: Any) -> None:
    fault = _only_fault(made, {"label.outcome": {"column": "upheld", "is": "yes"}})
    assert fault == "`label.outcome.is` is yes, but upheld is a boolean; write true or false"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"features.0.aggregates": ["count", {"sum": "category"}]},
            "`features[0].aggregates[1]` is the sum of category, a category; name a number",
        ),
        (
            {"features.0.aggregates": ["count", {"share": "decibels"}]},
            "`features[0].aggregates[1]` is the share of decibels, a number; name a boolean",
        ),
        (
            {"features.0.aggregates": ["count", {"ratio": ["decibels", "note"]}]},
            "`features[0].aggregates[1]` is the ratio of note, a string; name a number",
        ),
        (
            {"features.0.aggregates": ["count", {"last": "note"}]},
            "`features[0].aggregates[1]` is the last of note, a string; "
            "name a number, boolean or category",
        ),
        (
            {"features.0.split_by": "note"},
            "`features[0].split_by` is note, a string; split by a category",
        ),
        (
            {"features.1.fill_missing": {"value": 0}},
            "`features[1].fill_missing.value` is a number, but home_tenure is a category; "
            "use one of owned, rented, or split the group",
        ),
        (
            {"features.1.fill_missing": "cohort_median"},
            "`features[1].fill_missing` takes the median of home_tenure, a category; "
            "use most_common",
        ),
        (
            {
                "features.1.fill_missing": {"value": "let"},
                "features.1.attributes": ["tenure"],
                "features.1.reason.text": "{home_tenure}",
            },
            "`features[1].fill_missing.value` is no value of home_tenure; "
            "use owned, rented, or split the group",
        ),
        (
            {"features.0.fill_missing": {"value": 0}, "features.0.aggregates": ["count"]},
            "`features[0].fill_missing` has nothing to fill: counts and sums are 0 where no row "
            "is there; remove it",
        ),
        (
            {"features.1.attributes": ["floors", "built_on"]},
            "`features[1].attributes[1]` is built_on, a date; name a number, boolean or category",
        ),
        (
            {"label.source": "register", "label.outcome": {"column": "tenure", "is": "rented"}},
            "`label.source` is register, of kind attribute, which says nothing of when; "
            "use a source of kind event or spell",
        ),
    ],
)
def test_a_column_or_source_of_the_wrong_kind_is_refused(
    made: Any, changes: dict[str, Any], fault: str
) -> None:
    assert _only_fault(made, changes) == fault


def test_an_attribute_source_has_no_rows_to_count(made: Any) -> None:
    group = {
        "group": "home",
        "source": "register",
        "follow": "address",
        "windows": ["all"],
        "aggregates": ["count"],
        "reason": {"title": "The home", "text": "{home_count_all}"},
    }
    assert _only_fault(made, {"features.1": group}) == (
        "`features[1].aggregates` look at rows over time, but register is of kind attribute; "
        "use attributes"
    )


def test_members_are_followed_only_where_a_source_says_who_lives_where(made: Any) -> None:
    made.model("noisy_homes", {"features.0.follow": "members"})
    assert [fault.split("; ")[0] for fault in made.faults()] == [
        "models/noisy_homes/model.yaml: `features[0].follow` is members, "
        "but complaints is about a property",
        "models/noisy_homes/model.yaml: `unit` needs to know who lived where, which no source says",
    ]


def test_a_household_needs_spells_with_dates_of_birth(made: Any) -> None:
    made.source("residents", {"columns.date_of_birth.type": "string"})
    made.model("young_families")
    places = [fault.split("`")[1] for fault in made.faults()]
    assert places == ["cohort.has_member", "features[1].attributes[0]"]


def test_a_person_is_followed_where_the_source_is_about_persons(made: Any) -> None:
    made.source("residents")
    fault = _only_fault(made, {"features.1.follow": "address"}, "young_families")
    assert fault == (
        "`features[1].follow` is address, but residents is about a person; "
        "follow a person or a role in the household"
    )


def test_an_age_is_used_as_an_attribute_only(made: Any) -> None:
    made.source("residents")
    group = {
        "group": "age",
        "source": "residents",
        "follow": "child",
        "windows": ["all"],
        "aggregates": [{"max": "age_months"}],
        "reason": {"title": "Age", "text": "{age_max_age_months_all}"},
    }
    assert _only_fault(made, {"features.1": group}, "young_families") == (
        "`features[1].aggregates[0]` is age_months, which Hearth computes; "
        "use it among attributes only"
    )


def test_a_snapshot_used_before_it_was_known_is_refused(made: Any) -> None:
    made.source("register", {"known_on": "2020-06-06"})
    found = "a snapshot known on 2020-06-06, but the first as-of date is 2019-01-01"
    assert made.faults() == [
        f"models/noisy_homes/model.yaml: `cohort.source` is register, {found}; "
        "start as_of on 2020-06-07 or later",
        f"models/noisy_homes/model.yaml: `features[1].source` is register, {found}; "
        "start as_of on 2020-06-07 or later, or declare assume_known_from with date and because",
    ]


def _snapshot_workspace(made: Any, **changes: Any) -> None:
    """Cohort by complaints, so that only the feature group uses the snapshot too early."""
    made.source("register", {"known_on": "2020-06-06"})
    cohort = {"cohort": {"source": "complaints"}}
    group = {f"features.1.{key}": value for key, value in changes.items()}
    made.model("noisy_homes", {**cohort, **group})


LEAK = {"date": "2019-01-01", "because": "Tenure seldom changes within three years."}


def test_a_declared_leak_lets_a_snapshot_be_used_early(made: Any) -> None:
    _snapshot_workspace(made, assume_known_from=LEAK)
    assert made.load().model("noisy_homes").features[1].assume_known_from is not None


def test_a_leak_declared_from_too_late_is_refused(made: Any) -> None:
    _snapshot_workspace(made, assume_known_from={**LEAK, "date": "2020-01-01"})
    assert made.faults() == [
        "models/noisy_homes/model.yaml: `features[1].assume_known_from.date` is 2020-01-01, "
        "after the first as-of date 2019-01-01; declare 2019-01-01, or start as_of later"
    ]


def test_a_leak_declared_without_its_reason_is_refused(made: Any) -> None:
    _snapshot_workspace(made, assume_known_from={**LEAK, "because": "ok"})
    assert made.faults()[0].endswith("is too short; write at least 20 characters")


@pytest.mark.parametrize(
    ("group", "reason"),
    [
        (0, "complaints says when it was known"),
        (1, "register was known by the first as-of date"),
    ],
)
def test_a_leak_that_is_none_is_not_declared(made: Any, group: int, reason: str) -> None:
    fault = _only_fault(made, {f"features.{group}.assume_known_from": LEAK})
    place = f"features[{group}].assume_known_from"
    assert fault == f"`{place}` is not needed: {reason}; remove it"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"baselines.0.rank_by": "noise_count_13m"},
            "`baselines[0].rank_by` is noise_count_13m, which is no feature; use one such as ",
        ),
        (
            {"baselines.0.rank_by": "home_tenure"},
            "`baselines[0].rank_by` is home_tenure, a category; rank by a number",
        ),
        (
            {"learner": {"monotone": {"noise": "increasing"}}},
            "`learner.monotone.noise` is noise, which is no feature; use one such as ",
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
    assert _only_fault(made, changes).startswith(fault)


def test_two_features_of_one_name_are_refused(made: Any) -> None:
    made.source("complaints", {"columns.category.values": ["loud music", "loud_music"]})
    names = [fault.split(" ")[5] for fault in made.faults()]
    assert "noise_count_loud_music_12m" in names


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


def test_a_contract_can_be_read_alone(made: Any) -> None:
    assert load_contract(made.source("complaints")).source == "complaints"
    with pytest.raises(DefinitionError, match=r"complaints\.yaml: `key`"):
        load_contract(made.source("complaints", {"key": "nothing"}))


PERSONS = {"unit": "person", "features.0.follow": "address", "features.1.follow": "address"}


def test_a_cohort_and_a_label_are_about_what_is_scored(made: Any) -> None:
    made.source("residents")
    made.model("noisy_homes", PERSONS)
    assert [fault.split(": ", 1)[1] for fault in made.faults()] == [
        f"`{place}` is {source}, which is about a property, but the unit is person; "
        "use a source about a person, or mend unit"
        for place, source in (("cohort.source", "register"), ("label.source", "complaints"))
    ]


def test_a_persons_address_is_known_only_by_spells(made: Any) -> None:
    made.model("noisy_homes", PERSONS)
    assert any("needs to know who lived where" in fault for fault in made.faults())

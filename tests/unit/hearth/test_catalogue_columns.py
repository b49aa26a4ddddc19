"""What a definition may ask of the columns and kinds of its sources."""

from typing import Any

import pytest

PERSONS = {"unit": "person", "features.0.follow": "address", "features.1.follow": "address"}


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
    assert made.only_fault(changes).startswith(fault)


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
    found = made.only_fault({"cohort.where": [condition]})
    assert found.replace("cohort.where[0].", "").startswith(fault)


def test_a_label_of_true_or_false_is_tested_with_true_or_false(made: Any) -> None:
    fault = made.only_fault({"label.outcome": {"column": "upheld", "is": "yes"}})
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
    assert made.only_fault(changes) == fault


def test_an_attribute_source_has_no_rows_to_count(made: Any) -> None:
    group = {
        "group": "home",
        "source": "register",
        "follow": "address",
        "windows": ["all"],
        "aggregates": ["count"],
        "reason": {"title": "The home", "text": "{home_count_all}"},
    }
    assert made.only_fault({"features.1": group}) == (
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
    fault = made.only_fault({"features.1.follow": "address"}, "young_families")
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
    assert made.only_fault({"features.1": group}, "young_families") == (
        "`features[1].aggregates[0]` is age_months, which Hearth computes; "
        "use it among attributes only"
    )


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


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"label.assessor": ["officer"]},
            "`label.assessor[0]` is officer, which complaints does not have; use one of ",
        ),
        (
            {"label.assessor": ["upheld"]},
            "`label.assessor` holds upheld, the outcome itself; remove it",
        ),
        (
            {"label.random_arm": {"column": "drawn", "is": True}},
            "`label.random_arm.column` is drawn, which complaints does not have; use one of ",
        ),
        (
            {"label.observed": "always", "label.inspection": "recorded"},
            "`label.inspection` says how those looked at were chosen, but observed is always; ",
        ),
        (
            {
                "label.inspection": "random",
                "label.random_arm": {"column": "upheld", "is": True},
            },
            "`label.random_arm` names some of the rows, but inspection is random: all; remove one",
        ),
        (
            {"label.visited": {"source": "register"}},
            "`label.visited.source` is register, of kind attribute, which says nothing of when; ",
        ),
        (
            {"features.0.assessor": True},
            "`baselines[0].rank_by` is noise_count_12m, which is no feature of the model; ",
        ),
    ],
)
def test_what_is_about_assessors_or_visits_is_checked_and_never_a_feature(
    made: Any, changes: dict[str, Any], fault: str
) -> None:
    assert fault in made.only_fault(changes)


def test_a_model_needs_a_group_that_is_not_about_assessors(made: Any) -> None:
    changes = {"features.0.assessor": True, "features.1.assessor": True}
    assert "are all of assessors, and no model uses those" in made.only_fault(changes)

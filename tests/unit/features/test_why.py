from datetime import date

import pytest

from features import commands
from features.lawful_reading import Reading
from features.why import trace_row
from hearth.errors import LawError, NotFoundError

AS_OF = date(2021, 9, 1)
TODAY = date(2026, 11, 2)


@pytest.fixture
def traced(small_council):
    """The groups of one row of the small council, by name."""

    def of(model="readiness", entity="100", as_of=AS_OF, build=True, names=True, **options):
        small_council.ingest()
        catalogue, settings = small_council.catalogue, small_council.settings
        purpose = catalogue.model(model).purpose
        reading = Reading(purpose, TODAY, restricted=options.pop("restricted", True), names=names)
        if build:
            commands.build(catalogue, settings, model, run_on=TODAY)
        return trace_row(catalogue, settings, model, entity, as_of, reading=reading, **options)

    return of


def _group(trace, name):
    return next(group for group in trace.groups if group.group == name)


def _feature(trace, name):
    return next(f for group in trace.groups for f in group.features if f.name == name)


def _why_not(trace, name):
    """Reasons by row key."""
    feature = _feature(trace, name)
    group = next(g for g in trace.groups if feature in g.features)
    keys = {row.number: row.row_key for row in group.rows}
    return {keys[number]: why for number, why in feature.not_counted.items()}


def test_each_row_that_does_not_count_says_why(traced, small_council):
    small_council.add(
        "complaints",
        "old,100,2020-08-31,2020-09-01,noise,50",
        "none,100,2021-07-01,2021-07-02,noise,",
        "late,100,2021-09-01,2021-09-01,noise,55",
    )
    assert _why_not(traced(), "noise_max_decibels_noise_12m") == {
        "old": "before the window",
        "c3": "topic is not noise",
        "none": "has no decibels",
        "c2": "learned on or after the as-of date",
        "late": "happened on or after the as-of date",
    }


def test_a_row_left_out_by_a_filter_names_the_condition(traced):
    found = traced("letting")
    assert _why_not(found, "noise_count_all")["c3"] == "left out by where: topic is noise"


def test_of_several_rows_the_latest_decides_what_was_last(traced, small_council):
    small_council.add("complaints", "c8,100,2021-07-01,2021-07-02,noise,40")
    found = traced("letting")
    assert _feature(found, "noise_last_decibels").value == 70
    assert _why_not(found, "noise_last_decibels")["c8"] == "not the latest row"


def test_an_attribute_names_the_version_taken(traced):
    found = traced("letting", "200", date(2022, 9, 1))
    rooms = _feature(found, "home_rooms")
    (row,) = [r for r in _group(found, "home").rows if r.number in rooms.counted]
    assert (rooms.value, row.says["rooms"], str(row.known)) == (5, 5, "2021-11-01")
    assert list(rooms.not_counted.values()) == ["not the latest row"]


def test_the_roles_followed_name_the_people(traced):
    found = traced()
    assert _group(found, "age").keys == ("p3",)
    assert _group(found, "absence").keys == ("p4",)
    assert _group(found, "adults").keys == ("p1", "p2")
    assert _group(found, "area").keys == ("E01",)
    assert _group(found, "noise").keys == ("100",)


def test_twins_are_two_children(traced, small_council):
    small_council.add("residents", "p8,Bo,Ash,2018-03-10,ZZ1 1AA,100,2018-03-10,,2018-04-01,")
    assert _group(traced(), "age").keys == ("p3", "p8")


def test_values_come_from_the_matrix_only_while_it_is_of_the_data_that_lie_there(
    traced, small_council
):
    assert traced().values_from == "matrix"
    small_council.add("complaints", "c9,100,2021-08-01,2021-08-02,noise,90")
    after = traced(build=False)
    assert after.values_from == "computed now"
    assert _feature(after, "noise_max_decibels_12m").value == 90


def test_a_date_between_is_computed(traced):
    found = traced(as_of=date(2021, 9, 3))
    assert found.values_from == "computed now"
    assert _feature(found, "noise_count_12m").value == 3


def test_names_are_told_apart_and_not_shown_to_those_who_may_not_see_them(traced):
    found = traced("letting", names=False)
    said = [row.says["surname"] for row in _group(found, "people").rows]
    assert said == ["surname 1"] * 4
    assert "Ash" not in repr(found)


def test_a_restricted_group_is_withheld_whole(traced, small_council):
    path = small_council.root / "features" / "sources" / "absence.yaml"
    text = path.read_text()
    path.write_text(text.replace("retention: 20y", "retention: 20y\n  sensitivity: restricted"))
    absence = _group(traced(restricted=False), "absence")
    assert "absence is restricted" in absence.withheld
    assert (absence.features, absence.rows, absence.keys) == ((), (), ())


def test_one_feature_may_be_asked_for(traced):
    found = traced(feature="noise_count_12m")
    assert [f.name for group in found.groups for f in group.features] == ["noise_count_12m"]


def test_a_feature_that_does_not_exist_is_not_found(traced):
    with pytest.raises(NotFoundError, match=r"readiness has no feature noise; .* age, absence"):
        traced(feature="noise")


def test_an_entity_outside_the_cohort_is_not_found_and_not_named(traced):
    with pytest.raises(NotFoundError, match="in the cohort as known on") as refusal:
        traced(entity="777")
    assert "777" not in str(refusal.value)


def test_an_expired_agreement_stops_it(traced, small_council):
    path = small_council.root / "features" / "sources" / "absence.yaml"
    path.write_text(path.read_text().replace("expires: 2027-01-01", "expires: 2026-01-01"))
    with pytest.raises(LawError, match="has expired"):
        traced(build=False)


AROUND = """  - group: nearby
    source: complaints
    follow: address
    around: {area: lsoa}
    windows: [12m, all]
    split_by: topic
    reason: {title: Nearby, text: Nearby}
"""


@pytest.fixture
def with_neighbours(small_council):
    """A street of three homes in one area, whose complaints the letting model looks at."""
    text = (small_council.root / "models" / "letting" / "model.yaml").read_text()
    small_council.model("letting", text.replace("baselines:", f"{AROUND}baselines:"))
    small_council.add("homes", "400,E01,home,2,2015-01-01", "500,E01,home,2,2021-09-01")
    small_council.add(
        "complaints",
        "n1,400,2021-08-01,2021-08-02,noise,60",
        "n2,400,2021-08-01,2021-09-02,noise,60",
        "n3,500,2021-08-01,2021-08-02,noise,60",
    )


@pytest.mark.usefixtures("with_neighbours")
@pytest.mark.parametrize("as_of", [AS_OF, date(2021, 9, 2)])
def test_rows_around_a_home_are_those_that_make_its_rate(traced, as_of):
    found = traced("letting", as_of=as_of)
    nearby = _group(found, "nearby")
    (rate,) = [f for f in nearby.features if f.name == "nearby_around_rate_all"]
    assert rate.value == 1_000 * len(rate.counted) / nearby.other_homes
    assert found.values_from == ("matrix" if as_of == AS_OF else "computed now")


@pytest.mark.usefixtures("with_neighbours")
def test_rows_around_a_home_do_not_say_at_which_other_home(traced):
    nearby = _group(traced("letting"), "nearby")
    assert nearby.other_homes == 1
    assert {row.about for row in nearby.rows} == {"another home"}
    assert "400" not in repr(nearby)

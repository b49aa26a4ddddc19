from datetime import date

import pyarrow as pa
import pytest

from features.lawful_reading import Reading
from features.single_view import HOME, _one_of, household_view
from hearth.errors import LawError, NotFoundError

AS_OF = date(2021, 9, 1)
TODAY = date(2026, 11, 2)
READING = Reading("early_help", TODAY, restricted=True, names=True)


@pytest.fixture
def view(small_council):
    """The view of a home of the small council, ingested as it stands."""

    def of(uprn="100", as_of=AS_OF, reading=READING, **options):
        small_council.ingest()
        sources, state_dir = small_council.catalogue.sources, small_council.settings.state_dir
        return household_view(sources, state_dir, uprn, as_of, reading, **options)

    return of


def _law(council, source, before, after):
    path = council.root / "features" / "sources" / f"{source}.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_the_people_are_those_known_to_live_there_then(view):
    people = [(r.person_id, r.name, r.age, r.role) for r in view().residents]
    assert people == [
        ("p1", "Ann Ash", 31, "adult"),
        ("p2", "Abe Ash", 33, "adult"),
        ("p3", "Bea Ash", 3, "child"),
        ("p4", "Cal Ash", 9, "child"),
    ]


def test_a_person_of_unknown_age_has_no_role(view, small_council):
    small_council.add("residents", "p7,Fay,Fox,,ZZ1 1AA,100,2020-01-01,,2020-01-02,")
    assert (view().residents[-1].age, view().residents[-1].role) == (None, "age unknown")


def test_records_are_those_known_then_latest_first(view):
    said = [(str(r.happened), r.source, r.about) for r in view().records]
    assert said == [
        ("2021-08-20", "complaints", HOME),
        ("2021-08-10", "absence", "p4"),
        ("2021-05-04", "absence", "p4"),
        ("2020-12-01", "complaints", HOME),
        ("2020-01-01", "monitoring", "p1"),
        ("2020-01-01", "monitoring", "p4"),
        ("2015-01-01", "homes", HOME),
    ]


def test_a_record_says_what_the_contract_names_and_nobody_s_name(view):
    absence = next(r for r in view().records if r.source == "absence")
    assert absence.says == {"hours": 1.5}


def test_a_linked_source_says_how_surely_it_knows_a_person(view):
    cal = next(r for r in view().residents if r.person_id == "p4")
    assert cal.known_in["residents"] is None
    assert 0 < cal.known_in["absence"] <= 1


def test_what_is_learned_on_or_after_the_date_changes_nothing(view, small_council):
    before = view()
    small_council.add("residents", "p9,New,Name,2019-02-02,ZZ3,100,2020-01-01,,2021-09-01,")
    small_council.add("complaints", "c9,100,2021-01-01,2021-09-01,noise,99")
    small_council.add("homes", "100,E02,shop,9,2021-09-01")
    after = view()  # how sure a link is may change: linkage is no fact and not placed in time
    assert [r.person_id for r in after.residents] == [r.person_id for r in before.residents]
    assert (after.records, after.kind, after.why) == (before.records, before.kind, before.why)


def test_names_are_left_out_where_they_may_not_be_seen(view):
    reading = Reading("early_help", TODAY)
    assert {r.name for r in view(reading=reading).residents} == {None}


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("[early_help, housing_standards]", "[housing_standards]", "is not held for early_help"),
        ("expires: 2027-01-01", "expires: 2026-11-03", "agreement expired on 2026-11-03"),
        ("retention: 20y", "retention: 20y\n  use: assessment_only", "for assessment only"),
        ("retention: 20y", "retention: 20y\n  sensitivity: restricted", "is restricted"),
    ],
)
def test_a_source_whose_law_forbids_it_is_not_read(view, small_council, before, after, why):
    _law(small_council, "monitoring", before, after)
    seen = view(reading=Reading("early_help", date(2026, 11, 3)))
    assert why in seen.sources_not_read["monitoring"]
    assert "monitoring" not in {*seen.sources_read, *(r.source for r in seen.records)}
    assert all("monitoring" not in r.known_in for r in seen.residents)


def test_a_restricted_source_is_read_by_those_who_may(view, small_council):
    _law(small_council, "monitoring", "retention: 20y", "retention: 20y\n  sensitivity: restricted")
    assert "monitoring" in view().sources_read


def test_who_lives_where_is_not_shown_for_a_purpose_it_is_not_held_for(view, small_council):
    _law(small_council, "residents", "[early_help, housing_standards]", "[housing_standards]")
    with pytest.raises(LawError, match="residents is not held for early_help"):
        view()


def test_one_person_is_shown_without_the_others_and_the_home(view):
    seen = view(person="p4")
    assert [r.person_id for r in seen.residents] == ["p4"]
    assert {r.about for r in seen.records} == {"p4"}


def test_several_people_whose_numbers_begin_alike_are_not_told_apart(view):
    with pytest.raises(NotFoundError, match="4 people there begin so; give more of it"):
        view(person="p")


def test_the_whole_number_of_a_person_goes_before_longer_ones():
    people = pa.table({"person_id": ["p1", "p12", "q34567"]})
    assert [_one_of(people, begun) for begun in ("p1", "q3", "")] == ["p1", "q34567", ""]


def test_a_person_who_lives_elsewhere_is_not_found_there(view):
    with pytest.raises(NotFoundError, match="nobody of that number"):
        view(person="p5")


def test_a_home_nobody_knows_is_not_found_and_not_named(view):
    with pytest.raises(NotFoundError, match="no source held for early_help") as refusal:
        view("777")
    assert "777" not in str(refusal.value)


def test_a_home_is_unknown_before_anybody_knew_of_it(view):
    with pytest.raises(NotFoundError):
        view(as_of=date(2015, 1, 1))


def test_a_known_home_where_nobody_is_recorded_is_empty(view):
    seen = view("300")
    assert (seen.kind, seen.why) == ("empty", "nobody is recorded as living here")
    assert seen.residents == ()

"""A household follows the people in a role at the as-of date, wherever they lived."""

ABSENCES = """
key | event_date | days
ann | 2022-01-10 | 2
ben | 2022-02-10 | 5
cat | 2022-02-20 | 1
"""


def test_rows_of_all_members_are_merged(feature):
    rows = "entity | as_of | follows\nhome | 2022-04-01 | ann ben"
    assert feature("sum", column="days", events=ABSENCES, rows=rows) == [7]
    assert feature("max", column="days", events=ABSENCES, rows=rows) == [5]
    assert feature("days_since_last", events=ABSENCES, rows=rows) == [50]
    assert feature("distinct", column="days", window="2m", events=ABSENCES, rows=rows) == [1]


def test_a_mover_takes_their_rows_along(feature):
    rows = """
    entity | as_of      | follows
    old    | 2022-03-01 | ann ben
    new    | 2022-03-01 | cat
    old    | 2022-04-01 | ann
    new    | 2022-04-01 | ben cat
    """
    assert feature("count", events=ABSENCES, rows=rows) == [2, 1, 1, 2]


def test_the_last_of_a_household_is_the_last_of_any_member(feature):
    rows = "entity | as_of | follows\nhome | 2022-04-01 | cat ann"
    assert feature("last", column="days", events=ABSENCES, rows=rows) == [1]


def test_a_household_with_nobody_in_the_role_has_no_rows(feature):
    rows = "entity | as_of | follows\nhome | 2022-04-01 | -"
    assert feature("count", events=ABSENCES, rows=rows) == [0]
    assert feature("mean", column="days", events=ABSENCES, rows=rows) == [None]


def test_one_person_may_be_followed_from_two_homes(feature):
    rows = "entity | as_of | follows\na | 2022-04-01 | ann\nb | 2022-04-01 | ann"
    assert feature("count", events=ABSENCES, rows=rows) == [1, 1]


def test_one_value_held_by_two_members_is_one_distinct_value(feature):
    events = "key | event_date | school\nann | 2022-01-10 | north\nben | 2022-02-10 | north"
    rows = "entity | as_of | follows\nhome | 2022-04-01 | ann ben"
    assert feature("distinct", column="school", events=events, rows=rows) == [1]

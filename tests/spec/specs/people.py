"""Features that follow several people, wherever they lived."""

from specs.spec import Spec, Topic

ABSENCES = """
key | happened   | days
ann | 2022-01-10 | 2
ben | 2022-02-10 | 5
cat | 2022-02-20 | 1
"""
TOPIC = Topic(
    "Following people",
    """
A household's feature follows the people in a role at the as-of date, as was known then: their rows
count together, wherever they lived when those happened.
""",
    (
        Spec(
            "Rows of all members are taken together",
            ABSENCES,
            "aggregates: [{sum: days}, {max: days}, {mean: days}, {last: days}, days_since_last]\nwindows: [all]",
            """
            entity | as_of      | follows | sum_days_all | max_days_all | mean_days_all | last_days | days_since_last
            home   | 2022-04-01 | ann cat | 3            | 2            | 1.5           | 1         | 40
            """,
        ),
        Spec(
            "A mover takes their rows along, once the move is known",
            ABSENCES,
            "aggregates: [count]\nwindows: [all]",
            """
            entity | as_of      | count_all
            old    | 2022-03-01 | 2
            new    | 2022-03-01 | 1
            old    | 2022-03-15 | 2
            new    | 2022-03-15 | 1
            old    | 2022-04-01 | 1
            new    | 2022-04-01 | 2
            """,
            residents="""
            person | home | from       | to         | known      | end_known
            ann    | old  | 2020-01-01 | -          | 2020-01-01 | -
            ben    | old  | 2020-01-01 | 2022-03-10 | 2020-01-01 | 2022-03-20
            ben    | new  | 2022-03-10 | -          | 2022-03-20 | -
            cat    | new  | 2020-01-01 | -          | 2020-01-01 | -
            """,
            note="Ben moved on 10 March, and the council learned of it on the 20th.",
        ),
        Spec(
            "One value held by two members is one distinct value",
            """
            key | happened   | school
            ann | 2022-01-10 | north
            ben | 2022-02-10 | north
            """,
            "aggregates: [{distinct: school}]\nwindows: [all]",
            """
            entity | as_of      | follows | distinct_school_all
            home   | 2022-04-01 | ann ben | 1
            """,
        ),
        Spec(
            "A household with nobody in the role has no rows",
            ABSENCES,
            "aggregates: [count, {mean: days}]\nwindows: [all]",
            """
            entity | as_of      | follows | count_all | mean_days_all
            home   | 2022-04-01 | -       | 0         | -
            """,
        ),
        Spec(
            "One person may be followed from two homes",
            ABSENCES,
            "aggregates: [count]\nwindows: [all]",
            """
            entity | as_of      | follows | count_all
            one    | 2022-04-01 | ann     | 1
            other  | 2022-04-01 | ann     | 1
            """,
        ),
    ),
)

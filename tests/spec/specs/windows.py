"""Where a window begins and ends."""

from specs.spec import Spec, Topic

TOPIC = Topic(
    "Windows",
    """
A window of 3m at an as-of date is the three calendar months before it: its first day is in it, the
as-of date itself is not. `all` is all years held.
""",
    (
        Spec(
            "A window holds its first day and not the as-of date",
            """
            key | happened
            a   | 2021-12-31
            b   | 2022-01-01
            c   | 2022-03-31
            d   | 2022-04-01
            e   | 2022-04-02
            """,
            "aggregates: [count]\nwindows: [3m, all]",
            """
            entity | as_of      | count_3m | count_all
            a      | 2022-04-01 | 0        | 1
            b      | 2022-04-01 | 1        | 1
            c      | 2022-04-01 | 1        | 1
            d      | 2022-04-01 | 0        | 0
            e      | 2022-04-01 | 0        | 0
            """,
        ),
        Spec(
            "A month before the 31st of March begins on the last day of February",
            """
            key | happened
            a   | 2022-02-27
            b   | 2022-02-28
            c   | 2022-03-30
            d   | 2022-03-31
            """,
            "aggregates: [count]\nwindows: [1m]",
            """
            entity | as_of      | count_1m
            a      | 2022-03-31 | 0
            b      | 2022-03-31 | 1
            c      | 2022-03-31 | 1
            d      | 2022-03-31 | 0
            """,
        ),
        Spec(
            "The 29th of February is a day, and a year before it is the 28th",
            """
            key | happened
            a   | 2023-02-27
            a   | 2023-02-28
            a   | 2024-02-28
            a   | 2024-02-29
            """,
            "aggregates: [count]\nwindows: [1m, 12m]",
            """
            entity | as_of      | count_1m | count_12m
            a      | 2024-02-29 | 1        | 2
            a      | 2024-03-29 | 1        | 2
            a      | 2025-02-28 | 0        | 2
            a      | 2025-03-01 | 0        | 0
            """,
        ),
        Spec(
            "A window in days is counted back from the as-of date",
            """
            key | happened
            a   | 2022-03-17
            a   | 2022-03-16
            """,
            "aggregates: [count]\nwindows: [14d, 15d]",
            """
            entity | as_of      | count_14d | count_15d
            a      | 2022-03-31 | 1         | 2
            """,
        ),
        Spec(
            "Windows nest: what the last three months hold, the last twelve hold too",
            """
            key | happened   | pounds
            a   | 2021-06-01 | 8
            a   | 2022-02-01 | 2
            """,
            "aggregates: [count, {max: pounds}, {min: pounds}]\nwindows: [3m, 12m]",
            """
            entity | as_of      | count_3m | count_12m | max_pounds_3m | max_pounds_12m | min_pounds_12m
            a      | 2022-04-01 | 1        | 2         | 2             | 8              | 2
            """,
        ),
        Spec(
            "Each as-of date sees its own past",
            """
            key | happened   | pounds
            a   | 2021-06-01 | 1.5
            a   | 2022-03-01 | 2.25
            """,
            "aggregates: [{sum: pounds}]\nwindows: [12m]",
            """
            entity | as_of      | sum_pounds_12m
            a      | 2022-04-01 | 3.75
            a      | 2022-01-01 | 1.5
            a      | 2021-01-01 | 0
            """,
        ),
    ),
)

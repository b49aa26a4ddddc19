"""When a row is known: late rows, plans, recording lags."""

from specs.spec import Spec, Topic

TOPIC = Topic(
    "When a row counts",
    """
A row counts at an as-of date if it happened before it **and** was known before it. Rows learned later
never change a feature.
""",
    (
        Spec(
            "A late row is invisible before it is known, and on that day",
            """
            key | happened   | known
            a   | 2022-03-01 | 2022-03-30
            b   | 2022-03-01 | 2022-03-31
            c   | 2022-03-01 | 2022-04-20
            d   | 2022-03-01 | -
            """,
            "aggregates: [count]\nwindows: [3m]",
            """
            entity | as_of      | count_3m
            a      | 2022-03-31 | 1
            b      | 2022-03-31 | 0
            c      | 2022-03-31 | 0
            d      | 2022-03-31 | 0
            """,
        ),
        Spec(
            "A late row counts in the window in which it happened, not in that in which it was learned",
            """
            key | happened   | known
            a   | 2021-11-01 | 2022-03-20
            """,
            "aggregates: [count, days_since_last]\nwindows: [3m, 12m]",
            """
            entity | as_of      | count_3m | count_12m | days_since_last
            a      | 2022-04-01 | 0        | 1         | 151
            """,
        ),
        Spec(
            "A row known before it happens waits until it has happened",
            """
            key | happened   | known
            a   | 2022-04-02 | 2022-01-01
            """,
            "aggregates: [count]\nwindows: [all]",
            """
            entity | as_of      | count_all
            a      | 2022-04-02 | 0
            a      | 2022-04-03 | 1
            """,
        ),
        Spec(
            "Where a contract states a recording lag, a row is known so long after it happened",
            """
            key | happened
            a   | 2022-03-15
            """,
            "aggregates: [count]\nwindows: [all]",
            """
            entity | as_of      | count_all
            a      | 2022-03-29 | 0
            a      | 2022-03-30 | 1
            """,
            contract="recording_lag: {period: 14d, because: schools send it two weeks later}",
        ),
    ),
)

"""Corrections and withdrawals: which version of a record counts."""

from specs.spec import Spec, Topic

VERSIONS = """
record | key | happened   | known      | pounds
r1     | a   | 2022-01-10 | 2022-01-12 | 100
r1     | a   | 2022-01-10 | 2022-03-05 | 60
r2     | a   | 2022-02-10 | 2022-02-12 | 7
"""
TOPIC = Topic(
    "Corrections",
    """
A contract may say that a row corrects an earlier one (`supersedes`) or takes it back (`withdrawn`).
At an as-of date the version counts that was the latest known before it: nobody saw the correction
sooner.
""",
    (
        Spec(
            "Of versions of one record the latest known counts, from the day after it is known",
            VERSIONS,
            "aggregates: [count, {sum: pounds}]\nwindows: [all]",
            """
            entity | as_of      | count_all | sum_pounds_all
            a      | 2022-03-01 | 2         | 107
            a      | 2022-03-05 | 2         | 107
            a      | 2022-03-06 | 2         | 67
            """,
            contract="row_key: record\nsupersedes: record",
        ),
        Spec(
            "A row that names the one it replaces takes its place, with its own date and value",
            """
            record | replaces | key | happened   | known      | pounds
            r1     | -        | a   | 2022-01-10 | 2022-01-12 | 100
            r9     | r1       | a   | 2021-01-10 | 2022-03-05 | 60
            """,
            "aggregates: [{sum: pounds}]\nwindows: [12m, all]",
            """
            entity | as_of      | sum_pounds_12m | sum_pounds_all
            a      | 2022-03-01 | 100            | 100
            a      | 2022-04-01 | 0              | 60
            """,
            contract="row_key: record\nsupersedes: replaces",
        ),
        Spec(
            "Of versions known on one day the later in the source's order counts",
            """
            record | key | happened   | known      | pounds
            r1     | a   | 2022-01-10 | 2022-01-12 | 100
            r1     | a   | 2022-01-11 | 2022-01-12 | 40
            """,
            "aggregates: [count, {sum: pounds}]\nwindows: [all]",
            """
            entity | as_of      | count_all | sum_pounds_all
            a      | 2022-02-01 | 1         | 40
            """,
            contract="row_key: record\nsupersedes: record",
        ),
        Spec(
            "A correction of a correction counts from when it is known",
            """
            record | replaces | key | happened   | known      | pounds
            r1     | -        | a   | 2022-01-10 | 2022-01-12 | 100
            r2     | r1       | a   | 2022-01-10 | 2022-02-05 | 60
            r3     | r2       | a   | 2022-01-10 | 2022-03-05 | 80
            """,
            "aggregates: [count, {sum: pounds}]\nwindows: [all]",
            """
            entity | as_of      | count_all | sum_pounds_all
            a      | 2022-02-01 | 1         | 100
            a      | 2022-03-01 | 1         | 60
            a      | 2022-04-01 | 1         | 80
            """,
            contract="row_key: record\nsupersedes: replaces",
        ),
        Spec(
            "A correction may move a record to somebody else",
            """
            record | key | happened   | known
            r1     | a   | 2022-01-10 | 2022-01-12
            r1     | b   | 2022-01-10 | 2022-03-05
            """,
            "aggregates: [count]\nwindows: [all]",
            """
            entity | as_of      | count_all
            a      | 2022-03-01 | 1
            b      | 2022-03-01 | 0
            a      | 2022-04-01 | 0
            b      | 2022-04-01 | 1
            """,
            contract="row_key: record\nsupersedes: record",
        ),
        Spec(
            "A withdrawn record counts until its withdrawal is known, and no longer",
            """
            record | key | happened   | known      | status
            r1     | a   | 2022-01-10 | 2022-01-12 | open
            r1     | a   | 2022-01-10 | 2022-03-05 | void
            r2     | a   | 2022-02-10 | 2022-02-12 | open
            """,
            "aggregates: [count, {last: status}, days_since_first]\nwindows: [all]",
            """
            entity | as_of      | count_all | last_status | days_since_first
            a      | 2022-03-01 | 2         | open        | 50
            a      | 2022-04-01 | 1         | open        | 50
            """,
            contract="row_key: record\nsupersedes: record\nwithdrawn: {column: status, is: void}",
        ),
    ),
)

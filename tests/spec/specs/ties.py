"""Which of several rows is the last."""

from specs.spec import Spec, Topic

TOPIC = Topic(
    "Ties",
    """
Of several rows the last is the one that happened last; of those the one known last; of those the
later in the source's own order, which is by dates, then row key, then all else, however they came.
""",
    (
        Spec(
            "What happened last is the last, though it was known before",
            """
            key | happened   | known      | score
            a   | 2022-03-01 | 2022-03-02 | 70
            a   | 2022-02-01 | 2022-03-20 | 90
            """,
            "aggregates: [{last: score}]",
            """
            entity | as_of      | last_score
            a      | 2022-03-31 | 70
            """,
        ),
        Spec(
            "Of rows of one day the one known last is the last",
            """
            key | happened   | known      | score
            a   | 2022-03-01 | 2022-03-09 | 50
            a   | 2022-03-01 | 2022-03-02 | 70
            """,
            "aggregates: [{last: score}]",
            """
            entity | as_of      | last_score
            a      | 2022-03-31 | 50
            a      | 2022-03-05 | 70
            """,
        ),
        Spec(
            "Of rows alike in both dates the one with the greater row key is the last",
            """
            record | key | happened   | score
            r2     | a   | 2022-03-01 | 50
            r1     | a   | 2022-03-01 | 70
            """,
            "aggregates: [{last: score}]",
            """
            entity | as_of      | last_score
            a      | 2022-03-31 | 50
            """,
            contract="row_key: record",
        ),
        Spec(
            "A later row without a value leaves the last value standing",
            """
            key | happened   | score
            a   | 2022-03-01 | 70
            a   | 2022-03-09 | -
            """,
            "aggregates: [{last: score}, days_since_last]",
            """
            entity | as_of      | last_score | days_since_last
            a      | 2022-03-31 | 70         | 22
            """,
        ),
    ),
)

"""Each aggregate on a few rows: what it makes of them, of missing values, and of nothing."""

from specs.spec import Spec, Topic

CALLS = """
key | happened   | minutes | topic | answered
a   | 2022-01-10 | 10      | noise | true
a   | 2022-03-10 | 4       | damp  | false
a   | 2022-03-20 | -       | noise | true
b   | 2022-03-20 | -       | -     | -
"""
DAYS = """
key | happened   | missed | possible
a   | 2022-01-31 | 1      | 10
a   | 2022-02-28 | 3      | 10
a   | 2022-03-31 | 5      | -
b   | 2022-03-31 | -      | 20
c   | 2022-03-31 | 0      | 0
"""
SCHOOLS = "key | happened | school\n" + "\n".join(
    f"a | 2022-{1 + n // 28:02d}-{1 + n % 28:02d} | school {n % 70}" for n in range(80)
)
TOPIC = Topic(
    "What each makes of its rows",
    """
An aggregate makes one value of the rows in a window. A `-` is a value that is not there. A count of
nothing is 0, and so is a sum; what cannot be told of no rows at all is missing.
""",
    (
        Spec(
            "A count counts rows, whatever they hold, and is 0 where there are none",
            CALLS,
            "aggregates: [count]\nwindows: [1m, all]",
            """
            entity | as_of      | count_1m | count_all
            a      | 2022-04-01 | 2        | 3
            b      | 2022-04-01 | 1        | 1
            c      | 2022-04-01 | 0        | 0
            """,
        ),
        Spec(
            "A sum adds the values there are, and is 0 where there are none",
            CALLS,
            "aggregates: [{sum: minutes}]\nwindows: [1m, all]",
            """
            entity | as_of      | sum_minutes_1m | sum_minutes_all
            a      | 2022-04-01 | 4              | 14
            b      | 2022-04-01 | 0              | 0
            c      | 2022-04-01 | 0              | 0
            """,
        ),
        Spec(
            "Mean, least and greatest leave missing values out, and are missing where nothing is left",
            CALLS,
            "aggregates: [{mean: minutes}, {min: minutes}, {max: minutes}]\nwindows: [all]",
            """
            entity | as_of      | mean_minutes_all | min_minutes_all | max_minutes_all
            a      | 2022-04-01 | 7                | 4               | 10
            b      | 2022-04-01 | -                | -               | -
            c      | 2022-04-01 | -                | -               | -
            """,
        ),
        Spec(
            "Distinct counts different values, of words and of numbers; a missing one is none",
            CALLS,
            "aggregates: [{distinct: topic}, {distinct: minutes}]\nwindows: [all]",
            """
            entity | as_of      | distinct_topic_all | distinct_minutes_all
            a      | 2022-04-01 | 2                  | 2
            b      | 2022-04-01 | 0                  | 0
            c      | 2022-04-01 | 0                  | 0
            """,
        ),
        Spec(
            "Distinct counts more values than a machine word has bits",
            SCHOOLS,
            "aggregates: [{distinct: school}]\nwindows: [1m, all]",
            """
            entity | as_of      | distinct_school_1m | distinct_school_all
            a      | 2022-04-01 | 24                 | 70
            """,
            note="Eighty rows name seventy schools; the last ten rows name the first ten again.",
            contract="columns: {school: {type: string}}",
        ),
        Spec(
            "A share is that of the rows where the answer is yes, of those with an answer",
            CALLS,
            "aggregates: [{share: answered}]\nwindows: [1m, all]",
            """
            entity | as_of      | share_answered_1m | share_answered_all
            a      | 2022-04-01 | 1/2               | 2/3
            b      | 2022-04-01 | -                 | -
            c      | 2022-04-01 | -                 | -
            """,
        ),
        Spec(
            "A ratio divides sums, over the rows that hold both; of a sum of 0 there is none",
            DAYS,
            "aggregates: [{ratio: [missed, possible]}]\nwindows: [2m, all]",
            """
            entity | as_of      | ratio_missed_per_possible_2m | ratio_missed_per_possible_all
            a      | 2022-04-01 | 3/10                         | 4/20
            b      | 2022-04-01 | -                            | -
            c      | 2022-04-01 | -                            | -
            d      | 2022-04-01 | -                            | -
            """,
            note="It is not the mean of each row's ratio: rows weigh by what they are divided by.",
        ),
        Spec(
            "The last is the value of the latest row that has one, of all years held",
            CALLS,
            "aggregates: [{last: minutes}, {last: topic}]",
            """
            entity | as_of      | last_minutes | last_topic
            a      | 2022-04-01 | 4            | noise
            b      | 2022-04-01 | -            | -
            c      | 2022-04-01 | -            | -
            """,
        ),
        Spec(
            "Days since the last and the first row count to the as-of date, and are missing without rows",
            CALLS,
            "aggregates: [days_since_last, days_since_first]",
            """
            entity | as_of      | days_since_last | days_since_first
            a      | 2022-04-01 | 12              | 81
            b      | 2022-04-01 | 12              | 12
            c      | 2022-04-01 | -               | -
            """,
        ),
        Spec(
            "A trend is the count of the nearer half of its window less that of the further half",
            """
            key | happened
            a   | 2022-01-05
            a   | 2022-03-01
            a   | 2022-03-30
            b   | 2022-01-01
            """,
            "aggregates: [trend]\nwindows: [3m]",
            """
            entity | as_of      | trend_3m
            a      | 2022-04-01 | 1
            b      | 2022-04-01 | -1
            c      | 2022-04-01 | 0
            """,
        ),
        Spec(
            "Of a window of an odd number of days the further half is a day longer",
            """
            key | happened
            a   | 2022-03-29
            b   | 2022-03-30
            """,
            "aggregates: [trend]\nwindows: [5d]",
            """
            entity | as_of      | trend_5d
            a      | 2022-04-01 | -1
            b      | 2022-04-01 | 1
            """,
        ),
        Spec(
            "A split makes the same feature of each category apart, beside that of all rows",
            CALLS,
            "aggregates: [count, {sum: minutes}]\nwindows: [3m]\nsplit_by: topic",
            """
            entity | as_of      | count_3m | count_noise_3m | count_damp_3m | sum_minutes_noise_3m
            a      | 2022-04-01 | 3        | 2              | 1             | 10
            b      | 2022-04-01 | 1        | 0              | 0             | 0
            c      | 2022-04-01 | 0        | 0              | 0             | 0
            """,
        ),
        Spec(
            "A category of the contract that no row has counts nothing",
            CALLS,
            "aggregates: [count]\nwindows: [all]\nsplit_by: topic",
            """
            entity | as_of      | count_noise_all | count_rats_all
            a      | 2022-04-01 | 2               | 0
            """,
            contract="columns: {topic: {type: category, values: [noise, damp, rats], missing: allowed}}",
        ),
        Spec(
            "Only rows that meet the group's filters count",
            CALLS,
            "where: [{column: topic, is: noise}]\naggregates: [count, days_since_first]\nwindows: [all]",
            """
            entity | as_of      | count_all | days_since_first
            a      | 2022-04-01 | 2         | 81
            b      | 2022-04-01 | 0         | -
            """,
        ),
        Spec(
            "Money is added exactly where the contract says how many decimals it has",
            """
            key | happened   | pounds
            a   | 2022-01-10 | 0.1
            a   | 2022-02-10 | 0.2
            a   | 2022-03-10 | 0.3
            a   | 2022-03-20 | -0.3
            b   | 2022-03-20 | 10000000000.93
            b   | 2022-03-21 | -10000000000.92
            """,
            "aggregates: [{sum: pounds}, {mean: pounds}]\nwindows: [all]",
            """
            entity | as_of      | sum_pounds_all | mean_pounds_all
            a      | 2022-04-01 | 3/10           | 75/1000
            b      | 2022-04-01 | 0.01           | 0.005
            """,
            contract="columns: {pounds: {type: number, decimals: 2}}",
            note="As binary fractions 0.1 and 0.2 come to 0.30000000000000004.",
        ),
    ),
)

import pytest

from features.point_in_time.plan import Aggregate, Function, GroupPlan
from features.point_in_time.sql import group_sql
from hearth.periods import Period


@pytest.mark.parametrize(
    ("function", "column", "window"),
    [
        (Function.COUNT, "topic", "all"),
        (Function.SUM, None, "all"),
        (Function.LAST, "topic", "3m"),
        (Function.DAYS_SINCE_LAST, None, "3m"),
        (Function.TREND, None, "all"),
    ],
)
def test_an_aggregate_that_makes_no_sense_cannot_be_made(function, column, window):
    with pytest.raises(ValueError, match="f: "):
        Aggregate("f", function, column, Period.parse(window))


def test_the_sql_of_a_group_can_be_read_aloud():
    plan = GroupPlan(
        "noise",
        (Aggregate("noise_count_damp_3m", Function.COUNT, None, Period.parse("3m"), "damp"),),
        "topic",
    )
    assert group_sql(plan) == (
        "SELECT\n"
        "  count(*) FILTER (WHERE e.key IS NOT NULL"
        " AND e.event_date >= CAST(r.as_of - INTERVAL 3 MONTH AS DATE)"
        ' AND e."topic" = \'damp\') AS "noise_count_damp_3m"\n'
        "FROM rows AS r\n"
        'LEFT JOIN followed AS f\n  ON f."row" = r."row"\n'
        "LEFT JOIN events AS e\n  ON e.key = f.key\n"
        "  AND e.event_date < r.as_of\n  AND e.knowledge_date < r.as_of\n"
        "  AND (e.superseded_date IS NULL OR e.superseded_date >= r.as_of)\n"
        'GROUP BY r."row"\nORDER BY r."row"\n'
    )

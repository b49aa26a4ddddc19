"""When use calls for a look: scores passed unread, challenges left lying, reviews and ends that come near."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from governance.human_use.figures import EVERYONE

BY_TEAM = "Team"
"""Title of the grouping by who decided."""

MOST_QUICK = 0.25
"""Share decided in a few seconds that is let pass: who knows a household needs no long look. Our choice."""

LEAST_OVERRIDDEN = 0.01
"""Share of overrides below which the score, and not a person, decides. Our choice."""

END_IS_NEAR_DAYS = 90
"""A quarter, in which a board meets at least once."""


def use_alarms(found: Mapping[str, Any]) -> Iterator[str]:
    """Alarms from figures as printed: each by its whole 95 % interval, so that few decisions raise none."""
    everyone = [] if found["everyone"] is None else [found["everyone"]]
    teams = [row for table in found["tables"] if table["title"] == BY_TEAM for row in table["rows"]]
    for row in [*everyone, *(teams if len(teams) > 1 else [])]:
        who = "Everyone together" if row["group"] == EVERYONE else f"The team “{row['group']}”"
        quick, overridden = row["quick_rate"], row["override_rate"]
        if quick["low"] is not None and quick["low"] > MOST_QUICK:
            yield (
                f"{who} decided {quick['value']:.0%} ({quick['low']:.0%} to {quick['high']:.0%}) of scores "
                f"within {found['quick_seconds']} seconds of seeing them: they may not be read"
            )
        if overridden["high"] is not None and overridden["high"] < LEAST_OVERRIDDEN:
            yield (
                f"{who} overrode {overridden['value']:.1%} of scores, at most "
                f"{overridden['high']:.1%}: the score may be deciding"
            )
    if found["challenges"]["any_overdue"]:
        yield "A challenge was not acknowledged by its day; hearth challenges list --overdue names it"


def date_alarms(sunset: date | None, review_on: date | None, today: date) -> Iterator[str]:
    """Alarms of the days that end a version's use, or ask for a new look."""
    for day, said in ((sunset, "Use ends"), (review_on, "The version is to be reviewed")):
        if day is None:
            continue
        left = (day - today).days
        if left <= 0:
            yield f"{said}: the day has come ({day:%-d %B %Y})"
        elif left <= END_IS_NEAR_DAYS:
            yield f"{said} in {left} days, on {day:%-d %B %Y}"

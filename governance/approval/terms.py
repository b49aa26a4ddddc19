"""What a decision says: a reason, conditions, the day to review it by, and the dissent of whoever decides."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hearth.errors import StateError
from hearth.periods import Period

LEAST_REASON = 10
"""Characters of a reason that says something."""

MOST_CHARACTERS = 4_000
"""Of one reason, condition or dissent."""

MOST_CONDITIONS = 20
"""Of one approval: a board that needs more should refuse."""


class ReviewDateError(StateError):
    """The day of review has come already, or is not before the model's sunset."""


@dataclass(frozen=True)
class Terms:
    """On what terms a version is approved.

    Attributes
    ----------
    conditions
        What must hold while it is used, one text each.
    review_on
        Day by which it must be reviewed: on that day the approval expires. None for the period of
        the model's definition (`oversight.review_every`), counted from the decision.
    dissent
        What whoever decides holds against it all the same.
    """

    conditions: tuple[str, ...] = ()
    review_on: date | None = None
    dissent: str | None = None

    def settled(self, about: Mapping[str, Any], today: date) -> "Terms":
        """The terms with a day of review, found good.

        Parameters
        ----------
        about
            What the bundle says of its model.
        today
            Day of the decision.

        Raises
        ------
        StateError
            If a text is too short or too long, or the day has passed, or is not before the sunset.
        """
        conditions = tuple(each.strip() for each in self.conditions if each.strip())
        if len(conditions) > MOST_CONDITIONS:
            raise StateError(
                f"an approval bears at most {MOST_CONDITIONS} conditions, and {len(conditions)} were "
                "given; put together what belongs together"
            )
        for each in conditions:
            check_text(each, "a condition needs a text")
        oversight = about.get("oversight", {})
        sunset = oversight.get("sunset")
        last = date.fromisoformat(sunset) if sunset else date.max
        return replace(
            self, conditions=conditions, review_on=self._reviewed_by(oversight, today, last)
        )

    def _reviewed_by(self, oversight: Mapping[str, Any], today: date, last: date) -> date | None:
        if self.review_on is None:
            every = oversight.get("review_every")
            by_definition = Period.parse(every).after(today) if every else last
            return by_definition if by_definition < last else None
        if self.review_on <= today:
            raise ReviewDateError(
                f"the review date {_day(self.review_on)} has come already; give a later day, before "
                f"the model's sunset ({_day(last)})"
            )
        if self.review_on >= last:
            raise ReviewDateError(
                f"the review date {_day(self.review_on)} is not before the model's sunset "
                f"({_day(last)}), by which its use ends anyway; give an earlier day"
            )
        return self.review_on


def _day(day: date) -> str:
    return "none" if day == date.max else f"{day:%-d %B %Y}"


def check_text(text: str, what: str) -> str:
    """A text for the record, without the spaces around it.

    Raises
    ------
    StateError
        If it says nothing, or is too long.
    """
    if not LEAST_REASON <= len(text.strip()) <= MOST_CHARACTERS:
        raise StateError(
            f"{what} of at least {LEAST_REASON} characters, and {MOST_CHARACTERS} at most; it goes on the "
            "record"
        )
    return text.strip()

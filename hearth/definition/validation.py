"""How as-of dates are used: which are tested on, how often the model is fitted, what it learns from."""

from collections.abc import Iterator

from pydantic import Field

from hearth.definition.cohort import AsOf
from hearth.periods import Period, PeriodField
from hearth.yaml_values import Strict


class Validation(Strict):
    """How the as-of dates from `as_of.test_from` on are tested; left out, each has a model of its own."""

    test_every: PeriodField | None = Field(
        default=None,
        description="Time between dates tested on, a multiple of as_of.every; every date if left out.",
    )
    retrain_every: PeriodField | None = Field(
        default=None,
        description="Time after which the model is fitted anew; at each test date if left out.",
    )
    test_for: PeriodField | None = Field(
        default=None,
        description="How long one fitted model is tested; until the next is fitted if left out.",
    )
    train_every: PeriodField | None = Field(
        default=None,
        description="Time between dates learnt from, counted back from the newest; every date if left out.",
    )
    history: PeriodField = Field(
        default=Period(unbounded=True),
        description="How far back from the newest date learnt from others may lie; all if left out.",
    )

    def faults(self, as_of: AsOf) -> Iterator[str]:
        """What does not fit the schedule of as-of dates, each with its place and remedy."""
        for name in ("test_every", "retrain_every", "train_every"):
            period = getattr(self, name)
            if period is not None and as_of.steps(period) is None:
                yield (
                    f"validation.{name}: is {period}, no multiple of as_of.every, {as_of.every}; "
                    f"write {as_of.every} or a multiple of it"
                )
        if self.history.is_empty:
            yield "validation.history: is 0d; write a period above zero, such as 36m, or all"
        if self.test_for is None:
            return
        if self.retrain_every is None:
            yield (
                "validation.test_for: stands without retrain_every, so each model is tested on one "
                "date; add retrain_every or remove it"
            )
        if self.test_for.is_empty:
            yield "validation.test_for: is 0d; write a period above zero, such as 12m"
        elif self.retrain_every is not None and (
            self.test_for.after(as_of.first) > self.retrain_every.after(as_of.first)
        ):
            yield (
                f"validation.test_for: is {self.test_for}, longer than retrain_every, "
                f"{self.retrain_every}, and a date is tested by its newest model; write at most "
                f"{self.retrain_every}"
            )

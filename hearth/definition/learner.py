"""How the learners are set: parameters, directions that are held, and a search for better ones."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from hearth.yaml_values import Name, ScalarField, Strict, Text


class Monotone(Strict):
    """The one direction in which a feature may move the score, and why."""

    direction: Literal["increasing", "decreasing"] = Field(
        description="Which way the score may move as the feature rises."
    )
    reason: Text = Field(description="Why it can only be so, for the board to read.")


class Search(Strict):
    """How long better LightGBM parameters are looked for, before the first test date."""

    trials: Annotated[int, Field(ge=2)] | None = Field(
        default=None, description="Number of settings tried, the defaults among them."
    )
    minutes: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="Or the minutes of work; both: whichever ends first."
    )

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.trials is None and self.minutes is None:
            raise ValueError("has neither trials nor minutes; write one of them, or both")
        return self


class Learner(Strict):
    """How the learners are set; everything has a default."""

    parameters: dict[str, ScalarField] = Field(
        default_factory=dict,
        description="LightGBM parameters in place of the defaults; a search leaves them as they are.",
    )
    monotone: dict[Name, Monotone] = Field(
        default_factory=dict,
        description="Feature → the one direction in which it may move the score, and why.",
    )
    search: Search | None = Field(
        default=None,
        description="Look for better parameters on dates before as_of.test_from; not done if left out.",
    )
    seed: int = Field(default=20_260_101, description="Seed of everything drawn by chance.")

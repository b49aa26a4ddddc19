"""What a feature group looks at around a home: its small area, or a distance in metres."""

import re
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from hearth.yaml_values import Name, Strict

_PATTERN = r"[0-9]{1,4}m"
_HOW = "write whole metres from 1m to 5000m, such as 200m"
_FARTHEST = 5_000


def _metres(written: Any) -> Any:
    if isinstance(written, int) and not isinstance(written, bool):
        return written
    if not isinstance(written, str) or not re.fullmatch(_PATTERN, written):
        raise ValueError(f"is no distance; {_HOW}")
    metres = int(written[:-1])
    if not 1 <= metres <= _FARTHEST:
        raise ValueError(f"is {written}; {_HOW}")
    return metres


Metres = Annotated[
    int,
    BeforeValidator(_metres),
    PlainSerializer(lambda metres: f"{metres}m", return_type=str),
    WithJsonSchema({"type": "string", "pattern": f"^{_PATTERN}$", "examples": ["200m"]}),
]
"""A distance in metres, written `200m`."""


class Around(Strict):
    """The other homes that are looked at: those of the home's area, or those within a distance."""

    area: Name | None = Field(
        default=None, description="Column of homes that says in which area each lies."
    )
    within: Metres | None = Field(
        default=None, description="Distance in a straight line, by easting and northing."
    )

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.area is None) == (self.within is None):
            count = "neither" if self.area is None else "both"
            joined = "nor" if self.area is None else "and"
            raise ValueError(f"has {count} area {joined} within; write exactly one of them")
        return self

    @property
    def measure(self) -> str:
        """`around_rate` for an area, `around_count` for a distance: what its features are called."""
        return "around_rate" if self.within is None else "around_count"

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of homes that say where each lies."""
        return COORDINATES if self.area is None else (self.area,)


COORDINATES = ("easting", "northing")
"""Columns of the British National Grid, in metres."""

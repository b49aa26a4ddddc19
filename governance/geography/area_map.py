"""Areas as a sheet shows them: each one's outline, kept as JSON that any page can read.

Made once by `hearth areas` (`governance.geography.boundaries`); reading and drawing need
nothing but Python.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from hearth.errors import DataError, Fault

SHEET = 1000
"""Width of the sheet that outlines are drawn on, in its own units."""


@dataclass(frozen=True)
class Area:
    """One area: its code, its name, and its outline as the `d` of an SVG path."""

    code: str
    name: str
    path: str


@dataclass(frozen=True)
class AreaMap:
    """Outlines of all areas of one kind.

    Attributes
    ----------
    column : str
        What definitions call this kind of area, such as `lsoa`.
    credit : str
        Whose boundaries they are, or that they are made up; printed under every map.
    height : int
        Of the sheet, which is `SHEET` wide.
    """

    column: str
    credit: str
    height: int
    areas: tuple[Area, ...]

    def as_json(self) -> str:
        """The map as its file holds it."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def read(cls, path: Path) -> Self:
        """The map that a file holds.

        Raises
        ------
        DataError
            If the file is not one that `hearth areas` wrote.
        """
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            areas = tuple(Area(**area) for area in held.pop("areas"))
            return cls(**held, areas=areas)
        except (ValueError, KeyError, TypeError, AttributeError):
            fault = Fault(path.name, "", "is no map of areas", "make it again with `hearth areas`")
            raise DataError([fault]) from None


def area_map_file(state_dir: Path, column: str) -> Path:
    """File of the map of one kind of area."""
    return state_dir / "areas" / f"{column}.json"

"""How fine the results of a model may be that leave the service."""

from collections.abc import Iterable

from hearth.errors import AreasOnlyError

AREAS = "output_area"
"""Release level of models whose results are for areas: nothing of one household, home or person leaves."""


def check_release(level: str) -> None:
    """Nothing, unless a release level lets out results for areas only.

    Raises
    ------
    AreasOnlyError
        Whoever asks, and on whichever way.
    """
    if level == AREAS:
        raise AreasOnlyError(
            "this model's results are released for areas; it gives none for a household, home or person"
        )


def check_releases(levels: Iterable[str]) -> None:
    """Nothing, unless there are models and every one of them is released for areas only.

    Raises
    ------
    AreasOnlyError
        As `check_release`: nothing here is done for the sake of one household.
    """
    found = set(levels)
    if found == {AREAS}:
        check_release(AREAS)

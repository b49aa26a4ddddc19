"""How fine the results of a model may be that leave the service."""

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

"""How far two lists are about the same entities."""

from dataclasses import dataclass

from training.figures.ranking import Bools


@dataclass(frozen=True)
class Overlap:
    """Two lists side by side.

    Attributes
    ----------
    kept
        Share of the first list that stands on the second, in [0, 1].
    jaccard
        Entities on both lists per entity on either, in [0, 1].
    """

    kept: float
    jaccard: float


def overlap(first: Bools, second: Bools) -> Overlap:
    """Overlap of two lists drawn from the same rows.

    Parameters
    ----------
    first, second
        Shape (n,); whether each row is on the list, at least one of which is.

    References
    ----------
    Jaccard (1912), The New Phytologist 11: 37-50.
    """
    both = int((first & second).sum())
    return Overlap(both / int(first.sum()), both / int((first | second).sum()))

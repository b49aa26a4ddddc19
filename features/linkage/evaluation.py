"""How right links are, where the truth is known."""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class LinkageQuality:
    """Links found, right and missed, against the truth."""

    found: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        """Share of links found that are right, in [0, 1]; 1 where none was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of true links that were found, in [0, 1]; 1 where there is none."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, in [0, 1]."""
        return 2 * self.right / (self.found + self.true) if self.found + self.true else 1.0


def evaluate_links(links: pa.Table, truth: pa.Table) -> LinkageQuality:
    """Quality of links against the truth.

    Parameters
    ----------
    links
        `reference` and `person_id`, one row per linked reference.
    truth
        The same for every reference whose person is in the spine.
    """
    found = dict(zip(*_columns(links), strict=True))
    true = dict(zip(*_columns(truth), strict=True))
    right = sum(true.get(reference) == person for reference, person in found.items())
    return LinkageQuality(found=len(found), right=right, true=len(true))


def _columns(table: pa.Table) -> tuple[list[str], list[str]]:
    return table["reference"].to_pylist(), table["person_id"].to_pylist()

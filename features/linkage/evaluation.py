"""How right links and clusters are, where the truth is known, overall and by group."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

EVERYBODY = "everybody"
_FALSE_ALARM = 0.05
_NORMAL_95 = NormalDist().inv_cdf(1 - _FALSE_ALARM / 2)


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

    def __add__(self, other: "LinkageQuality") -> "LinkageQuality":
        """Quality of both together."""
        return LinkageQuality(
            self.found + other.found, self.right + other.right, self.true + other.true
        )


def evaluate_links(links: pa.Table, truth: pa.Table) -> LinkageQuality:
    """Quality of links against the truth.

    Parameters
    ----------
    links
        `reference` and `person_id`, one row per linked reference.
    truth
        The same for every reference whose person is in the spine.
    """
    is_right = pc.equal(links["person_id"], _true_person(links, truth))
    right = pc.sum(pc.fill_null(is_right, False)).as_py() or 0
    return LinkageQuality(found=len(links), right=right, true=len(truth))


def evaluate_links_by(
    links: pa.Table, truth: pa.Table, group_of: pa.Table
) -> dict[str, LinkageQuality]:
    """Quality of links by the group of each reference's true person.

    Parameters
    ----------
    links, truth
        As for `evaluate_links`, but `truth` names everybody's person, in the spine or not.
    group_of
        `person_id`, `group` and `is_in_spine`, one row a person. A link of somebody who is not in
        the spine is wrong, and counts against their group's precision.
    """
    places = pc.index_in(truth["person_id"], value_set=group_of["person_id"])
    known = truth.append_column("group", group_of["group"].take(places)).append_column(
        "is_in_spine", pc.fill_null(group_of["is_in_spine"].take(places), False)
    )
    at = pc.index_in(links["reference"], value_set=known["reference"])
    of_link = known["group"].take(at)
    quality = {}
    for group in sorted(pc.unique(known["group"]).drop_null().to_pylist()):
        here = known.filter(pc.equal(known["group"], group))
        there = here.filter(here["is_in_spine"])
        found = links.filter(pc.fill_null(pc.equal(of_link, group), False))
        quality[group] = evaluate_links(found, there)
    return quality


def evaluate_clusters(found: Iterable[str], true: Iterable[str]) -> LinkageQuality:
    """Quality of clusters of rows, by pairs: two rows of one cluster are a link.

    Parameters
    ----------
    found, true
        Cluster of each row, (rows,), in the same order.
    """
    both = list(zip(found, true, strict=True))
    return LinkageQuality(
        found=_pairs(Counter(f for f, _ in both)),
        right=_pairs(Counter(both)),
        true=_pairs(Counter(t for _, t in both)),
    )


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, in [0, 1]; the whole of it where nothing was tried.

    References
    ----------
    Wilson 1927, Journal of the American Statistical Association 22, 209-212.
    """
    if not trials:
        return 0.0, 1.0
    share, squared = successes / trials, _NORMAL_95**2
    middle = (share + squared / (2 * trials)) / (1 + squared / trials)
    half = math.sqrt(share * (1 - share) / trials + squared / (4 * trials**2))
    half *= _NORMAL_95 / (1 + squared / trials)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def differs_from_rest(group: LinkageQuality, everybody: LinkageQuality, *, groups: int = 1) -> bool:
    """Whether a group's recall lies outside what chance would make of the rest's.

    The difference of two shares beside its standard error, by Agresti and Caffo's adjustment,
    which holds for small groups and for shares near 1. So many groups are compared: the chance of
    any false alarm among them is held to 5 % (Bonferroni).

    References
    ----------
    Agresti & Caffo 2000, The American Statistician 54, 280-288.
    """
    rest = LinkageQuality(0, everybody.right - group.right, everybody.true - group.true)
    shares = [((q.right + 1) / (q.true + 2), q.true + 2) for q in (group, rest)]
    error = math.sqrt(sum(share * (1 - share) / trials for share, trials in shares))
    errors_allowed = NormalDist().inv_cdf(1 - _FALSE_ALARM / 2 / groups)
    return abs(shares[0][0] - shares[1][0]) > errors_allowed * error


def _true_person(links: pa.Table, truth: pa.Table) -> pa.ChunkedArray:
    return truth["person_id"].take(pc.index_in(links["reference"], value_set=truth["reference"]))


def _pairs(sizes: Counter[str] | Counter[tuple[str, str]]) -> int:
    counts = np.fromiter(sizes.values(), dtype=np.int64, count=len(sizes))
    return int((counts * (counts - 1) // 2).sum())

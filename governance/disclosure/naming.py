"""Which groups a table may name where even that a group is in it tells of somebody.

A withheld count beside a name still says that the name is there. After one decision that name is
the ethnic group of whoever was decided on. So a group is named by itself only where all that is
printed of it is printed whole; all others, nobody's among them, are put together as one.
"""

import numpy as np

from governance.disclosure.control import DisclosurePolicy
from governance.disclosure.suppression import Shown, sums_in_play
from governance.fairness.counts import Counts


def may_be_named(counts: Counts, policy: DisclosurePolicy) -> tuple[list[int], list[int]]:
    """Places of the groups that are named, and of those put together.

    Where anybody is put together, so is at least one group that could have been named. Everyone
    less those named is then that group and the others, and is as large where the others are
    nobody as where they are a few: whichever is true, none of what is printed is small, and each
    number from nought to the largest that is protected is possible of the others.

    Parameters
    ----------
    counts : int64 array, shape (groups, 6)
        In the order of `CELLS`. All groups that there are, nobody's too, in an order that does
        not hang on these counts; the first that serve are put together with the others.
    policy : DisclosurePolicy

    Returns
    -------
    tuple of list of int, list of int
        Nothing named where the first is empty: then nothing may be said by group.

    References
    ----------
    Duncan, Elliot & Salazar-González 2011, *Statistical Confidentiality*, ch. 4 (global recoding).
    """
    groups = list(range(len(counts)))
    if policy.protects is None:
        return groups, []
    low, high = policy.protects
    everyone = counts.sum(axis=0)
    sums = sums_in_play(everyone)
    if not sums or any(low <= int(everyone @ cells) <= high for cells in sums.values()):
        return [], groups
    printed = np.array([sums[name] for name in sorted(sums) if name in Shown.MARGINS.sums])
    margins = counts @ printed.T
    is_small = ((margins >= low) & (margins <= high)).any(axis=1)
    named = [g for g in groups if counts[g].sum() > high and not is_small[g]]
    others = [g for g in groups if g not in named]
    # A sum that is nought of everyone is nought of each: it needs no cover.
    to_cover = margins[:, margins.sum(axis=0) > 0]
    for cover in [g for g in named if (to_cover[g] > high).all()]:
        if not others:
            break
        named.remove(cover)
        others.append(cover)
        if (to_cover[others].sum(axis=0) > 2 * high).all():
            return named, sorted(others)
    return ([], groups) if others else (named, [])

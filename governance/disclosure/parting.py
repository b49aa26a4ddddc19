"""When a table of groups may be parted further: by length of list, by date, by an earlier list.

What the report prints of groups at capacity, and of pairs of groups, is safe as it stands
(`governance.disclosure.control`). A further table of the same groups adds facts, and two of its
columns differ by a count of people who may be few. It is printed only where nothing in it is:

1. Groups of which anything is withheld at capacity are put together as one (`whole_or_pooled`).
   What keeps their small counts open is an exchange of people between them; an exchange changes
   nobody's place, date or outcome, so the sums of all of them together stay as they are printed.
2. No part of a row is small, a part being those of one band between two lengths, one date, or one
   kind of move, and of one outcome (`is_any_small`). Then no sum of parts and no difference of two
   printed sums is small either: each is nobody, or holds at least one whole part.
3. What keeps a withheld pair of groups open is an exchange of people in which those of the first
   attribute stay what they are. So the first attribute may be parted, and another one only where
   every pair of groups that are whole is printed, and no exchange is needed (`may_be_parted`).

It may withhold more than it must, never less.
"""

from collections.abc import Mapping, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from governance.disclosure.control import DisclosurePolicy
from governance.disclosure.suppression import Shown, choose_shown
from governance.fairness.counts import KNOWN, Counts

POOLED = "All other groups"
"""Name of the groups that are not printed whole, put together."""


def whole_or_pooled(
    names: Sequence[str], codes: NDArray[np.int64], whole: Set[str]
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Groups printed whole under their names, and all others as one; names, and each row's place in them.

    Parameters
    ----------
    names : sequence of str
        All groups.
    codes : int64 array, shape (rows,)
        Place of the row's group in `names`.
    whole : set of str
        Groups printed whole; where it is empty, so is the answer.
    """
    kept = [name for name in names if name in whole]
    if not kept:
        return (), codes
    to = np.array([kept.index(name) if name in whole else len(kept) for name in names])
    return ((*kept, POOLED) if len(kept) < len(names) else tuple(kept)), to[codes]


def is_any_small(parts: NDArray[np.int64], policy: DisclosurePolicy) -> bool:
    """Whether some part is so small that the policy withholds it.

    Parameters
    ----------
    parts : int64 array, shape (..., kinds)
        Counts; a kind that nobody at all is of is no count.
    policy : DisclosurePolicy
    """
    if policy.protects is None:
        return False
    low, high = policy.protects
    exists = parts.reshape(-1, parts.shape[-1]).sum(axis=0) > 0
    counted = parts[..., exists]
    return bool(((counted >= low) & (counted <= high)).any())


def hides_few_unknown(everyone: Counts, policy: DisclosurePolicy) -> bool:
    """Whether those whose outcome is unknown are too few to print, and the others are not."""
    if policy.protects is None:
        return False
    both, known = (
        choose_shown(row[None, :], policy.protects)[1] for row in (everyone, everyone * KNOWN)
    )
    return both is not Shown.EVERYTHING and known is Shown.EVERYTHING


def may_be_parted(
    attributes: Sequence[str], are_pairs_whole: Mapping[str, bool], policy: DisclosurePolicy
) -> list[str]:
    """Attributes whose groups may be parted further.

    Parameters
    ----------
    attributes : sequence of str
        In the order of the definition; the first is the one paired with all others.
    are_pairs_whole : mapping of str to bool
        For each of the others, whether all its pairs of whole groups are printed.
    policy : DisclosurePolicy
    """
    if policy.protects is None:
        return list(attributes)
    first = attributes[:1]
    return [*first, *(name for name in attributes[1:] if are_pairs_whole.get(name, False))]

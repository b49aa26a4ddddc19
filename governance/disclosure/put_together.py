"""Which groups of a further list may be printed by themselves, beside a table printed before."""

from collections.abc import Collection, Sequence

from governance.disclosure.control import DisclosurePolicy
from governance.disclosure.suppression import sums_in_play
from governance.fairness.counts import KNOWN, Counts


def put_together(
    counts: Sequence[Counts], may_stand: Collection[int], policy: DisclosurePolicy
) -> list[tuple[int, ...]]:
    """Groups that are printed by themselves, and the rest put together until no count is small.

    Of a further list over the same people nothing is withheld: so no printed count can be taken
    from another to find a withheld one. A group stands by itself only where the table printed
    before shows it whole. Then that table and this one together tell no more of the outcomes of
    any group than it alone did; and where both are of one list, this says nothing that it did not.

    Parameters
    ----------
    counts : sequence of int64 arrays, shape (groups, 6)
        Of each list; only those whose outcome is known are looked at.
    may_stand : collection of int
        Places of the groups that the table printed before shows whole.
    policy : DisclosurePolicy

    Returns
    -------
    list of tuple of int
        Parts, those of one group first; empty where nothing may be printed.

    References
    ----------
    Duncan, Elliot & Salazar-González 2011, *Statistical Confidentiality*, ch. 4 (linked tables;
    global recoding).
    """
    known = [table * KNOWN for table in counts]
    groups = range(len(known[0]))
    if policy.protects is None:
        return [(group,) for group in groups]
    sizes = known[0].sum(axis=1)

    def is_small(part: Sequence[int]) -> bool:
        return any(_has_small(table, part, policy) for table in known)

    alone = [g for g in groups if g in may_stand and not is_small([g])]
    while True:
        rest = [group for group in groups if group not in alone]
        if not rest or not is_small(rest):
            parts = [*((group,) for group in alone), *([tuple(rest)] if rest else [])]
            return parts if not is_small(list(groups)) else []
        if not alone:
            return []
        alone.remove(min(alone, key=lambda group: int(sizes[group])))


def _has_small(table: Counts, part: Sequence[int], policy: DisclosurePolicy) -> bool:
    if policy.protects is None:
        return False
    low, high = policy.protects
    row = table[list(part)].sum(axis=0)
    sums = sums_in_play(table.sum(axis=0))
    return any(low <= int(row @ cells) <= high for cells in sums.values())

"""How often a version was used and how often people decided otherwise, as far as it may be printed."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from governance.disclosure.control import DisclosurePolicy, disclosure_policy
from governance.fairness.intervals import Interval, wilson
from governance.human_use.recorded import FINAL, last_outcomes
from hearth.storage.schema import scores

_OUTCOMES = ("agree", "override", "defer")
_STRICTEST_OPEN = "dfe"


@dataclass(frozen=True)
class Usage:
    """Counts of one version's scores and of the last decision on each; None stands for what is withheld.

    Attributes
    ----------
    scores : int or None
        Scores made.
    decided : int or None
        Scores on which a decision is recorded.
    outcomes : dict of str to int, or None
        Scores last agreed with, overridden and put off; all of them, or none.
    override_rate : Interval or None
        Share overridden of the scores agreed with or overridden, with its Wilson 95 % interval;
        those put off are no decision yet, as on the monitoring page.
    first_day, last_day : str or None
        ISO days of the first score and the last.
    """

    scores: int | None
    decided: int | None
    outcomes: dict[str, int] | None
    override_rate: Interval | None
    first_day: str | None
    last_day: str | None


def usage_policy(name: str) -> DisclosurePolicy:
    """Rule for printing usage: the definition's, and `dfe` where its data are public, for staff are not."""
    return disclosure_policy(_STRICTEST_OPEN if name == "none" else name)


def read_usage(connection: Connection, model: str, version: str, policy: DisclosurePolicy) -> Usage:
    """Use of a version up to now.

    Parameters
    ----------
    policy : DisclosurePolicy
        Under which counts are printed.
    """
    ours = (scores.c.model == model) & (scores.c.version == version)
    made, first, last = connection.execute(
        select(func.count(), func.min(scores.c.created_at), func.max(scores.c.created_at)).where(
            ours
        )
    ).one()
    counted = last_outcomes(connection, model, version)
    outcomes = {outcome: counted[outcome] for outcome in _OUTCOMES}
    return printed_usage(
        made,
        outcomes,
        policy,
        first_day=first.date().isoformat() if first else None,
        last_day=last.date().isoformat() if last else None,
    )


def printed_usage(
    made: int,
    outcomes: Mapping[str, int],
    policy: DisclosurePolicy,
    *,
    first_day: str | None = None,
    last_day: str | None = None,
) -> Usage:
    """Usage as it may be printed.

    A set of counts that add up to a printed one is printed whole or not at all, so that none that
    is withheld can be worked out. Days are withheld with the number of scores.

    Parameters
    ----------
    made : int
        Scores made.
    outcomes : mapping of str to int
        Scores by the last decision on each.
    """
    decided = sum(outcomes.values())
    shows_scores = not is_small(made, policy)
    shows_decided = shows_scores and not (
        is_small(decided, policy)
        or is_small(made - decided, policy)
        # The monitoring page prints these two, or withholds them, by themselves.
        or is_small(outcomes["defer"], policy)
        or is_small(decided - outcomes["defer"], policy)
    )
    shows_outcomes = shows_decided and not any(is_small(n, policy) for n in outcomes.values())
    rounded = {name: _rounded(count, policy) for name, count in outcomes.items()}
    total = sum(rounded[outcome] for outcome in FINAL)
    has_rate = shows_outcomes and total >= max(1, policy.least_denominator)
    return Usage(
        scores=_rounded(made, policy) if shows_scores else None,
        decided=_rounded(decided, policy) if shows_decided else None,
        outcomes=rounded if shows_outcomes else None,
        override_rate=wilson(rounded["override"], total) if has_rate else None,
        first_day=first_day if shows_scores else None,
        last_day=last_day if shows_scores else None,
    )


def is_small(count: int, policy: DisclosurePolicy) -> bool:
    """Whether a count is one that the policy withholds."""
    return policy.protects is not None and policy.protects[0] <= count <= policy.protects[1]


def _rounded(count: int, policy: DisclosurePolicy) -> int:
    unit = policy.round_to
    return unit * ((2 * count + unit) // (2 * unit))

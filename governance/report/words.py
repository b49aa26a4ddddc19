"""Numbers as people read them: marks, percentages, natural frequencies, plain nouns."""

from collections.abc import Mapping
from datetime import date

from governance.disclosure.control import CONFIDENTIAL
from governance.fairness.groups import Comparison, Rate
from governance.fairness.intervals import Interval
from governance.fairness.policy import Metric
from hearth.definition import ModelDefinition, Unit

NOUNS = {
    Unit.HOUSEHOLD: ("household", "households", "where"),
    Unit.PROPERTY: ("property", "properties", "where"),
    Unit.PERSON: ("person", "people", "to whom"),
}
"""Singular, plural, and the word for *where* it happened, by what the model scores."""

UNKNOWN = "–"
"""Printed where there is no figure and none was withheld."""


def count(value: int | None) -> str:
    """A printed count, or the mark of a withheld one."""
    return CONFIDENTIAL if value is None else f"{value:,}"


def percent(share: float | None, digits: int = 1) -> str:
    """A share in [0, 1] as a percentage."""
    return UNKNOWN if share is None else f"{100 * share:.{digits}f}%"


def rate_with_interval(rate: Rate) -> str:
    """A rate and its 95 % interval, or the mark that stands in its place."""
    if rate.interval is None:
        return rate.mark
    return f"{percent(rate.interval.value)} ({_limits(rate.interval)})"


def rate_alone(rate: Rate) -> str:
    """A rate without its interval, or its mark."""
    return rate.mark if rate.interval is None else percent(rate.interval.value)


def ratio_with_interval(comparison: Comparison) -> str:
    """A ratio of rates and its 95 % interval."""
    ratio = comparison.ratio
    return UNKNOWN if ratio is None else f"{ratio.value:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"


def ratio_in_words(comparison: Comparison) -> str:
    """A ratio of rates and its interval, to stand in a sentence."""
    ratio = comparison.ratio
    if ratio is None:
        return "no ratio"
    return f"a ratio of {ratio.value:.2f}, likely {ratio.low:.2f} to {ratio.high:.2f}"


def points(difference: float | None, *, is_signed: bool = True) -> str:
    """A difference of two shares in percentage points."""
    if difference is None:
        return UNKNOWN
    sign = "+" if is_signed else ""
    return f"{100 * difference:{sign}.1f}".replace("-", "−")


def natural_frequency(metric: Metric, interval: Interval, unit: Unit, group: str = "") -> str:
    """A rate as a sentence about every 100, or every 1,000 where 100 hold none.

    References
    ----------
    Gigerenzer & Hoffrage 1995, Psychological Review 102, 684-704: frequencies are
    understood where percentages are not.
    """
    base = 100 if interval.high >= 0.02 else 1000  # noqa: PLR2004 two in a hundred: below, a hundred hold one or none
    about, low, high = (
        round(base * part) for part in (interval.value, interval.low, interval.high)
    )
    _, nouns, where = NOUNS[unit]
    of_group = f" in the group {group}" if group else ""
    return (
        f"Of every {base:,} {nouns}{of_group} {metric.among.format(where=where)}, "
        f"about {about} (likely {low} to {high}) {metric.share}"
    )


def day(text: str) -> str:
    """An ISO date as people write it: 1 September 2021; other words as they are."""
    try:
        return f"{date.fromisoformat(text):%-d %B %Y}"
    except ValueError:
        return text


def capacity_in_words(definition: ModelDefinition) -> str:
    """How many the service can reach at each date."""
    capacity, nouns = definition.capacity, NOUNS[definition.unit][1]
    if capacity.count:
        return f"{capacity.count:,} {nouns} at each date"
    return f"{100 * (capacity.share or 0):g}% of {nouns} at each date"


def source_name(name: str, titles: Mapping[str, str]) -> str:
    """A source as people call it, by its contract's title where that is known."""
    return f"“{titles.get(name, name.replace('_', ' '))}”"


def group_name(group: str) -> str:
    """A group's name as people read it."""
    return group.replace("_", " ")


def listed(items: list[str]) -> str:
    """Words joined as in a sentence."""
    if len(items) < 2:  # noqa: PLR2004 one word needs no "and"
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: 1 concern, 2 concerns."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _limits(interval: Interval) -> str:
    return f"{100 * interval.low:.1f} to {100 * interval.high:.1f}"

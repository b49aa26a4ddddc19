"""A training in one or two sentences: what was put forward, whether the model beat it, and the bar."""

from collections.abc import Iterator, Mapping
from typing import Any

_LEARNT = {"lightgbm": "LightGBM", "logistic": "logistic regression"}
_FIRST = "lightgbm"
_BY_LOT = "random"


def headline(metrics: Mapping[str, Any]) -> str:
    """What a training came to, in plain words.

    Parameters
    ----------
    metrics
        As metrics.json holds them.
    """
    chosen = metrics["chosen"]
    return " ".join([f"Put forward: {_named(chosen)}.", *_against(metrics), _of_bar(metrics)])


def _against(metrics: Mapping[str, Any]) -> Iterator[str]:
    """LightGBM held against what was chosen; where it was chosen, against the best of the others."""
    chosen, means = metrics["chosen"], metrics["selection"]["means"]
    others = [name for name in means if name not in (*_LEARNT, _BY_LOT)]
    if chosen != _FIRST and _FIRST in metrics["candidates"]:
        yield _versus(metrics, chosen, _FIRST)
    elif chosen == _FIRST and others:
        yield _versus(metrics, chosen, max(others, key=lambda name: means[name]))


def _versus(metrics: Mapping[str, Any], chosen: str, other: str) -> str:
    """Whether LightGBM, which is one of the two, beat the other: ahead with its whole interval."""
    metric = metrics["selection"]["metric"]
    found: Mapping[str, Any] = next(
        (
            each
            for each in metrics["comparison"]
            if (each["candidate"], each["against"], each["metric"]) == (chosen, other, metric)
        ),
        {"low": None},
    )
    name = _LEARNT[_FIRST]
    beaten = "it" if other == _FIRST else _named(other)
    if found["low"] is None:
        return f"Whether {name} beats {beaten} cannot be told: too few known outcomes."
    sign = -1 if other == _FIRST else 1
    value = sign * found["difference"]
    low, high = sorted((sign * found["low"], sign * found["high"]))
    verb = "beat" if low > 0 else "did not beat"
    return (
        f"{name} {verb} {beaten} by {metric.replace('_', ' ')} ({100 * value:+.1f} percentage points, "
        f"95 % interval {100 * low:+.1f} to {100 * high:+.1f})."
    )


def _of_bar(metrics: Mapping[str, Any]) -> str:
    success = metrics["success"]
    missed = [line["rule"] for line in success["lines"] if line["met"] is False]
    verdict = "Bar met" if success["met"] else f"Bar not met: {'; '.join(missed)}"
    was_changed = success["registered"]["bar_changed_after_results"]
    return f"{verdict}{' (the bar was changed after results)' if was_changed else ''}."


def _named(candidate: str) -> str:
    if candidate in _LEARNT:
        return _LEARNT[candidate]
    if candidate == _BY_LOT:
        return "a random order"
    return f"the rule “{candidate}”"

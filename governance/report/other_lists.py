"""Lists drawn in other ways over the same people, as they may be printed beside the one proposed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from governance.assessment import Assessment
from governance.disclosure.control import CONFIDENTIAL, ProtectedCounts, protect_table
from governance.disclosure.put_together import put_together
from governance.fairness.counts import KNOWN, Counts
from governance.fairness.coverage import title_of
from governance.fairness.groups import Rate, rate
from governance.fairness.policy import METRICS, Metric, headline_metrics
from governance.report.document import Block, Column, Paragraph, Table
from governance.report.words import UNKNOWN, group_name, percent, rate_with_interval

REST = "All others together"
_AS_IT_IS = "as it is"


@dataclass(frozen=True)
class Part:
    """One or more groups put together: counts, and how much wider its rates vary for repeated entities."""

    counts: ProtectedCounts
    effects: Mapping[str, float]

    def rate(self, metric: Metric) -> Rate:
        """A rate of its printed counts."""
        return rate(metric, self.counts, self.effects.get(metric.name, 1.0))


@dataclass(frozen=True)
class PrintedLists:
    """Several lists over the same people, the first of them the one as it is.

    Attributes
    ----------
    everyone : dict of str to Part
        By list; empty where too few people are on any of them to print.
    groups : dict of str to dict of str to dict of str to Part
        By attribute, then group, then list.
    raw : mapping
        The lists as the analysis left them.
    """

    everyone: dict[str, Part]
    groups: dict[str, dict[str, dict[str, Part]]]
    raw: Mapping[str, Mapping[str, Any]]

    def gap(self, attribute: str, name: str, metric: Metric) -> float | None:
        """Highest less lowest rate of the printed groups; None where fewer than two have one."""
        rates = [parts[name].rate(metric) for parts in self.groups.get(attribute, {}).values()]
        values = [each.interval.value for each in rates if each.interval]
        return max(values) - min(values) if len(values) > 1 else None

    def listed_again(self, assessment: Assessment, name: str) -> str:
        """Share of the list as it is that stands on this one too, or the mark that stands in its place."""
        both, listed = self.raw[name]["listed_before_too"], self.raw[name]["listed"]
        if self.is_close(assessment, name):
            return CONFIDENTIAL
        return percent(both / listed, 0)

    def is_close(self, assessment: Assessment, name: str) -> bool:
        """Whether so few people are on only one of the two lists, or on both, that they go unsaid."""
        both, listed = self.raw[name]["listed_before_too"], self.raw[name]["listed"]
        protects = assessment.policy.protects
        return protects is not None and any(
            protects[0] <= few <= protects[1] and few for few in (both, listed - both)
        )

    def change(self, assessment: Assessment, name: str, figure: str) -> str:
        """Change of a figure from the list as it is, in points, with its paired interval."""
        found = self.raw[name]["changes"].get(figure)
        if found is None or self.is_close(assessment, name):
            return CONFIDENTIAL if found else UNKNOWN
        value, low, high = (
            None if found[part] is None else f"{100 * found[part]:+.1f}".replace("-", "−")
            for part in ("value", "low", "high")
        )
        return UNKNOWN if value is None else f"{value} ({low} to {high})"


def print_lists(assessment: Assessment, lists: Mapping[str, Mapping[str, Any]]) -> PrintedLists:
    """Lists as disclosure control lets them be printed, small groups put together.

    Only those whose outcome is known are counted.
    """
    whole = [table.everyone.counts.is_complete for table in assessment.tables.values()]
    everyone = {name: [own["everyone"]] for name, own in lists.items()}
    if not all(whole) or not lists:
        return PrintedLists({}, {}, lists)
    printed = _parts(assessment, {"Everyone": 0}, everyone, {0})
    groups = {}
    for attribute, table in assessment.tables.items():
        names = list(next(iter(lists.values()))["by_attribute"].get(attribute, {}))
        complete = {row.group for row in table.rows if row.counts.is_complete}
        told = {
            name: [own["by_attribute"][attribute][group] for group in names]
            for name, own in lists.items()
        }
        places = {group: place for place, group in enumerate(names)}
        may_stand = {places[group] for group in complete & places.keys()}
        groups[attribute] = _parts(assessment, places, told, may_stand) if names else {}
    return PrintedLists(printed.get("Everyone", {}), groups, lists)


def _parts(
    assessment: Assessment,
    places: Mapping[str, int],
    told: Mapping[str, list[Mapping[str, Any]]],
    may_stand: set[int],
) -> dict[str, dict[str, Part]]:
    names = list(places)
    counts = {
        name: np.array([each["counts"] for each in own], dtype=np.int64)
        for name, own in told.items()
    }
    parts = put_together(list(counts.values()), may_stand, assessment.policy)
    open_policy = replace(assessment.policy, protects=None)  # rounding stays
    found: dict[str, dict[str, Part]] = {}
    for part in parts:
        title = names[part[0]] if len(part) == 1 else REST
        found[title] = {}
        for name, table in counts.items():
            row: Counts = (table[list(part)].sum(axis=0) * KNOWN)[None, :]
            protected = protect_table([title], row, open_policy).groups[title]
            effects = {
                metric: max(told[name][place]["effects"].get(metric, 1.0) for place in part)
                for metric in METRICS
            }
            found[title][name] = Part(protected, effects)
    return found


def tables_by_group(
    assessment: Assessment, printed: PrintedLists, attribute_name: str, titles: Mapping[str, str]
) -> list[Block]:
    """Headline rates of each printed group under each of some lists, by one attribute."""
    attribute = next(a for a in assessment.definition.fairness.attributes if a.name == attribute_name)  # fmt: skip
    groups = printed.groups.get(attribute_name, {})
    if len(groups) < 2:  # noqa: PLR2004 one group alone is compared with nobody
        return [Paragraph(f"{title_of(attribute)}: withheld, the numbers by group are too small to print.")]  # fmt: skip
    return [
        Table(
            f"{title_of(attribute)}: {metric.title.lower()}, list by list",
            (Column("Group"), *(Column(title, "number") for title in titles.values())),
            tuple(
                (
                    group_name(group),
                    *(rate_with_interval(parts[name].rate(metric)) for name in titles),
                )
                for group, parts in groups.items()
            ),
            note="Shares with their 95% intervals, of those whose outcome is known. Groups too "
            "small to print by themselves under every list are put together.",
        )
        for metric in headline_metrics(assessment.definition.intervention)
    ]

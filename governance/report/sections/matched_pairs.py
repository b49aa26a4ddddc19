"""Section 12: people alike on record but of different groups, and how differently the list treats them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.assessment import Assessment
from governance.disclosure.control import CONFIDENTIAL, UNRELIABLE, DisclosurePolicy
from governance.fairness.coverage import title_of
from governance.fairness.intervals import Interval
from governance.fairness.paired import paired_difference
from governance.report.analysed import found_by, not_available
from governance.report.charts import Axis, Row, interval_chart
from governance.report.document import Block, Bullets, Column, Heading, Paragraph, Section, Table
from governance.report.findings import candidate_name
from governance.report.words import NOUNS, UNKNOWN, group_name, percent, points
from hearth.definition import ProtectedAttribute

_TITLE = "Matched pairs: alike on record, of different groups"
_CANNOT_TELL, _UNLIKE = "cannot tell", "not alike enough"
_ALIKE = 0.1
"""Standard deviations below which two sides are taken as balanced (Austin 2009, Statistics in Medicine 28, 3083-3107)."""


@dataclass(frozen=True)
class Pairs:
    """Pairs of one group with the reference, as they may be printed.

    Attributes
    ----------
    size
        Number of pairs; or the mark that stands for it and all that rests on it.
    listed, happened
        Shares of either side and their difference; or the mark that stands for them.
    """

    group: str
    reference: str
    size: int | str
    figures: Mapping[str, Any]
    listed: "Shares | str"
    happened: "Shares | str"


@dataclass(frozen=True)
class Shares:
    """Share of the group's side and of the reference's, and the difference with its interval."""

    own: float
    reference: float
    difference: Interval


def section(assessment: Assessment) -> Section:
    """Differences within pairs: place in the order, listing, and what happened."""
    found = found_by(assessment, "matched_pairs")
    if found is None:
        return not_available(12, _TITLE, assessment, "matched_pairs")
    nouns = NOUNS[assessment.definition.unit][1]
    by_attribute = _pairs(assessment, found)
    attributes = [a for a in assessment.definition.fairness.attributes if by_attribute.get(a.name)]
    return Section(
        12,
        _TITLE,
        (
            Paragraph(
                "No protected characteristic is a feature of the model. Changing it on one record would leave the "
                "score exactly as it was, so that test, often asked for, would show nothing. Instead "
                f"{nouns} of one group are paired with {nouns} of another whose records are alike in everything "
                "the model sees."
            ),
            Paragraph(
                f"Two records count as alike if they are no further apart than nine in ten {nouns} of the group "
                "compared with are from their nearest neighbour in it. Pairs are made one to one, nearest first, and each of the model's "
                f"groups of features has the same say. {found['people']:,} {nouns} were looked at, at their latest test date, as ranked by "
                f"{candidate_name(found['candidate'])}. Those high on the list are seldom alike with anyone, so "
                "fewer of them are in pairs. Of twenty groups that are treated alike, one stands apart by luck."
            ),
            Bullets(tuple(_sentences(attributes, by_attribute))),
            *(block for a in attributes for block in _attribute(assessment, a, by_attribute[a.name])),
        ),
    )  # fmt: skip


def _pairs(assessment: Assessment, found: Mapping[str, Any]) -> dict[str, list[Pairs]]:
    made: dict[str, list[Pairs]] = {}
    for shown, counts in zip(found["differences"], found["pairs"]["of"], strict=True):
        made.setdefault(shown["attribute"], []).append(_printed(assessment.policy, shown, counts))
    return made


def _printed(
    policy: DisclosurePolicy, shown: Mapping[str, Any], counts: Mapping[str, Any]
) -> Pairs:
    listed, known = counts["listed_pairs"], counts["outcome_pairs"]
    size = sum(listed)
    left = [counts[side] - size for side in ("people", "of_reference")]
    mark = _mark(policy, size, [size, *filter(None, left)])
    return Pairs(
        shown["group"],
        shown["reference"],
        mark or _rounded(size, policy),
        {**shown, **counts},
        mark or _shares(policy, listed, size),
        mark or _shares(policy, known, size),
    )


def _shares(policy: DisclosurePolicy, cells: Sequence[int], pairs: int) -> Shares | str:
    """Shares of a table of pairs, printed whole or not at all: no count in it or beside it is small."""
    both, own, other, neither = cells
    size = sum(cells)
    sums = (*cells, both + own, both + other, own + neither, other + neither, own + other, size)
    unknown = pairs - size
    mark = _mark(policy, size, [*sums, *([unknown] if unknown else [])])
    if mark:
        return mark
    both, own, other, neither = (_rounded(cell, policy) for cell in cells)
    size = max(1, both + own + other + neither)
    difference = paired_difference(own, other, size)
    return Shares((both + own) / size, (both + other) / size, difference)


def _mark(policy: DisclosurePolicy, size: int, counts: Sequence[int]) -> str:
    protects = policy.protects
    if protects and any(protects[0] <= count <= protects[1] for count in counts):
        return CONFIDENTIAL
    return UNRELIABLE if size < max(1, policy.least_denominator) else ""


def _rounded(count: int, policy: DisclosurePolicy) -> int:
    return policy.round_to * ((2 * count + policy.round_to) // (2 * policy.round_to))


def _sentences(
    attributes: Sequence[ProtectedAttribute], by_attribute: Mapping[str, list[Pairs]]
) -> Iterator[str]:
    for attribute in attributes:
        for pairs in by_attribute[attribute.name]:
            if isinstance(pairs.size, int) and _reading(pairs) != _UNLIKE:
                groups = tuple(map(group_name, (pairs.group, pairs.reference)))
                for said in (_standing_sentence(pairs), _outcome_sentence(pairs)):
                    if said:
                        yield f"{title_of(attribute)}, {groups[0]} beside {groups[1]}: {said}."


def _standing_sentence(pairs: Pairs) -> str:
    standing = pairs.figures["standing"]
    if _reading(pairs) == _CANNOT_TELL:
        return ""
    return (
        f"those alike on record stand {_reading(pairs)}, by "
        f"{points(abs(standing['value']), is_signed=False)} places in a hundred (difference {_ends(standing)})"
    )


def _outcome_sentence(pairs: Pairs) -> str:
    found = pairs.happened
    if isinstance(found, str) or _spans_nought(found.difference):
        return ""
    word = "more" if found.difference.value > 0 else "less"
    return (
        f"to those alike on record the outcome happened {word} often, {percent(found.own, 0)} against "
        f"{percent(found.reference, 0)}, so that the records do not say the same of both groups"
    )


def _reading(pairs: Pairs) -> str:
    standing = pairs.figures["standing"]
    if pairs.figures["unlike"] >= _ALIKE:
        return _UNLIKE
    if standing["low"] is None or standing["low"] <= 0 <= standing["high"]:
        return _CANNOT_TELL
    return "higher" if standing["value"] > 0 else "lower"


def _attribute(
    assessment: Assessment, attribute: ProtectedAttribute, pairs: Sequence[Pairs]
) -> Iterator[Block]:
    title = title_of(attribute)
    printed = [each for each in pairs if isinstance(each.size, int)]
    yield Heading(title)
    if printed:
        yield interval_chart(
            f"pairs-{attribute.name}".replace("_", "-"),
            f"{title}: average place in the order, within pairs",
            "One row a group: the point is the average share of everybody ranked lower than the group's side "
            "of the pairs, with the 95% interval of its difference from the other side, which is the upright "
            "stroke. The table below gives the same figures.",
            [_row(each) for each in printed],
            Axis("Share of everybody ranked lower"),
        )
    yield Table(
        f"{title}: place in the order, within pairs",
        (
            Column("Group"),
            Column("Compared with"),
            Column("Pairs", "number"),
            Column("Ranked lower than the group's side", "number"),
            Column("Than the other side", "number"),
            Column("Difference, points (95% interval)", "number"),
            Column("Difference without pairing, points", "number"),
            Column("How unlike (before)", "number"),
            Column("Reading"),
        ),
        tuple(_standing_cells(each) for each in pairs),
        note="How unlike the two sides' average records are, in standard deviations, within pairs and, in "
        "brackets, before pairing; from 0.1 on they are not alike enough to compare.",
    )
    yield Table(
        f"{title}: listed, and what happened, within pairs",
        (
            Column("Group"),
            Column("Listed, of the group's side", "number"),
            Column("Of the other side", "number"),
            Column("Difference, points (95% interval)", "number"),
            Column("Outcome happened, group's side", "number"),
            Column("Other side", "number"),
            Column("Difference, points (95% interval)", "number"),
        ),
        tuple(
            (group_name(each.group), *_share_cells(each.listed), *_share_cells(each.happened))
            for each in pairs
        ),
        note=f"A row is withheld where it rests on counts that may not be printed. {assessment.policy.text} What happened is of pairs in which "
        "both outcomes are known.",
    )


def _row(pairs: Pairs) -> Row:
    figures = pairs.figures
    own, other, standing = figures["standing_own"], figures["standing_reference"], figures["standing"]  # fmt: skip
    low, high = (None if standing[end] is None else other + standing[end] for end in ("low", "high"))  # fmt: skip
    return Row(group_name(pairs.group), own, low, high, percent(own, 0), stated=other)


def _standing_cells(pairs: Pairs) -> tuple[str, ...]:
    names = (group_name(pairs.group), group_name(pairs.reference))
    if isinstance(pairs.size, str):
        return (*names, *[pairs.size] * 6, _CANNOT_TELL)
    figures = pairs.figures
    standing = figures["standing"]
    return (
        *names,
        f"{pairs.size:,}",
        percent(figures["standing_own"]),
        percent(figures["standing_reference"]),
        f"{points(standing['value'])} ({_ends(standing)})",
        points(figures["standing_before"]),
        f"{figures['unlike']:.2f} ({figures['unlike_before']:.2f})",
        _reading(pairs),
    )


def _share_cells(shares: Shares | str) -> tuple[str, ...]:
    if isinstance(shares, str):
        return (shares,) * 3
    found = shares.difference
    ends = {"low": found.low, "high": found.high}
    return (percent(shares.own), percent(shares.reference), f"{points(found.value)} ({_ends(ends)})")  # fmt: skip


def _ends(estimate: Mapping[str, float | None]) -> str:
    if estimate["low"] is None or estimate["high"] is None:
        return UNKNOWN
    return f"{points(estimate['low'])} to {points(estimate['high'])}"


def _spans_nought(interval: Interval) -> bool:
    return interval.low <= 0 <= interval.high

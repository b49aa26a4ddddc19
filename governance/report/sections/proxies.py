"""Section 11: how well the features tell protected groups apart, and what leaving the strongest out would cost."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from governance.assessment import Assessment
from governance.fairness.coverage import title_of
from governance.fairness.policy import METRICS, headline_metrics
from governance.report.analysed import found_by, not_available, whose_lists
from governance.report.charts import Axis, Row, interval_chart
from governance.report.document import Block, Bullets, Column, Heading, Paragraph, Section, Table
from governance.report.other_lists import PrintedLists, print_lists, tables_by_group
from governance.report.words import (
    NOUNS,
    group_name,
    listed,
    percent,
    points,
    rate_with_interval,
)
from hearth.definition import ProtectedAttribute

_TITLE = "Proxies: what features give away"
_AS_IT_IS = "as it is"
_HARDLY, _PARTLY = 0.6, 0.75
_MOST_CARRIERS = 5


def section(assessment: Assessment) -> Section:
    """Groups told apart, reason groups that tell them, and the price of dropping the strongest."""
    found = found_by(assessment, "proxies")
    if found is None:
        return not_available(11, _TITLE, assessment, "proxies")
    told = {each["attribute"] for each in found["groups"]}
    attributes = [a for a in assessment.definition.fairness.attributes if a.name in told]
    return Section(
        11,
        _TITLE,
        (
            Paragraph(
                "The model is never shown a protected characteristic, but its features can stand in for "
                "one: then it may treat groups differently without naming them. To see how far they do, "
                "a separate model was taught to tell each group from the same features, and asked about "
                f"{NOUNS[assessment.definition.unit][1]} that it had not learnt from ({found['rows']:,} of "
                f"{found['of_rows']:,} rows). Nothing of it is used for anything else."
            ),
            Bullets(tuple(_sentence(assessment, attribute, found) for attribute in attributes)),
            *(
                block
                for attribute in attributes
                for block in _attribute(assessment, attribute, found)
            ),
            *_cost(assessment, found),
        ),
    )


def _sentence(
    assessment: Assessment, attribute: ProtectedAttribute, found: Mapping[str, Any]
) -> str:
    strongest = _carriers(attribute, found)[0]
    values = [auc["value"] for _, auc in _groups(attribute, found)]
    most = max(values)
    how = (
        "hardly better than a guess" if most < _HARDLY else "in part" if most < _PARTLY else "well"
    )
    by = _reason_title(assessment, strongest["reason_group"])
    carried = f"; by itself “{by}” tells it best" if most >= _HARDLY else ""
    accuracy = found["accuracy"][attribute.name]
    return (
        f"{title_of(attribute)}: told {how}{carried}. The right group was named for "
        f"{percent(accuracy['right'], 0)}; always naming the commonest would be right for "
        f"{percent(accuracy['commonest'], 0)}."
    )


def _attribute(
    assessment: Assessment, attribute: ProtectedAttribute, found: Mapping[str, Any]
) -> Iterator[Block]:
    title, noun = title_of(attribute), NOUNS[assessment.definition.unit][0]
    caption = f"{title}: how well features tell each group"
    groups = _groups(attribute, found)
    yield Heading(title)
    yield interval_chart(
        f"proxies-{attribute.name}".replace("_", "-"),
        caption,
        f"One row a group: shown one {noun} of the group and one that is not, how often the features "
        "point at the right one, with its 95% interval. Half is a guess, drawn as an upright stroke. "
        "The table below gives the same figures.",
        [
            Row(group_name(g), auc["value"], auc["low"], auc["high"], percent(auc["value"], 0), stated=0.5)
            for g, auc in groups
        ],
        Axis("Share of such pairs told rightly"),
    )  # fmt: skip
    yield Table(
        caption,
        (Column("Group"), Column("Pairs told rightly (95% interval)", "number")),
        tuple((group_name(group), _share(auc)) for group, auc in groups),
        note=f"Groups with fewer than {found['least_in_group']} rows are left out. The share is the "
        "area under the curve (AUC) of the group against all others.",
    )
    yield Table(
        f"{title}: which features tell it",
        (Column("Features, by themselves"), Column("Pairs told rightly (95% interval)", "number")),
        tuple(
            (_reason_title(assessment, each["reason_group"]), _share(each["auc_alone"]))
            for each in islice(_carriers(attribute, found), _MOST_CARRIERS)
        ),
        note=f"The first {_MOST_CARRIERS} of the model's groups of features; every group counts alike.",
    )


def _cost(assessment: Assessment, found: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading("What leaving the strongest out would cost")
    if not found["lists"]:
        yield Paragraph(
            "No group of features tells any of these characteristics well by itself, so nothing was left out."
        )
        return
    printed = print_lists(assessment, found["lists"])
    names = [name for name in found["lists"] if name != _AS_IT_IS]
    yield Paragraph(
        "The model was trained again without the features that tell a characteristic best. A list that "
        "changes little without them does not need them. "
        f"{whose_lists(assessment, found['learner'])}"
    )
    if not printed.everyone:
        yield Paragraph("Withheld: the numbers are too small to print.")
        return
    yield Table(
        "The list without the strongest proxies",
        (
            Column("Left out"),
            Column("Listed again", "number"),
            Column("Found, of all with the outcome (95% interval)", "number"),
            Column("Change, points (95% interval)", "number"),
            Column("Of the list, had the outcome (95% interval)", "number"),
        ),
        tuple(_list_row(assessment, printed, name) for name in [_AS_IT_IS, *names]),
        note="The change is a mean over test dates, of the same people with and without.",
    )
    yield from _gaps(assessment, printed, [_AS_IT_IS, *names])
    titles = {_AS_IT_IS: "As it is"} | {
        name: f"Without {_left_out(assessment, name)}" for name in names
    }
    for attribute in assessment.definition.fairness.attributes:
        yield from tables_by_group(assessment, printed, attribute.name, titles)


def _gaps(assessment: Assessment, printed: PrintedLists, names: list[str]) -> Iterator[Block]:
    """Widest gap by list, where there is one to print."""
    metric = headline_metrics(assessment.definition.intervention)[0]
    attributes = assessment.definition.fairness.attributes
    if all(printed.gap(a.name, name, metric) is None for a in attributes for name in names):
        return
    yield Table(
        "Widest gap between groups without the strongest proxies, points",
        (Column("Left out"), *(Column(title_of(attribute), "number") for attribute in attributes)),
        tuple(
            (
                "Nothing" if name == _AS_IT_IS else _left_out(assessment, name),
                *(points(printed.gap(a.name, name, metric), is_signed=False) for a in attributes),
            )
            for name in names
        ),
        note=f"{metric.title}: highest less lowest of the groups printed below. Of few people it moves by luck as well.",
    )


def _list_row(assessment: Assessment, printed: PrintedLists, name: str) -> tuple[str, ...]:
    rates = {key: rate_with_interval(printed.everyone[name].rate(METRICS[key])) for key in ("recall", "precision")}  # fmt: skip
    if name == _AS_IT_IS:
        return ("Nothing", "–", rates["recall"], "–", rates["precision"])
    return (
        _left_out(assessment, name),
        printed.listed_again(assessment, name),
        rates["recall"],
        printed.change(assessment, name, "recall_at_capacity"),
        rates["precision"],
    )


def _left_out(assessment: Assessment, name: str) -> str:
    return listed([f"“{_reason_title(assessment, group)}”" for group in name.split(" + ")])


def _groups(
    attribute: ProtectedAttribute, found: Mapping[str, Any]
) -> list[tuple[str, dict[str, float]]]:
    return [(e["group"], e["auc"]) for e in found["groups"] if e["attribute"] == attribute.name]


def _carriers(attribute: ProtectedAttribute, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [each for each in found["carriers"] if each["attribute"] == attribute.name]


def _reason_title(assessment: Assessment, group: str) -> str:
    titles = {each.group: each.reason.title for each in assessment.definition.features}
    return titles.get(group, group_name(group))


def _share(auc: Mapping[str, float | None]) -> str:
    if auc["low"] is None:
        return percent(auc["value"], 0)
    low, high = (percent(auc[end], 0).rstrip("%") for end in ("low", "high"))
    return f"{percent(auc['value'], 0)} ({low} to {high})"

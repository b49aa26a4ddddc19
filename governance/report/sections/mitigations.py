"""Section 17: ways of evening out the list that others use, what each would change, and its price."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.assessment import Assessment
from governance.fairness.coverage import title_of
from governance.fairness.policy import METRICS, Metric
from governance.report.analysed import found_by, not_available, whose_lists
from governance.report.charts import Axis, Row, interval_chart
from governance.report.document import (
    Block,
    Bullets,
    Column,
    Heading,
    Inset,
    Paragraph,
    Section,
    Table,
)
from governance.report.other_lists import PrintedLists, print_lists, tables_by_group
from governance.report.words import UNKNOWN, percent, points, rate_alone, rate_with_interval
from hearth.definition import Intervention, ProtectedAttribute

_TITLE = "Ways of evening out, tried for show"
_AS_IT_IS = "as it is"
_WAYS = {
    "reweighing": "Weights in training",
    "reduction": "A learner held to equal rates",
    "thresholds by group": "A threshold for each group",
}


def section(assessment: Assessment) -> Section:
    """Each way for each attribute: price in recall and precision, gap before and after, lots."""
    found = found_by(assessment, "mitigations")
    if found is None:
        return not_available(17, _TITLE, assessment, "mitigations")
    printed = print_lists(assessment, found["lists"])
    return Section(
        17,
        _TITLE,
        (
            Inset(
                "This is analysis. None of these lists is proposed, and Hearth cannot serve one.",
                is_warning=True,
            ),
            Paragraph(
                "Others even out such lists by arithmetic. The table shows what that would do here, for the "
                "same people and a list of the same length. "
                f"{whose_lists(assessment, found['learner'])}"
            ),
            Bullets(tuple(_explained(assessment, found))),
            *_results(assessment, found, printed),
        ),
    )


def _explained(assessment: Assessment, found: Mapping[str, Any]) -> Iterator[str]:
    lots = {
        way: max(
            (each["by_lot"] or 0.0 for each in found["lists"].values() if each.get("way") == way),
            default=0.0,
        )
        for way in _WAYS
    }
    evened = (
        "wrongly listed among those without the outcome"
        if assessment.definition.intervention is Intervention.PUNITIVE
        else "found among those with the outcome"
    )
    yield (
        "Weights in training (reweighing, Kamiran and Calders 2012): past cases count for more or less, "
        "so that the outcome is as frequent in every group. The list is made without knowing the group."
    )
    yield (
        f"A learner held to equal rates (fairlearn's exponentiated gradient): it is punished where groups differ "
        f"in who is {evened}. It mixes several models and picks one by lot: up to {percent(lots['reduction'], 0)} "
        "of people would be decided by lot."
    )
    yield (
        "A threshold for each group (fairlearn's threshold optimiser): groups are held to different scores. Up to "
        f"{percent(lots['thresholds by group'], 0)} of people would be decided by lot, and each person's protected "
        "characteristic must be known when they are scored. To treat a person differently by it is unlawful as a "
        "rule (Equality Act 2010, section 13; positive action under section 158 is narrow)."
    )


def _results(
    assessment: Assessment, found: Mapping[str, Any], printed: PrintedLists
) -> Iterator[Block]:
    if not printed.everyone:
        yield Paragraph("Withheld: the numbers are too small to print.")
        return
    punitive = assessment.definition.intervention is Intervention.PUNITIVE
    evened = METRICS["false_positive_rate" if punitive else "recall"]
    for attribute in assessment.definition.fairness.attributes:
        names = [n for n, each in found["lists"].items() if each.get("attribute") == attribute.name]
        if names:
            yield Heading(title_of(attribute))
            yield _chart(attribute, found, printed, names)
            yield _table(assessment, attribute, found, printed, names, evened)
            titles = {_AS_IT_IS: "As it is"} | {n: _way(found, n) for n in names}
            yield from tables_by_group(assessment, printed, attribute.name, titles)


def _chart(
    attribute: ProtectedAttribute,
    found: Mapping[str, Any],
    printed: PrintedLists,
    names: list[str],
) -> Block:
    recall = METRICS["recall"]
    before = printed.everyone[_AS_IT_IS].rate(recall).interval

    def row(name: str) -> Row:
        rate = printed.everyone[name].rate(recall)
        found_by_list = rate.interval
        return Row(
            "As it is" if name == _AS_IT_IS else _way(found, name),
            found_by_list.value if found_by_list else None,
            found_by_list.low if found_by_list else None,
            found_by_list.high if found_by_list else None,
            rate_alone(rate),
            "square" if name == _AS_IT_IS else "circle",
            stated=before.value if before else None,
        )

    return interval_chart(
        f"mitigations-{attribute.name}".replace("_", "-"),
        f"{title_of(attribute)}: found by each list, of all with the outcome",
        "One row a way, with its 95% interval; the square is the list as it is, whose share is the upright "
        "stroke on every row. The table below gives the same figures.",
        [row(name) for name in (_AS_IT_IS, *names)],
        Axis("Share found of all with the outcome"),
    )


def _table(  # noqa: PLR0917 - a table of one attribute, of what its callers hold
    assessment: Assessment,
    attribute: ProtectedAttribute,
    found: Mapping[str, Any],
    printed: PrintedLists,
    names: list[str],
    evened: Metric,
) -> Table:
    def row(name: str) -> tuple[str, ...]:
        is_first = name == _AS_IT_IS
        recall, precision = (
            rate_with_interval(printed.everyone[name].rate(METRICS[key]))
            for key in ("recall", "precision")
        )
        by_lot = found["lists"][name].get("by_lot")
        return (
            "As it is" if is_first else _way(found, name),
            points(printed.gap(attribute.name, name, evened), is_signed=False),
            recall,
            UNKNOWN if is_first else printed.change(assessment, name, "recall_at_capacity"),
            precision,
            UNKNOWN if is_first else printed.listed_again(assessment, name),
            UNKNOWN if by_lot is None else percent(by_lot, 0),
        )

    return Table(
        f"{title_of(attribute)}: what each way changes, and its price",
        (
            Column("Way"),
            Column("Widest gap between groups, points", "number"),
            Column("Found, of all with the outcome (95% interval)", "number"),
            Column("Change, points (95% interval)", "number"),
            Column("Of the list, had the outcome (95% interval)", "number"),
            Column("Listed again", "number"),
            Column("Decided by lot", "number"),
        ),
        tuple(row(name) for name in (_AS_IT_IS, *names)),
        note=f"The gap is between the highest and the lowest printed group: {evened.title.lower()}. Of few "
        "people it moves by luck as well. The change is a mean over test dates.",
    )


def _way(found: Mapping[str, Any], name: str) -> str:
    return _WAYS[found["lists"][name]["way"]]

"""Section 13: how much of the list hangs on who happened to be in the records."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.assessment import Assessment
from governance.report.analysed import found_by, not_available
from governance.report.bands import band_of
from governance.report.charts import Axis, Row, interval_chart
from governance.report.document import Block, Bullets, Column, Inset, Paragraph, Section, Table
from governance.report.findings import LEARNERS, candidate_name
from governance.report.words import NOUNS, day

_TITLE = "How stable the list is"
_BANDS = " Shares are given as bands wide enough to hold no small count."
_OPEN_QUESTION = 0.5
"""Of a list that keeps less than half of its places, more is luck than not."""


def section(assessment: Assessment) -> Section:
    """Spread of scores and list over retrains, each from half of the records."""
    found = found_by(assessment, "seeds")
    if found is None:
        return not_available(13, _TITLE, assessment, "seeds")
    learners = found["learners"]
    caption = "What stays when the model is trained again"
    return Section(
        13,
        _TITLE,
        (
            Paragraph(
                f"Each way of learning was trained {found['refits']} times more, each time from a "
                "random half of the records and with another seed, and put "
                f"{NOUNS[assessment.definition.unit][1]} in order as of {day(found['test_as_of'])}. "
                "A half varies about as much as a fresh set of records of the full size would. A "
                "place on the list that comes and goes is luck as much as need."
            ),
            Bullets(tuple(_sentence(assessment, spread) for spread in learners)),
            *_warning(assessment, learners),
            interval_chart(
                "stability",
                "Part of the list that a retrain lists too",
                "One row a way of learning: the point is the average over retrains, the line runs "
                "from the worst to the best of them. The table below gives the same figures.",
                [_row(assessment, spread) for spread in learners],
                Axis("Share of the list that is listed again"),
            ),
            Table(
                caption,
                (
                    Column("Way of learning"),
                    Column("Listed again, on average", "number"),
                    Column("At worst", "number"),
                    Column("At best", "number"),
                    Column("Same strongest reason", "number"),
                    Column("Score moves by, on the list, points", "number"),
                    Column("Of everyone, points", "number"),
                ),
                tuple(_cells(assessment, spread) for spread in learners),
                note="A score moves by one standard deviation over the retrains, as a chance before "
                f"calibration.{'' if assessment.policy.is_open else _BANDS}",
            ),
        ),
    )


def _sentence(assessment: Assessment, spread: Mapping[str, Any]) -> str:
    nouns = NOUNS[assessment.definition.unit][1]
    kept, least, same = (
        band_of(assessment, spread[part]).words for part in ("kept", "least_kept", "same_reason")
    )
    at_worst = "" if least == kept else f", {least} at worst"
    return (
        f"{_name(assessment, spread)}: of every 100 {nouns} on its list, a retrain lists about "
        f"{kept} again{at_worst}; of those on the list, {same} in 100 keep the same strongest "
        "reason."
    )


def _warning(assessment: Assessment, learners: list[Mapping[str, Any]]) -> Iterator[Block]:
    own = [spread for spread in learners if spread["learner"] == assessment.candidate]
    if not own:
        name = candidate_name(assessment.candidate)
        yield Paragraph(
            f"What is proposed for use, {name}, is neither of them and was not trained again here."
        )
    elif own[0]["kept"] < _OPEN_QUESTION:
        yield Inset(
            "Less than half of the list is listed again. Which people it names hangs more on who "
            "was in the records than on anything that would show up again.",
            is_warning=True,
        )


def _row(assessment: Assessment, spread: Mapping[str, Any]) -> Row:
    is_own = spread["learner"] == assessment.candidate
    kept, least, most = (
        band_of(assessment, spread[part]) for part in ("kept", "least_kept", "most_kept")
    )
    return Row(
        _name(assessment, spread),
        (kept.low + kept.high) / 2,
        least.low,
        most.high,
        f"{kept.words}%",
        "square" if is_own else "circle",
    )


def _cells(assessment: Assessment, spread: Mapping[str, Any]) -> tuple[str, ...]:
    parts = ("kept", "least_kept", "most_kept", "same_reason")
    moved = (f"{100 * spread[part]:.1f}" for part in ("list_sd", "score_sd"))
    return (
        _name(assessment, spread),
        *(f"{band_of(assessment, spread[part]).words}%" for part in parts),
        *moved,
    )


def _name(assessment: Assessment, spread: Mapping[str, Any]) -> str:
    name = LEARNERS.get(spread["learner"], spread["learner"])
    proposed = " (proposed)" if spread["learner"] == assessment.candidate else ""
    return f"{name[0].upper()}{name[1:]}{proposed}"

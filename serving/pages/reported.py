"""What a version's report comes to, read from its report.json: verdicts, success bar, headline figures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hearth.errors import BundleError

REPORT, FIGURES = "report.html", "report.json"


@dataclass(frozen=True)
class Figure:
    """A rate of the chosen candidate's list on one test date, or the mark that stands in its place."""

    split: str
    precision: str
    recall: str
    base_rate: str


@dataclass(frozen=True)
class GroupFigure:
    """One comparison between groups that carries a verdict."""

    attribute: str
    group: str
    metric: str
    rate: str
    verdict: str


@dataclass(frozen=True)
class Headline:
    """What a board reads first of a version.

    Attributes
    ----------
    verdicts : dict of str to int
        How many comparisons between groups read so.
    bar : list of tuple of str, bool or None
        Each line of the success bar, and whether it was met; None where it cannot be said.
    """

    title: str
    question: str
    candidate: str
    made_on: str
    verdicts: Mapping[str, int]
    is_bar_met: bool
    bar: tuple[tuple[str, bool | None], ...]
    figures: tuple[Figure, ...]
    groups: tuple[GroupFigure, ...]

    @property
    def concerns(self) -> int:
        """Comparisons that read as a concern."""
        return self.verdicts.get("concern", 0)


def headline_of(files: Mapping[str, bytes]) -> Headline:
    """Headline of a published report.

    Raises
    ------
    BundleError
        If its report.json cannot be read.
    """
    try:
        said = json.loads(files[FIGURES])
        success = said["success"]
        return Headline(
            title=said["document"]["title"],
            question=said["document"]["subtitle"],
            candidate=said["candidate"],
            made_on=said["provenance"]["made_on"],
            verdicts=said["verdicts"],
            is_bar_met=bool(success["met"]),
            bar=tuple((line["rule"], line["met"]) for line in success["lines"]),
            figures=tuple(_figures(said)),
            groups=tuple(_groups(said)),
        )
    except (KeyError, TypeError, ValueError):
        raise BundleError(
            "the report that was published cannot be read; report and submit the version again"
        ) from None


def _figures(said: Mapping[str, Any]) -> list[Figure]:
    found = []
    for split in said["performance"]["splits"]:
        rates = split["candidates"][said["candidate"]]["rates"]
        found.append(
            Figure(
                split["split"],
                _shown(rates["precision"]),
                _shown(rates["recall"]),
                _shown(split["base_rate"]),
            )
        )
    return found


def _groups(said: Mapping[str, Any]) -> list[GroupFigure]:
    """Comparisons that the report judged: a verdict other than that of the reference."""
    return [
        GroupFigure(
            attribute,
            row["group"].replace("_", " "),
            said["headline_metrics"][metric].lower(),
            _shown(row["rates"][metric]),
            compared["verdict"],
        )
        for attribute, table in said["groups"].items()
        for row in table["rows"]
        for metric, compared in row["comparisons"].items()
        if metric in said["headline_metrics"]
    ]


def _shown(rate: Mapping[str, Any]) -> str:
    """A rate with its interval in hundredths, or its mark."""
    interval = rate["interval"]
    if interval is None:
        return str(rate["mark"])
    value, low, high = (100 * interval[name] for name in ("value", "low", "high"))
    return f"{value:.0f}% ({low:.0f} to {high:.0f})"

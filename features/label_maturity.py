"""Label maturity: labels are refused where the extract of outcomes is not whole as far as they reach."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import exp, lgamma
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.conditions import meets
from features.days import date_of, day_of, days
from features.ingest.snapshot import snapshot_manifest
from features.known_rows import EVENT_DATE, KnownRows
from features.labels import rows_that_say
from hearth.definition import ModelDefinition
from hearth.errors import DataError, Fault
from hearth.periods import Period
from hearth.source_contract import SourceContract

BY_CHANCE = 1e-6
"""Probability below which rows of one class alone are held to be a fault of the extract."""

_LEAST_DAYS = 28
"""A batch that was recorded in a day or a week may be of one class; a month of rows is not."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Checked:
    """Labels of a model, and the extract that they come from."""

    definition: ModelDefinition
    labels: pa.Table
    extracted_on: date

    @property
    def mature(self) -> list[date]:
        """As-of dates whose labels were all recorded by the extract."""
        label = self.definition.label
        return [
            day
            for day in self.definition.as_of.dates()
            if label.matures_on(day) <= self.extracted_on
        ]

    def fault(self, place: str, found: str, remedy: str) -> Fault:
        return Fault(f"models/{self.definition.model}/model.yaml", place, found, remedy)


def outcomes_known_by(contract: SourceContract, state_dir: Path) -> date:
    """Day to which an extract reaches: as its contract says, or else the last day it knows of."""
    last = snapshot_manifest(state_dir, contract.source)["last_known_on"]
    return contract.read.extracted_on or date.fromisoformat(last)


def check_maturity(
    definition: ModelDefinition, labels: pa.Table, source: KnownRows, *, extracted_on: date
) -> None:
    """Refuse labels that are demanded before they can be mature, or that lack one class from a day on.

    An extract may be of today and still not be whole: where only what came true is entered at
    once, the latest rows are all of one class, and a model would learn that from the date alone.

    Parameters
    ----------
    definition
        The model.
    labels
        Labels of its cohort, as `label_rows` gives them.
    source
        Rows of the label's source.
    extracted_on
        Day of the source's extract.

    Raises
    ------
    DataError
        If the first date to be tested on was not mature at the extract; if all rows from some day
        on are of one class, or all labels of an as-of date are, where before or beside them both
        are common. It names the date.
    """
    checked = _Checked(definition, labels, extracted_on)
    faults = [*_demanded_too_early(checked)]
    if checked.mature:
        censored_from = _one_class_from(checked, source)
        faults += [_not_whole(checked, *censored_from)] if censored_from else []
        faults += _one_class_dates(checked, before=censored_from[0] if censored_from else date.max)
    if faults:
        raise DataError(faults)


def chance_of_one_class(many: int, *, alike: int, of: int) -> float:
    """Probability that `many` further rows are all of a class that `alike` of `of` rows are of.

    The base rate is not known but learnt from the `of` rows, with every rate as likely beforehand
    (Laplace's rule of succession), so that few rows never make a rate look certain.

    References
    ----------
    Laplace (1774), "Mémoire sur la probabilité des causes par les événements".
    """
    others = of - alike + 1
    return exp(
        lgamma(alike + 1 + many)
        - lgamma(alike + 1 + many + others)
        - lgamma(alike + 1)
        + lgamma(alike + 1 + others)
    )


def _demanded_too_early(checked: _Checked) -> Iterator[Fault]:
    wanted, label = checked.definition.as_of.test_from, checked.definition.label
    if wanted is None:
        return
    first = min(day for day in checked.definition.as_of.dates() if day >= wanted)
    mature_on = label.matures_on(first)
    if mature_on <= checked.extracted_on:
        return
    last = checked.mature[-1:]
    earlier = f"test from {last[0]} or earlier, or " if last else ""
    yield checked.fault(
        "as_of.test_from",
        f"asks for tests on {first}, whose labels are mature on {mature_on}, after the extract of "
        f"{label.source} on {checked.extracted_on}",
        f"{earlier}wait for an extract of {mature_on} or later",
    )


def _one_class_from(checked: _Checked, source: KnownRows) -> tuple[date, str] | None:
    """First day from which on all outcome rows are of one class, against all chance, and how many."""
    label = checked.definition.label
    table = rows_that_say(label, source)
    happened = days(table[EVENT_DATE]).astype(np.int64)
    first, last = checked.mature[0], max(map(label.closes_on, checked.mature))
    labelled = (happened >= day_of(first)) & (happened < day_of(last))
    happened, positive = (
        happened[labelled],
        np.asarray(meets(table, label.outcome), dtype=bool)[labelled],
    )
    for alike in (positive, ~positive):
        if alike.all() or not alike.any():
            return None
        since = happened[~alike].max()
        run = happened > since
        if not run.any() or happened.max() - since < _LEAST_DAYS:
            continue
        many, of = int(run.sum()), int((~run).sum())
        before = int(alike[~run].sum())
        if chance_of_one_class(many, alike=before, of=of) < BY_CHANCE:
            has = "have" if alike is positive else "lack"
            said = f"all {many:,} rows {has} the outcome, as {before:,} of {of:,} before do"
            return date_of(since + 1), said
    return None


def _not_whole(checked: _Checked, since: date, said: str) -> Fault:
    label = checked.definition.label
    first = min(day for day in checked.mature if label.closes_on(day) > since)
    months = 1
    while Period(months=months).after(label.closes_on(first)) <= checked.extracted_on:
        months += 1
    return checked.fault(
        "label.maturity",
        f"is {label.maturity}, but the extract of {label.source} is not whole from {since} on: "
        f"{said}. The labels of {first}, and of later dates, reach past that day",
        f"have the extract made whole, or write {months}m or more, so that these dates get no label "
        "before the other outcomes are recorded",
    )


def _one_class_dates(checked: _Checked, *, before: date) -> Iterator[Fault]:
    """The first as-of date with labels of one class, against all chance where others have both."""
    observed = checked.labels.filter(checked.labels["observed"])
    as_of = days(observed["as_of"])
    positive = np.asarray(observed["label"].combine_chunks(), dtype=bool)
    day, place = np.unique(as_of, return_inverse=True)
    rows = np.bincount(place, minlength=len(day))
    true = np.bincount(place, positive, minlength=len(day)).astype(int)
    mixed = (true > 0) & (true < rows)
    for i in np.flatnonzero(~mixed) if mixed.any() else ():
        when, all_true = date_of(day[i]), bool(true[i])
        many, of = int(rows[i]), int(rows[mixed].sum())
        alike = int((true if all_true else rows - true)[mixed].sum())
        chance = chance_of_one_class(many, alike=alike, of=of)
        if chance >= BY_CHANCE or checked.definition.label.closes_on(when) > before:
            continue
        yield checked.fault(
            "label",
            f"is {'true' if all_true else 'false'} for all {many:,} labelled at {when}, as it is for "
            f"{alike:,} of {of:,} at other dates",
            "have the extract mended, leave the date out by as_of.first, or lengthen label.maturity "
            "until its outcomes are all recorded",
        )
        return

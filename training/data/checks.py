"""What is looked at before anything is fitted: whether there is enough to learn from and to test on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from hearth.definition import ModelDefinition
from hearth.errors import DataError, Fault
from training.data.examples import Examples
from training.data.prepared import Prepared
from training.experiment import usable_splits
from training.figures.metrics import Outcomes
from training.figures.ranking import Bools, Floats
from training.validation.splits import LabelPeriod, Split, Timetable, temporal_splits

_NOBODY = "nobody is in the cohort"
_UNSEEN = "no outcome was observed"


@dataclass(frozen=True)
class Untested:
    """A date that the definition asks to be tested on and that cannot be, and why."""

    as_of: date
    why: str


def planned_splits(definition: ModelDefinition, known_by: date) -> tuple[Split, ...]:
    """Splits that a definition asks for, whoever was looked at, of labels mature by a day."""
    label = definition.label
    periods = [
        LabelPeriod(day, label.closes_on(day), label.matures_on(day))
        for day in definition.as_of.dates()
        if label.matures_on(day) <= known_by
    ]
    return temporal_splits(periods, Timetable.of(definition))


def untested(prepared: Prepared) -> tuple[Untested, ...]:
    """Dates that the definition asks to be tested on and that cannot be, earliest first."""
    definition, examples = prepared.definition, prepared.examples
    usable = usable_splits(definition, examples, prepared.periods)
    tested = {split.test.as_of for split in usable}
    return tuple(
        Untested(split.test.as_of, _why(examples, split))
        for split in planned_splits(definition, prepared.labels_known_by)
        if split.test.as_of not in tested
    )


def check_rows(prepared: Prepared) -> None:
    """Refuse rows on which no training could stand, with every fault together.

    Raises
    ------
    DataError
        If no date can be tested on, or not the first that the definition names; if the capacity is
        above the cohort of a date tested on or scored for use; or if nobody is there to be scored.
    """
    left_out = untested(prepared)
    splits = usable_splits(prepared.definition, prepared.examples, prepared.periods)
    faults = [*_size_faults(prepared, splits), *_empty_first(prepared.definition, left_out)]
    if not splits:
        faults.append(_nothing_to_test(prepared.definition, left_out))
    if faults:
        raise DataError(faults)


def one_class(prepared: Prepared) -> Mapping[date, int]:
    """Dates tested on whose outcomes are all of one class, and how many there are."""
    found = {}
    for split in usable_splits(prepared.definition, prepared.examples, prepared.periods):
        seen = _observed(prepared.examples, _on(prepared.examples, split.test.as_of))
        if not _has_both(seen):
            found[split.test.as_of] = len(seen.positive)
    return found


def constant_features(examples: Examples, dates: tuple[date, ...]) -> tuple[str, ...]:
    """Features that are the same, or missing, in every row learnt from at these dates."""
    learnt_from = examples.on(dates).observed()
    return tuple(
        feature.name
        for place, feature in enumerate(examples.features)
        if _never_varies(learnt_from.rows.column(place))
    )


def unseen_categories(examples: Examples, splits: tuple[Split, ...]) -> dict[date, dict[str, int]]:
    """Rows tested on with a category that no row learnt from has, by test date and feature."""
    found: dict[date, dict[str, int]] = {split.test.as_of: {} for split in splits}
    examples = examples.select({each.name for each in examples.features if each.kind == "category"})
    for place, feature in enumerate(examples.features):
        codes = examples.rows.column(place)
        for split in splits:
            learnt_from = _on(examples, *split.training_dates) & examples.outcomes.observed
            tested = codes[_on(examples, split.test.as_of)]
            new = ~np.isnan(tested) & ~np.isin(tested, codes[learnt_from])
            if new.any():
                found[split.test.as_of][feature.name] = int(new.sum())
    return {day: counts for day, counts in found.items() if counts}


def _size_faults(prepared: Prepared, splits: list[Split]) -> Iterator[Fault]:
    """Faults of a cohort with nobody to score, and of a capacity above the cohort."""
    definition, examples = prepared.definition, prepared.examples
    scored = definition.as_of.dates()[-1]
    many = {day: int(_on(examples, day).sum()) for day in _tested_and_scored(splits, scored)}
    if not many[scored]:
        yield _fault(
            definition,
            "cohort",
            f"found nobody at {scored}, the date that is scored for use",
            "bring as_of.last back to a date that the data reach",
        )
    count = definition.capacity.count
    small = {day: rows for day, rows in many.items() if count is not None and 0 < rows < count}
    if small:
        at = ", ".join(f"{rows:,} at {day}" for day, rows in small.items())
        yield _fault(
            definition,
            "capacity.count",
            f"is {count:,}, more than the cohort: {at}",
            "write how many of them the service can reach, or a share",
        )


def _tested_and_scored(splits: list[Split], scored: date) -> list[date]:
    return sorted({*(split.test.as_of for split in splits), scored})


def _empty_first(definition: ModelDefinition, left_out: tuple[Untested, ...]) -> Iterator[Fault]:
    """The first date tested on is named by the definition, so it may not be empty."""
    wanted = definition.as_of.test_from
    first = next((day for day in definition.as_of.dates() if wanted and day >= wanted), None)
    for each in left_out:
        if each.as_of == first and each.why in (_NOBODY, _UNSEEN):
            yield _fault(
                definition,
                "as_of.test_from",
                f"asks for tests on {first}, and {each.why} there",
                "test from a date on which outcomes were observed, or see that the extract is whole",
            )


def _nothing_to_test(definition: ModelDefinition, left_out: tuple[Untested, ...]) -> Fault:
    why = "".join(f"; {each.as_of}: {each.why}" for each in left_out)
    return _fault(
        definition,
        "as_of",
        f"leaves no test date with earlier outcomes of both kinds known by then{why}",
        "start as_of earlier, shorten the label's window, or move test_from later",
    )


def _fault(definition: ModelDefinition, place: str, found: str, remedy: str) -> Fault:
    return Fault(f"models/{definition.model}/model.yaml", place, found, remedy)


def _why(examples: Examples, split: Split) -> str:
    """Why a split that the definition asks for cannot be tested."""
    test = _on(examples, split.test.as_of)
    seen = _observed(examples, _on(examples, *split.training_dates))
    if not test.any():
        return _NOBODY
    if not examples.outcomes.observed[test].any():
        return _UNSEEN
    if not len(seen.positive):
        return "no outcome was observed at the dates that it would learn from"
    if not _has_both(seen):
        return "all outcomes that it would learn from are of one class"
    return "outcomes were observed at too few of the dates that it would learn from"


def _on(examples: Examples, *dates: date) -> Bools:
    return np.isin(examples.as_of, np.array(dates, dtype="datetime64[D]"))


def _observed(examples: Examples, rows: Bools) -> Outcomes:
    return examples.outcomes.at(rows & examples.outcomes.observed)


def _has_both(seen: Outcomes) -> bool:
    return bool(seen.positive.any() and not seen.positive.all())


def _never_varies(values: Floats) -> bool:
    missing = np.isnan(values)
    if missing.any():
        return bool(missing.all())
    return bool(len(values) == 0 or values.min() == values.max())

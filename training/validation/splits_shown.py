"""The splits of a model as people look at them: from its definition alone, or with what was observed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from features.artefacts import model_sha256, read_manifest
from features.label_maturity import outcomes_known_by
from features.matrix import matrix_folder, read_matrix
from hearth.catalogue import Catalogue
from hearth.definition import ModelDefinition
from hearth.errors import NotFoundError
from hearth.settings import Settings
from training.data.checks import Untested, planned_splits, untested
from training.data.examples import Examples
from training.data.prepared import prepare
from training.experiment import usable_splits
from training.validation.splits import LabelPeriod, Split


@dataclass(frozen=True)
class DateCounts:
    """Who is in the matrix at an as-of date."""

    rows: int
    observed: int
    positive: int

    @property
    def base_rate(self) -> float | None:
        """Share with the outcome of those observed, in [0, 1]; None where nobody was."""
        return self.positive / self.observed if self.observed else None


@dataclass(frozen=True)
class SplitsShown:
    """Splits of a model.

    Attributes
    ----------
    dates
        Label periods of all its as-of dates, mature or not.
    known_by
        Day to which its outcomes are known.
    splits, untested
        Dates tested on, and those asked for that cannot be.
    counts
        By as-of date; None where the matrix was not built from the definition as it is now.
    """

    model: str
    dates: tuple[LabelPeriod, ...]
    known_by: date
    splits: tuple[Split, ...]
    untested: tuple[Untested, ...] = ()
    counts: Mapping[date, DateCounts] | None = field(default=None)

    def purged(self, split: Split) -> tuple[date, ...]:
        """Dates before a test that its model may not learn from: their labels were not known."""
        return tuple(
            each.as_of
            for each in self.dates
            if each.as_of < split.test.as_of and each.known_on > split.fitted_on
        )

    def as_json(self) -> dict[str, Any]:
        """All of it, for machines."""
        return {
            "model": self.model,
            "labels_known_by": self.known_by,
            "is_built": self.counts is not None,
            "dates": [self._date(period) for period in self.dates],
            "splits": [
                {
                    "test_as_of": split.test.as_of,
                    "fitted_on": split.fitted_on,
                    "train_as_of": list(split.training_dates),
                    "purged": list(self.purged(split)),
                }
                for split in self.splits
            ],
            "untested": [{"test_as_of": each.as_of, "why": each.why} for each in self.untested],
        }

    def _date(self, period: LabelPeriod) -> dict[str, Any]:
        counts = None if self.counts is None else self.counts.get(period.as_of, DateCounts(0, 0, 0))
        return {
            "as_of": period.as_of,
            "window_end": period.window_end,
            "mature_on": period.known_on,
            "rows": None if counts is None else counts.rows,
            "observed": None if counts is None else counts.observed,
            "base_rate": None if counts is None else counts.base_rate,
        }


def splits_shown(
    catalogue: Catalogue, settings: Settings, model: str, *, today: date
) -> SplitsShown:
    """Splits of a model: those it would be trained by now, or those its definition asks for.

    Parameters
    ----------
    catalogue, settings, model
        The workspace, and the name of the model.
    today
        Day to which outcomes are held to be known where nothing was ingested yet.
    """
    definition = catalogue.model(model)
    label = definition.label
    dates = tuple(
        LabelPeriod(day, label.closes_on(day), label.matures_on(day))
        for day in definition.as_of.dates()
    )
    if not _is_built(settings, definition):
        known_by = _known_by(catalogue, settings, definition, today)
        return SplitsShown(model, dates, known_by, planned_splits(definition, known_by))
    prepared = prepare(definition, read_matrix(settings, model))
    examples = prepared.examples
    return SplitsShown(
        model,
        dates,
        prepared.labels_known_by,
        tuple(usable_splits(definition, examples, prepared.periods)),
        untested(prepared),
        {day: _counts(examples, day) for day in examples.dates()},
    )


def _is_built(settings: Settings, definition: ModelDefinition) -> bool:
    """Whether the matrix was built from the definition as it is now, by a release that dates it."""
    manifest = read_manifest(matrix_folder(settings, definition.model)) or {}
    return (
        manifest.get("definition_sha256") == model_sha256(definition)
        and "labels_known_by" in manifest
    )


def _known_by(
    catalogue: Catalogue, settings: Settings, definition: ModelDefinition, today: date
) -> date:
    contract = catalogue.source(definition.label.source)
    try:
        return outcomes_known_by(contract, settings.state_dir)
    except NotFoundError:
        return contract.read.extracted_on or today


def _counts(examples: Examples, day: date) -> DateCounts:
    seen = examples.on([day]).outcomes
    return DateCounts(len(seen.observed), int(seen.observed.sum()), int(seen.positive.sum()))

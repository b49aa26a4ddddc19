"""The matrix as arrays: encoded features, outcomes and dates, one row per entity and as-of date."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.feature_parts import read_columns
from features.labels import ASSESSOR
from hearth.errors import DataError, Fault
from hearth.risk_model import FeatureSpec, RuleScorer, Scorer
from training.data.rows import Rows, stored_rows
from training.figures.metrics import Outcomes
from training.figures.ranking import Bools, Floats, Ints
from training.validation.splits import LabelPeriod

_SPEC_FIELDS = ("name", "group", "source", "kind", "categories", "unit", "flag_of", "label")


@dataclass(frozen=True)
class Examples:
    """Rows to learn from or to judge by.

    Attributes
    ----------
    features
        The columns of `rows`, in order.
    rows
        n rows, NaN for missing, categories as places in their vocabulary. They may lie on disk.
    entities
        Shape (n,), text.
    as_of
        Shape (n,), datetime64[D].
    outcomes
        Of the same n rows.
    found_on
        Shape (n,), datetime64[D]: day of the event that decided the outcome; NaT where none did.
    assessors
        For each column of `label.assessor` what the deciding row holds, shape (n,), "" for nothing.
    visited
        Shape (n,): whether the list led to the entity; None where the definition names no visits.
    arm
        Outcomes of the same n rows as far as they were drawn by lot; None where none were.
    """

    features: tuple[FeatureSpec, ...]
    rows: Rows
    entities: npt.NDArray[np.str_]
    as_of: npt.NDArray[np.datetime64]
    outcomes: Outcomes
    found_on: npt.NDArray[np.datetime64]
    assessors: Mapping[str, npt.NDArray[np.str_]] = field(default_factory=dict)
    visited: Bools | None = None
    arm: Outcomes | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def where(self, kept: Bools | Ints) -> "Examples":
        """Some of the rows; none is copied."""
        return Examples(
            self.features,
            self.rows.where(kept),
            self.entities[kept],
            self.as_of[kept],
            self.outcomes.at(kept),
            self.found_on[kept],
            {column: said[kept] for column, said in self.assessors.items()},
            None if self.visited is None else self.visited[kept],
            None if self.arm is None else self.arm.at(kept),
        )

    @property
    def positive(self) -> Bools:
        """Whether the outcome was seen, shape (n,)."""
        return self.outcomes.positive

    @property
    def has_both_classes(self) -> bool:
        """Whether some rows have the outcome and some have not; nothing can be learnt otherwise."""
        return bool(self.positive.any() and not self.positive.all())

    def raw_scores(self, scorer: Scorer) -> Floats:
        """Raw score of every row, shape (n,); higher is more at risk."""
        if isinstance(scorer, RuleScorer):  # one column of many is quickly read
            return scorer.of_values(self.rows.column(scorer.feature))
        return np.concatenate([np.empty(0), *map(scorer.raw_score, self.rows.batches())])

    def on(self, dates: Iterable[date]) -> "Examples":
        """Rows of these as-of dates."""
        wanted = np.array(sorted(dates), dtype="datetime64[D]")
        return self.where(np.isin(self.as_of, wanted))

    def observed(self) -> "Examples":
        """Rows whose outcome is known: the only ones a model may learn from."""
        return self.where(self.outcomes.observed)

    def select(self, names: Collection[str]) -> "Examples":
        """All rows, with the features of these names alone."""
        places = [place for place, each in enumerate(self.features) if each.name in names]
        kept = tuple(self.features[place] for place in places)
        return replace(self, features=kept, rows=self.rows.select(places))

    def beside(self, features: Sequence[FeatureSpec], values: Floats) -> "Examples":
        """All rows, now in memory, with more features after their own; `values` as encoded."""
        rows = Rows.of(np.column_stack([self.rows.table(), values]))
        return replace(self, features=(*self.features, *features), rows=rows)

    def dates(self) -> tuple[date, ...]:
        """As-of dates, earliest first."""
        return tuple(np.unique(self.as_of).astype(object))


def specs_of(manifest: Mapping[str, Any], *, assessors: bool = False) -> tuple[FeatureSpec, ...]:
    """Features that a model may use, of those a matrix's manifest lists, with frozen vocabularies.

    With `assessors` those of assessor groups instead, which only the audit may use.
    """
    apart = manifest.get("assessor_features", ())
    return tuple(
        FeatureSpec.from_dict({name: item[name] for name in _SPEC_FIELDS if name in item})
        for item in manifest["features"]
        if (item["name"] in apart) is assessors
    )


def read_examples(parts: Path, labels: pa.Table, manifest: Mapping[str, Any]) -> Examples:
    """Examples of a stored matrix.

    Parameters
    ----------
    parts
        Folder of the matrix's features.
    labels
        Labels of the same rows, in the same order.
    manifest
        The matrix's manifest.

    Raises
    ------
    DataError
        If the two tables are not about the same rows.
    UnusableInputError
        If a category is in the data but not in the vocabulary.
    """
    specs = specs_of(manifest)
    keys = read_columns(parts, ["entity_id", "as_of"])
    for key in keys.column_names:
        if not keys[key].combine_chunks().equals(labels[key].combine_chunks()):
            raise DataError(
                [
                    Fault(
                        "features",
                        key,
                        "differs from labels.parquet",
                        "build the matrix again",
                    )
                ]
            )
    observed = _bools(labels["observed"]) & labels["label"].is_valid().to_numpy()
    return Examples(
        features=specs,
        rows=stored_rows(parts, specs, str(manifest["key"])),
        entities=_texts(keys["entity_id"]),
        as_of=keys["as_of"].to_numpy().astype("datetime64[D]"),
        outcomes=Outcomes(_bools(labels["label"]) & observed, observed),
        found_on=labels["found_on"].to_numpy().astype("datetime64[D]"),
        assessors={
            name.removeprefix(ASSESSOR): _texts(labels[name].fill_null(""))
            for name in labels.column_names
            if name.startswith(ASSESSOR)
        },
        visited=None if labels["visited"].null_count else _bools(labels["visited"]),
        arm=None
        if labels["drawn"].null_count
        else Outcomes(_bools(labels["drawn_label"]), _bools(labels["drawn"])),
    )


def label_periods(
    examples: Examples, window_end: pa.ChunkedArray, matures_on: Callable[[date], date]
) -> tuple[LabelPeriod, ...]:
    """Label periods of the as-of dates on which any outcome is known, earliest first.

    Parameters
    ----------
    examples
        All rows of the matrix.
    window_end
        Column of the labels table, same rows.
    matures_on
        From an as-of date to the first day by which its outcomes are held to be recorded.
    """
    ends = window_end.to_numpy().astype("datetime64[D]")
    known = examples.outcomes.observed
    periods = []
    for day in examples.where(known).dates():
        rows = known & (examples.as_of == np.datetime64(day))
        last = ends[rows].max().astype(object)
        periods.append(LabelPeriod(day, last, max(last, matures_on(day))))
    return tuple(periods)


def _texts(column: pa.ChunkedArray) -> npt.NDArray[np.str_]:
    """Texts as an array; each is made once, however often it comes."""
    coded = column.combine_chunks().dictionary_encode()
    once = np.asarray(coded.dictionary.to_pylist(), dtype=np.str_)
    texts: npt.NDArray[np.str_] = np.take(once, coded.indices.to_numpy())
    return texts


def _bools(column: pa.ChunkedArray) -> Bools:
    return np.asarray(column.fill_null(False).to_numpy(), dtype=np.bool_)

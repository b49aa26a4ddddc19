"""A trained model with all it needs to score: scorer, calibration, vocabulary, cohort and words."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearth.digest import sha256_of
from hearth.errors import BundleError
from hearth.risk_model.abstention import Abstention, Flags
from hearth.risk_model.calibration import Calibration
from hearth.risk_model.cohort import Cohort
from hearth.risk_model.encoding import FeatureSpec, Matrix, RecordEncoder, Value, encode_columns
from hearth.risk_model.files import (
    MANIFEST,
    check_files,
    read_folder,
    to_json,
    with_manifest,
    write_folder,
)
from hearth.risk_model.hold_back import HoldBack
from hearth.risk_model.one_score import OneScore
from hearth.risk_model.scorers import Scorer, read_scorer
from hearth.risk_model.uncertainty import Uncertainty

Vector = NDArray[np.float64]
_UNCERTAINTY = "uncertainty.json"


@dataclass(frozen=True)
class ReasonWords:
    """What people read about one feature group, and whether a what-if may vary it."""

    group: str
    title: str
    text: str
    missing: str
    source: str
    source_title: str
    sensitivity: str
    changeable: bool = False


@dataclass(frozen=True)
class RiskModel:
    """A model ready to score.

    `about` holds what a reader of a score must know: name, title, question, unit, candidate,
    purpose, intervention, release_level, caveats, oversight, trained_on, hashes and code version.
    `uncertainty` is None in bundles from before there was one.
    """

    about: Mapping[str, Any]
    features: tuple[FeatureSpec, ...]
    scorer: Scorer
    calibration: Calibration
    cohort: Cohort
    reasons: tuple[ReasonWords, ...]
    uncertainty: Uncertainty | None = None
    written: Mapping[str, bytes] | None = field(default=None, repr=False, compare=False)

    @property
    def kind(self) -> str:
        """`lightgbm`, `logistic` or `rule`."""
        return self.scorer.kind

    def encode(self, values: Mapping[str, Value]) -> Matrix:
        """One encoded row, shape (1, features); see `encode_record`."""
        return self._encoder.encode(values)

    @cached_property
    def _encoder(self) -> RecordEncoder:
        return RecordEncoder(self.features)

    def encode_columns(self, columns: Mapping[str, Sequence[Any] | NDArray[Any]]) -> Matrix:
        """Many encoded rows, shape (rows, features); see `encode_columns`."""
        return encode_columns(self.features, columns)

    def raw_score(self, rows: Matrix) -> Vector:
        """Raw score of encoded rows, shape (rows,)."""
        return self.scorer.raw_score(rows)

    def contributions(self, rows: Matrix) -> Matrix:
        """Contributions and, last, the base value, shape (rows, features + 1); they sum to the raw score."""
        return self.scorer.contributions(rows)

    def explained(self, rows: Matrix) -> tuple[Vector, Matrix]:
        """`raw_score` and `contributions`, sooner than one after the other."""
        return self.scorer.explained(rows)

    def probability(self, raw: Vector) -> Vector:
        """Calibrated probability of raw scores, in [0, 1]."""
        return self.calibration.probability(raw)

    def interval(self, raw: Vector) -> tuple[Vector, Vector] | None:
        """Ends of the interval around each probability, in [0, 1]; None where the bundle has none."""
        if self.uncertainty is None:
            return None
        return self.uncertainty.interval(raw, self.probability(raw))

    @cached_property
    def one_score(self) -> OneScore:
        """The same probability and interval for one raw score, sooner."""
        return OneScore(self.calibration, self.uncertainty)

    @cached_property
    def abstention(self) -> Abstention:
        """When the model says that it cannot tell."""
        return Abstention.of(self.about)

    def abstains(self, rows: Matrix, raw: Vector) -> tuple[Flags, Flags]:
        """Whether each row's interval is too wide, and whether too little is recorded of it."""
        ends, rule = self.interval(raw), self.abstention
        wide = np.zeros(len(raw), dtype=bool) if ends is None else rule.is_too_wide(*ends)
        return wide, rule.is_too_thin(self.features, rows)

    def held_back(self, entities: Sequence[str]) -> Flags | None:
        """Who is held back from visits at the cohort's as-of date; None where nobody ever is."""
        rule = HoldBack.of(self.about)
        as_of = date.fromisoformat(self.cohort.as_of)
        return None if rule is None else rule.drawn(entities, as_of)

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The bundle: text files by name, with their manifest."""
        if self.written is not None:
            return dict(self.written)
        return with_manifest(
            {
                "model.json": to_json(
                    {
                        "about": dict(self.about),
                        "kind": self.kind,
                        "features": [feature.to_dict() for feature in self.features],
                    }
                ),
                "calibration.json": to_json(self.calibration.to_dict()),
                "cohort.json": to_json(self.cohort.to_dict()),
                "reasons.json": to_json([vars(words) for words in self.reasons]),
                **self._uncertainty_file(),
                **self.scorer.files(),
            }
        )

    def _uncertainty_file(self) -> dict[str, bytes]:
        if self.uncertainty is None:
            return {}
        return {_UNCERTAINTY: to_json(self.uncertainty.to_dict())}

    @property
    def sha256(self) -> str:
        """SHA-256 of the manifest, and so of every file."""
        return sha256_of(self.files[MANIFEST])

    def save(self, folder: Path) -> None:
        """Write the bundle to a folder, aside and renamed."""
        write_folder(folder, self.files)

    @classmethod
    def load(cls, bundle: Path | Mapping[str, bytes]) -> "RiskModel":
        """Model of a bundle, its hashes checked before anything is read.

        Raises
        ------
        BundleError
            If a file is missing, altered or not listed, or holds what this version cannot read.
        """
        files = read_folder(bundle) if isinstance(bundle, Path) else dict(bundle)
        check_files(files)
        try:
            return cls._read(files)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BundleError(
                f"the bundle holds what this version of Hearth cannot read ({type(error).__name__}); "
                "train the model again"
            ) from None

    @classmethod
    def _read(cls, files: dict[str, bytes]) -> "RiskModel":
        head = json.loads(files["model.json"])
        table = files.get(_UNCERTAINTY)
        return cls(
            about=head["about"],
            features=tuple(FeatureSpec.from_dict(item) for item in head["features"]),
            scorer=read_scorer(head["kind"], files),
            calibration=Calibration.from_dict(json.loads(files["calibration.json"])),
            cohort=Cohort.from_dict(json.loads(files["cohort.json"])),
            reasons=tuple(ReasonWords(**item) for item in json.loads(files["reasons.json"])),
            uncertainty=None if table is None else Uncertainty.from_dict(json.loads(table)),
            written=files,
        )

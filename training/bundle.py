"""The bundle of the candidate chosen: its scorer with the cohort, the words and what it is about."""

from collections.abc import Mapping
from datetime import date
from importlib.metadata import version as installed_version
from typing import Any

from hearth.catalogue import Catalogue
from hearth.definition import ModelDefinition
from hearth.risk_model import Calibration, Cohort, FeatureSpec, ReasonWords, RiskModel, Scorer
from training.ranking import Floats

DISTRIBUTION = "hearth-council"


def hearth_version() -> str:
    """Version of the code that is running."""
    return installed_version(DISTRIBUTION)


def assemble(
    catalogue: Catalogue,
    definition: ModelDefinition,
    *,
    candidate: str,
    features: tuple[FeatureSpec, ...],
    scorer: Scorer,
    calibration: Calibration,
    base_rate: float,
    cohort_rows: Floats,
    cohort_as_of: date,
    trained_on: tuple[date, ...],
    hashes: Mapping[str, str],
) -> RiskModel:
    """Model ready to score.

    Parameters
    ----------
    catalogue, definition
        Where titles, reasons and sensitivities come from.
    candidate
        Name of the candidate chosen.
    features, scorer, calibration
        What scores, and what its columns are.
    base_rate
        Share with the outcome among the rows that calibrated, in [0, 1].
    cohort_rows, cohort_as_of
        Encoded rows that a score is compared with, shape (n, features), and their date.
    trained_on
        As-of dates of the training rows.
    hashes
        SHA-256 of definition and matrix, by name.
    """
    return RiskModel(
        about=_about(definition, candidate, trained_on, hashes),
        features=features,
        scorer=scorer,
        calibration=calibration,
        cohort=Cohort.of(
            features,
            cohort_rows,
            scorer.raw_score(cohort_rows),
            as_of=cohort_as_of.isoformat(),
            base_rate=base_rate,
        ),
        reasons=_reasons(catalogue, definition),
    )


def _about(
    definition: ModelDefinition,
    candidate: str,
    trained_on: tuple[date, ...],
    hashes: Mapping[str, str],
) -> dict[str, Any]:
    told = definition.model_dump(
        mode="json",
        include={
            "title", "question", "unit", "purpose", "intervention", "release_level",
            "capacity", "caveats", "oversight",
        },
    )  # fmt: skip
    return {
        "name": definition.model,
        **told,
        "candidate": candidate,
        "label_window": str(definition.label.window),
        "trained_on": [day.isoformat() for day in trained_on],
        "hashes": dict(hashes),
        "hearth_version": hearth_version(),
    }


def _reasons(catalogue: Catalogue, definition: ModelDefinition) -> tuple[ReasonWords, ...]:
    found = []
    for group in definition.features:
        contract = catalogue.source(group.source)
        found.append(
            ReasonWords(
                group=group.group,
                title=group.reason.title,
                text=group.reason.text,
                missing=group.reason.missing,
                source=group.source,
                source_title=contract.title,
                sensitivity=str(contract.law.sensitivity),
            )
        )
    return tuple(found)

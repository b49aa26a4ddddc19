"""The matrix: features and labels of a model's cohort at every as-of date, and what they came from."""

import shutil
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from features import artefacts
from features.assembly import Assembly
from features.feature_parts import FEATURES, read_parts, write_parts
from features.home_areas import AREAS, area_table
from features.matrix_code import code_key
from features.protected_attributes import PROTECTED
from features.refresh import refresh_store
from features.store import FeatureStore
from hearth.catalogue import Catalogue
from hearth.feature import Feature
from hearth.progress import Progress, silent
from hearth.settings import Settings

LABELS = "labels.parquet"


@dataclass(frozen=True)
class Matrix:
    """Features and labels of a model, row for row, and the manifest that says what they came from.

    The features stay in their parts until all are asked for: they may be more than memory holds.
    """

    folder: Path
    labels: pa.Table
    manifest: dict[str, Any]

    @property
    def parts(self) -> Path:
        """Folder of the features' parts."""
        return self.folder / FEATURES

    @cached_property
    def features(self) -> pa.Table:
        """All features, in memory."""
        return read_parts(self.parts)


def matrix_folder(settings: Settings, model: str) -> Path:
    """Folder that holds a model's matrix."""
    return settings.state_dir / "matrices" / model


def read_matrix(settings: Settings, model: str) -> Matrix:
    """Matrix of a model as last built; NotFoundError where it never was."""
    folder = matrix_folder(settings, model)
    manifest = artefacts.need_manifest(folder, f"run `hearth build {model}`")
    return Matrix(folder, artefacts.read_table(folder / LABELS), manifest)


def build_matrix(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    *,
    run_on: date,
    progress: Progress = silent,
) -> Path:
    """Build a model's matrix, and refresh the feature store.

    The rows are those of the cohort at every as-of date of the definition. The store is brought up
    to the last of them, or to the later date that it holds. What is up to date is left as it is.

    Parameters
    ----------
    catalogue, settings
        The workspace.
    model
        Name of the model.
    run_on
        Day of the run, by which agreements are judged.
    progress
        Told of each step.

    Returns
    -------
    Path
        Folder with `features/`, `labels.parquet`, `protected.parquet` and `manifest.json`, and
        `areas.parquet` where the definition names an `area`.

    Raises
    ------
    LawError
        If a source does not allow the model's purpose, or its agreement has expired.
    NotFoundError, StateError
        If a source was never ingested, or not since its contract changed.
    """
    catalogue.check_law(model, run_on)
    definition = catalogue.model(model)
    assembly = Assembly(catalogue, settings.state_dir, definition)
    made_from = {
        **assembly.made_from(),
        "code_sha256": code_key(),
        "hearth_version": version("hearth-council"),
    }
    key = artefacts.canonical_sha256(made_from)
    folder = matrix_folder(settings, model)
    if not artefacts.is_current(folder, key):
        _write(folder, assembly, {"key": key, **made_from}, progress)
    held = FeatureStore(settings.store_url).refresh_of(model)
    last = definition.as_of.dates()[-1]
    as_of = last if held is None else max(last, held.as_of)
    refresh_store(catalogue, settings, model, as_of=as_of, run_on=run_on, progress=progress)
    return folder


def _write(folder: Path, assembly: Assembly, made_from: dict[str, Any], progress: Progress) -> None:
    """Compute the tables and put them, with their manifest, in place of what was there."""
    definition = assembly.definition
    labels = assembly.label_table()  # first, as it may be refused
    with artefacts.made_aside(folder, resume_as=made_from["key"]) as aside:
        scratch, parts = aside / ".scratch", assembly.partitions
        scratch.mkdir(exist_ok=True)
        made = write_parts(
            aside / FEATURES,
            assembly.cohort.rows,
            parts,
            assembly.group_columns(scratch, progress),
            model=definition.model,
            progress=progress,
        )
        order = pa.array(parts.order)
        protected = assembly.protected_table()
        files = {
            **{f"{FEATURES}/{name}": sha256 for name, sha256 in made.items()},
            LABELS: artefacts.write_table(aside / LABELS, labels.take(order)),
            PROTECTED: artefacts.write_table(aside / PROTECTED, protected.take(order)),
        }
        if assembly.areas is not None:
            areas = area_table(assembly.cohort.rows, assembly.areas)
            files[AREAS] = artefacts.write_table(aside / AREAS, areas.take(order))
        shutil.rmtree(scratch)
        manifest = {
            **made_from,
            "model": definition.model,
            "as_of": [day.isoformat() for day in definition.as_of.dates()],
            "labels_known_by": assembly.labels_known_by.isoformat(),
            "score_as_of": definition.as_of.dates()[-1].isoformat(),
            "rows": len(parts.of_row),
            "features": [_described(feature) for feature in assembly.features],
            "assessor_features": assembly.assessor_features,
            "files": files,
            "declared_leaks": assembly.declared_leaks(),
        }
        artefacts.write_json(aside / artefacts.MANIFEST, manifest)


def _described(feature: Feature) -> dict[str, Any]:
    """What the manifest says of a feature."""
    return {
        "name": feature.name,
        "group": feature.group,
        "source": feature.source,
        "kind": feature.kind,
        "categories": list(feature.categories),
        "unit": feature.unit,
        "flag_of": feature.flag_of,
        "label": feature.label,
    }

"""What training leaves on disk of each version: scored rows, metrics and bundle."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.artefacts import MANIFEST, made_aside, read_manifest, write_json
from hearth.definition import ModelDefinition
from hearth.errors import NotFoundError, StateError
from hearth.risk_model import RiskModel
from hearth.settings import Settings
from training.findings import Training
from training.trained.bundle import hearth_version
from training.trained.records import SCORED_SCHEMA, scored_table

if TYPE_CHECKING:
    import pandas as pd

METRICS, SCORED, BUNDLE = "metrics.json", "scored.parquet", "bundle"
DEFINITION, MODEL_CARD = "definition.json", "model_card.md"
PUT_FORWARD = "put_forward.txt"


@dataclass(frozen=True)
class TrainedVersion:
    """A registered version: where its run lies, its metrics, and whether it was there already."""

    model: str
    version: str
    folder: Path
    metrics: dict[str, Any]
    was_current: bool

    @property
    def name(self) -> str:
        """What it is called in a command: `school_readiness@3`."""
        return f"{self.model}@{self.version}"

    @property
    def is_bar_met(self) -> bool:
        """Whether the candidate chosen met the definition's bar."""
        return bool(self.metrics["success"]["met"])


def run_folder(settings: Settings, model: str, version: str) -> Path:
    """Folder of what training left of a version."""
    return settings.state_dir / "runs" / model / version


@dataclass(frozen=True)
class Trained:
    """What a training came to: what went into it, the bundle, and metrics as metrics.json holds them."""

    training: Training
    bundle: RiskModel
    metrics: dict[str, Any]


def keep_version(folder: Path, trained: Trained, card: str, made_from: dict[str, str]) -> None:
    """Leave scored rows, metrics, definition, model card and bundle on disk, all or none."""
    with made_aside(folder) as aside:
        (aside / MODEL_CARD).write_text(card, encoding="utf-8")
        write_json(aside / DEFINITION, as_written(trained.training.definition))
        pq.write_table(
            scored_table(trained.training.experiment), aside / SCORED, compression="zstd"
        )
        write_json(aside / METRICS, trained.metrics)
        trained.bundle.save(aside / BUNDLE)
        manifest = {
            **made_from,
            "bundle_sha256": trained.bundle.sha256,
            "hearth_version": hearth_version(),
        }
        write_json(aside / MANIFEST, manifest)


def as_written(definition: ModelDefinition) -> dict[str, Any]:
    """A definition as its file has it: what was left out is left out here too."""
    return definition.model_dump(mode="json", by_alias=True, exclude_unset=True)


def note_put_forward(folder: Path) -> None:
    """Note that the version is the challenger; a run that dies before this is taken up by the next."""
    (folder / PUT_FORWARD).write_text("This version became the challenger.\n", encoding="utf-8")


def was_put_forward(folder: Path) -> bool:
    """Whether the version ever became the challenger."""
    return (folder / PUT_FORWARD).exists()


def is_kept(folder: Path) -> bool:
    """Whether all of a version is there: its folder is renamed into place with the manifest in it."""
    return (folder / MANIFEST).is_file()


def newest_version(settings: Settings, model: str) -> Path | None:
    """Folder of the newest version kept, or None where there is none."""
    folder = settings.state_dir / "runs" / model
    kept = [path for path in folder.glob("[0-9]*") if is_kept(path)]
    return max(kept, key=lambda path: int(path.name), default=None)


def current_version(settings: Settings, model: str, key: str) -> TrainedVersion | None:
    """The newest version, where it was trained from just this; None where it was not.

    Raises
    ------
    StateError
        If its manifest is not JSON.
    """
    newest = newest_version(settings, model)
    if newest is None or (read_manifest(newest) or {}).get("key") != key:
        return None
    return _read(model, newest)


def kept_version(settings: Settings, model: str, version: str) -> TrainedVersion:
    """A version that training left on disk.

    Raises
    ------
    NotFoundError
        If it is not there.
    """
    folder = run_folder(settings, model, version)
    if not is_kept(folder):
        raise NotFoundError(
            f"{model} version {version} is not kept under .hearth/runs of this workspace; "
            "work where it was trained, or train it again"
        )
    return _read(model, folder)


def scored_rows(version: TrainedVersion) -> "pd.DataFrame":
    """Rows that the candidate chosen scored on every test date.

    Raises
    ------
    StateError
        If an earlier Hearth left them, without the columns of today.
    """
    table = pq.read_table(version.folder / SCORED)
    if missing := sorted(set(SCORED_SCHEMA.names) - set(table.column_names)):
        raise StateError(
            f"{version.model} version {version.version} was trained by an earlier Hearth: its "
            f"{SCORED} has no {', '.join(missing)}; run: hearth train {version.model}"
        )
    chosen = pc.equal(table["candidate"], version.metrics["chosen"])
    rows: pd.DataFrame = table.filter(chosen).to_pandas()
    return rows


def _read(model: str, folder: Path) -> TrainedVersion:
    metrics = json.loads((folder / METRICS).read_bytes())
    return TrainedVersion(model, folder.name, folder, metrics, was_current=True)

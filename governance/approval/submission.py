"""What is put to the board: a version's bundle and report, and the three hashes that bind an approval."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hearth.digest import sha256_of
from hearth.errors import BundleError, NotFoundError, StateError
from hearth.risk_model.files import check_files, read_folder
from hearth.settings import Settings

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Hashes:
    """SHA-256 of the three manifests an approval is bound to."""

    bundle: str
    matrix: str
    report: str

    def changed_from(self, other: "Hashes") -> list[str]:
        """Names of those that differ."""
        return [
            name
            for name in ("bundle", "matrix", "report")
            if getattr(self, name) != getattr(other, name)
        ]


@dataclass(frozen=True)
class Submission:
    """One version of a model as it stands on disk, every file as its manifest lists it."""

    model: str
    version: str
    bundle: Mapping[str, bytes]
    report: Mapping[str, bytes]
    hashes: Hashes


def matrix_folder(settings: Settings, model: str) -> Path:
    """Folder of a model's matrix."""
    return settings.state_dir / "matrices" / model


def run_folder(settings: Settings, model: str, version: str) -> Path:
    """Folder of what training left of a version."""
    return settings.state_dir / "runs" / model / version


def report_folder(settings: Settings, model: str, version: str) -> Path:
    """Folder of a version's report."""
    return settings.state_dir / "reports" / model / version


def analyses_folder(settings: Settings, model: str, version: str) -> Path:
    """Folder of what `hearth analyse` found of a version, one JSON file an analysis."""
    return settings.state_dir / "analyses" / model / version


def check_trained_on_matrix(settings: Settings, model: str, version: str) -> None:
    """Refuse a version whose bundle was not trained on the matrix that stands there now.

    Raises
    ------
    StateError
        If the matrix was built again since.
    """
    bundle = run_folder(settings, model, version) / "bundle" / "model.json"
    matrix = matrix_folder(settings, model) / MANIFEST
    about = json.loads(bundle.read_bytes()).get("about", {})
    if about.get("hashes", {}).get("matrix") != sha256_of(matrix.read_bytes()):
        raise StateError(
            f"the matrix of {model} is not the one version {version} was trained on; "
            f"run: hearth train {model}"
        )


def read_submission(settings: Settings, model: str, version: str) -> Submission:
    """A version's bundle, matrix manifest and report, the files checked against their manifests.

    Raises
    ------
    NotFoundError
        If one of the three was never made.
    BundleError
        If a file was altered since.
    """
    matrix = matrix_folder(settings, model) / MANIFEST
    bundle = run_folder(settings, model, version) / "bundle"
    report = report_folder(settings, model, version)
    for path, what, remedy in (
        (matrix, "matrix", f"run: hearth build {model}"),
        (bundle / MANIFEST, "bundle", f"run: hearth train {model}"),
        (report / MANIFEST, "report", f"run: hearth report {model} --version {version}"),
    ):
        if not path.exists():
            raise NotFoundError(f"{model} version {version} has no {what}; {remedy}")
    bundle_files, report_files = read_folder(bundle), read_folder(report)
    try:
        hashes = Hashes(
            check_files(bundle_files), sha256_of(matrix.read_bytes()), check_files(report_files)
        )
    except BundleError as error:
        raise BundleError(f"{model} version {version}: {error}") from None
    return Submission(model, version, bundle_files, report_files, hashes)


def changed_since(settings: Settings, model: str, version: str, bound: Hashes) -> list[str]:
    """Which of bundle, matrix and report lie here and are not what the hashes say."""
    found = {
        "bundle": _digest(run_folder(settings, model, version) / "bundle"),
        "report": _digest(report_folder(settings, model, version)),
    }
    matrix = matrix_folder(settings, model) / MANIFEST
    if matrix.exists():
        found["matrix"] = sha256_of(matrix.read_bytes())
    return [n for n, digest in sorted(found.items()) if digest not in {None, getattr(bound, n)}]


def _digest(folder: Path) -> str | None:
    """SHA-256 of a folder's manifest, empty if a file is not as it lists; None where nothing lies."""
    if not (folder / MANIFEST).exists():
        return None
    try:
        return check_files(read_folder(folder))
    except BundleError:
        return ""

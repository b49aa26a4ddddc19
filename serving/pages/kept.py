"""What commands left in the state folder for data scientists' pages: figures of runs, splits, drift, data quality.

Only totals and shares are read: never a row, a subject or a household. A file that cannot be read is as one
that is not there; the commands say what is wrong with it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_RUNS, _SPLITS, _MONITORING, _SNAPSHOTS, _REFUSED = (
    "runs",
    "splits",
    "monitoring",
    "snapshots",
    "refused",
)
_WATCHED = {"version", "as_of", "scored", "alarms", "notes", "score", "features"}
_QUALITY_PAGE = "quality.html"


@dataclass(frozen=True)
class Run:
    """A version that was trained here, and its figures as metrics.json holds them."""

    version: str
    metrics: Mapping[str, Any]

    @property
    def chosen(self) -> str:
        """The candidate that was put forward."""
        return str(self.metrics["chosen"])

    @property
    def is_bar_met(self) -> bool:
        """Whether it met the bar of its definition."""
        return bool(self.metrics["success"]["met"])

    @property
    def last_test(self) -> Mapping[str, Any]:
        """The last date it was tested on."""
        return dict(self.metrics["splits"][-1])

    @property
    def headline(self) -> Mapping[str, Any]:
        """Figures of the candidate chosen on that date."""
        return dict(self.last_test["candidates"][self.chosen])


@dataclass(frozen=True)
class Source:
    """Quality of the extract that is held of a source, and whether a newer one was refused.

    Attributes
    ----------
    quality : mapping
        As quality.json holds it; empty where none is held that can be read.
    refused_on : str
        Day on which a newer extract was refused; empty if none was.
    """

    name: str
    quality: Mapping[str, Any]
    has_page: bool
    refused_on: str

    @property
    def notes(self) -> list[str]:
        """What somebody should look at."""
        return list(self.quality.get("notes", ()))

    @property
    def asks(self) -> bool:
        """Whether somebody should look at it."""
        return bool(self.notes or self.refused_on or not self.quality)

    @property
    def gaps(self) -> float:
        """Share empty in the emptiest column, in [0, 1]."""
        return 1.0 - min(self.quality.get("completeness", {}).values(), default=1.0)


def models_trained(state_dir: Path) -> list[str]:
    """Names of the models of which a version is kept."""
    return [name for name in _names(state_dir / _RUNS) if runs_of(state_dir, name)]


def runs_of(state_dir: Path, model: str) -> list[Run]:
    """Versions kept of a model, the newest first."""
    folder = state_dir / _RUNS / model
    versions = sorted(filter(str.isdecimal, _names(folder)), key=int, reverse=True)
    found = [Run(one, _read(folder / one / "metrics.json")) for one in versions]
    return [run for run in found if {"chosen", "success", "splits"} <= run.metrics.keys()]


def last_watched(state_dir: Path, model: str) -> Mapping[str, Any]:
    """What `hearth monitor` found of a model the last time, by the day its feature store was of; empty if never."""
    folder = state_dir / _MONITORING
    records = [
        _read(folder / name / "monitor.json")
        for name in _names(folder)
        if name.startswith(f"{model}@")
    ]
    return max((one for one in records if one.keys() >= _WATCHED), key=_order, default={})


def splits_table(state_dir: Path, model: str) -> Mapping[str, Any]:
    """What `hearth splits` said of a model the last time; empty if never."""
    return _read(state_dir / _SPLITS / model / "splits.json")


def splits_drawing(state_dir: Path, model: str) -> bytes | None:
    """The drawing it made; None if there is none."""
    path = state_dir / _SPLITS / model / "splits.svg"
    return path.read_bytes() if path.is_file() else None


def sources_held(state_dir: Path) -> list[Source]:
    """Sources of which an extract is held or was refused, those to look at first."""
    names = {*_names(state_dir / _SNAPSHOTS), *_names(state_dir / _REFUSED)}
    found = [_source(state_dir, name) for name in sorted(names)]
    return sorted(found, key=lambda source: not source.asks)


def quality_page(state_dir: Path, source: str) -> bytes | None:
    """The quality report of a source as ingestion wrote it; None if there is none."""
    path = state_dir / _SNAPSHOTS / source / _QUALITY_PAGE
    return path.read_bytes() if path.is_file() else None


def _source(state_dir: Path, name: str) -> Source:
    folder = state_dir / _SNAPSHOTS / name
    return Source(
        name,
        _read(folder / "quality.json"),
        (folder / _QUALITY_PAGE).is_file(),
        str(_read(state_dir / _REFUSED / name / "refusal.json").get("on", "")),
    )


def _order(record: Mapping[str, Any]) -> tuple[str, int]:
    """Place of a record among those of its model: by day, then by version."""
    version = str(record["version"]).rpartition("@")[2]
    return str(record["as_of"]), int(version) if version.isdecimal() else 0


def _names(folder: Path) -> list[str]:
    """Folders in a folder, but for those a command is still writing or has put aside."""
    if not folder.is_dir():
        return []
    return sorted(
        path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")
    )


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return dict(json.loads(path.read_bytes()))
    except (OSError, TypeError, ValueError):
        return {}

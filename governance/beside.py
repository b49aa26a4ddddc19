"""What stands beside a version: the one in use, the areas of its rows, and their outlines."""

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from governance.approval.submission import matrix_folder, run_folder
from governance.fairness.replacement import Champion
from governance.further import Beside
from governance.geography.area_map import AreaMap, area_map_file
from hearth.definition import ModelDefinition
from hearth.settings import Settings

_IN_USE = "Version in use, scored rows"
_METRICS, _AREAS, _OUTLINES = "Version in use, metrics", "Areas", "Outlines of areas"


def files_beside(
    settings: Settings, definition: ModelDefinition, version: str, in_use: str | None
) -> dict[str, Path]:
    """Files of what stands beside a version, by what the report calls them; those that are there.

    Parameters
    ----------
    settings : Settings
    definition : ModelDefinition
    version : str
        The version reported on.
    in_use : str, optional
        The version in use.
    """
    wanted = dict[str, Path]()
    if in_use not in {None, version}:
        run = run_folder(settings, definition.model, str(in_use))
        champion = {_IN_USE: run / "scored.parquet", _METRICS: run / "metrics.json"}
        if all(path.exists() for path in champion.values()):
            wanted |= champion
    if definition.area is not None:
        wanted[_AREAS] = matrix_folder(settings, definition.model) / "areas.parquet"
        wanted[_OUTLINES] = area_map_file(settings.state_dir, definition.area)
    return {name: path for name, path in wanted.items() if path.exists()}


def read_beside(files: Mapping[str, Path], in_use: str | None) -> Beside:
    """What the files that `files_beside` found hold."""
    champion = None
    if _IN_USE in files:
        chosen = json.loads(files[_METRICS].read_text(encoding="utf-8"))["chosen"]
        scored = pd.read_parquet(files[_IN_USE])
        champion = Champion(str(in_use), scored[scored["candidate"] == chosen])
    return Beside(
        champion,
        pd.read_parquet(files[_AREAS]) if _AREAS in files else None,
        AreaMap.read(files[_OUTLINES]) if _OUTLINES in files else None,
    )


def without_in_use(hashes: Mapping[str, str]) -> dict[str, str]:
    """The hashes of all else: once a version is itself in use, what it was compared with stays as it was."""
    return {name: digest for name, digest in hashes.items() if name not in {_IN_USE, _METRICS}}

"""Hearth: risk prediction for local government. In Python, start with `hearth.open(folder)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from hearth.workspace import Workspace


def open(folder: Path | str | None = None, *, today: date | None = None) -> Workspace:  # noqa: A001 - hearth.open reads as it is meant
    """Workspace of a folder; see `hearth.workspace.open_workspace`."""
    from hearth.workspace import open_workspace  # noqa: PLC0415 - the floor loads no room

    return open_workspace(folder, today=today)

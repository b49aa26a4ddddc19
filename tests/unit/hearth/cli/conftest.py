"""The command line run within the test, as `hearth` runs it: what it says, and how it ends."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from hearth.cli import context
from hearth.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output, as a machine reads it."""
        return json.loads(self.out)


@pytest.fixture
def hearth(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ended]:
    """Runs a command in the test's workspace, on 2 November 2026."""
    monkeypatch.chdir(workspace)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(context, "utc_now", lambda: datetime(2026, 11, 2, 9, 0, tzinfo=UTC))

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["hearth", *arguments])
        capsys.readouterr()
        code: Any = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        return Ended(code, *capsys.readouterr())

    return run

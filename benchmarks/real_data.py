"""Problems on real data, ingested, built and trained by the command line in a workspace of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import harness
import pandas as pd

from hearth.catalogue import load_catalogue
from hearth.settings import load_settings
from training.data.prepared import Prepared, current_matrix, prepare
from training.settled import settle

ROOT = Path(__file__).parents[1]
_HEARTH = Path(sys.executable).with_name("hearth")
_BAR_NOT_MET = 3
_SEARCH = "learner:\n  search: {{trials: {}}}\n"


class Problem:
    """One problem, trained.

    Parameters
    ----------
    model
        Its name.
    parts
        Files and folders copied into the workspace, below `home`.
    home
        The workspace that they come from.
    trials
        Settings of LightGBM that are tried on the dates before the tests; 0 leaves the house's.
    """

    def __init__(self, model: str, *parts: str, home: Path = ROOT, trials: int = 0) -> None:
        self.model, self.folder = model, harness.WORK / f"accuracy_{model}"
        shutil.rmtree(self.folder, ignore_errors=True)
        for part in parts:
            for source in sorted(home.glob(part)):
                target = self.folder / source.relative_to(home)
                target.parent.mkdir(parents=True, exist_ok=True)
                (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
        if trials:
            definition = self.folder / "models" / model / "model.yaml"
            definition.write_text(definition.read_text() + _SEARCH.format(trials))
        self._hearth("ingest")
        self._hearth("build", model)
        self._hearth("train", model)

    def answer(self, *arguments: str) -> Any:
        """What a command answers in JSON."""
        return json.loads(self._hearth(*arguments, "--json"))

    def _hearth(self, *arguments: str) -> str:
        """What a command says; a bar not met is an answer, any other failure ends the benchmark."""
        environment = {n: v for n, v in os.environ.items() if not n.startswith("HEARTH_")}
        command = [str(_HEARTH), "--workspace", str(self.folder), *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode not in {0, _BAR_NOT_MET}:
            sys.exit(f"hearth {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    @property
    def metrics(self) -> dict[str, Any]:
        """What `hearth train` wrote of the version."""
        found: dict[str, Any] = json.loads((self._run / "metrics.json").read_text())
        return found

    @property
    def is_bar_met(self) -> bool:
        """Whether the version may be put forward."""
        return bool(self.metrics["success"]["met"])

    @property
    def chosen(self) -> str:
        """The candidate registered."""
        return str(self.metrics["chosen"])

    def raw_scores(self, candidate: str) -> pd.Series[float]:
        """What a candidate ranked the last test date by, by entity."""
        return self._scored(candidate)["raw"]

    def probabilities(self, candidate: str) -> pd.Series[float]:
        """What a candidate said of the last test date, calibrated, by entity."""
        return self._scored(candidate)["score"]

    def prepared(self) -> Prepared:
        """Its examples and settings, as a training reads and settles them."""
        catalogue, settings = load_catalogue(self.folder), load_settings(self.folder)
        return settle(settings, prepare(*current_matrix(catalogue, settings, self.model))).prepared

    def _scored(self, candidate: str) -> pd.DataFrame:
        scored = pd.read_parquet(self._run / "scored.parquet")
        of_candidate = scored[scored["candidate"] == candidate]
        return of_candidate[of_candidate["as_of"] == scored["as_of"].max()].set_index("entity_id")

    @property
    def _run(self) -> Path:
        return self.folder / ".hearth" / "runs" / self.model / "1"

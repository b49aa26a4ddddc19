"""Intervals of scores beside planted truth: how often they hold the chance that made-up families have.

By fifth of the scores on each test date: whether the interval holds the mean chance of those who
score alike, which is what it promises, and how often it holds one family's own, which it does not
promise: families who score alike are not alike.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import harness
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq

from features.commands import build, ingest
from features.synthetic.council import synthesise as make_council
from hearth.catalogue import load_catalogue
from hearth.settings import load_settings
from training.data.prepared import current_matrix, prepare
from training.experiment import fit, splits_of, trees_of
from training.learners.baselines import Logistic
from training.learners.estimator import Candidate
from training.probabilities.uncertainty import uncertainty

MODEL = "school_readiness"
RUN_ON = date(2026, 11, 2)
COUNCIL = "data/council"
FIFTHS = 5

Floats = npt.NDArray[np.float64]


def make(households: int, seed: int) -> None:
    """Workspace of a made-up council, its matrix built."""
    root, shipped = _workspace(households, seed), Path(__file__).parents[1]
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("features/sources", f"models/{MODEL}"):
        shutil.copytree(shipped / folder, root / folder)
    make_council(root / COUNCIL, households=households, seed=seed)
    for name, contract in load_catalogue(root).sources.items():
        if contract.read.file is None or not (root / contract.read.file).exists():
            (root / "features" / "sources" / f"{name}.yaml").unlink()
    catalogue, settings = load_catalogue(root), load_settings(root)
    ingest(catalogue, settings, run_on=RUN_ON, pseudonyms=None)
    build(catalogue, settings, MODEL, run_on=RUN_ON)


def measure(households: int, seed: int) -> dict[str, Any]:
    """Every fifth of the scores of every learner on every test date, beside the truth."""
    root = _workspace(households, seed)
    definition, matrix = current_matrix(load_catalogue(root), load_settings(root), MODEL)
    prepared = prepare(definition, matrix)
    fifths: list[dict[str, Any]] = []
    for split in splits_of(definition, prepared.examples, prepared.periods):
        learnt_from = prepared.examples.on(split.training_dates)
        test = prepared.examples.on([split.test.as_of])
        truth = _truth(root, split.test.as_of, test.entities.tolist())
        learners: list[Candidate] = [Logistic(test.features), trees_of(definition, test.features)]
        for learner in learners:
            fitted = fit(learner, learnt_from, split.training, seed=definition.learner.seed)
            raw = test.raw_scores(fitted.scorer)
            table = uncertainty(fitted.held_out, fitted.calibration)
            low, high = table.interval(raw, fitted.calibration.probability(raw))
            known = np.isfinite(truth)
            for place, part in enumerate(np.array_split(np.argsort(raw[known]), FIFTHS)):
                ends, true = (low[known][part], high[known][part]), truth[known][part]
                fifths.append({"learner": learner.name, "fifth": place + 1, **_held(*ends, true)})
    return {"fifths": fifths}


def _held(low: Floats, high: Floats, truth: Floats) -> dict[str, float]:
    """Whether the interval holds the mean chance of those who score alike, and how many of their own."""
    return {
        "low": float(low.mean()),
        "high": float(high.mean()),
        "true_chance": float(truth.mean()),
        "spread_of_chances": float(truth.std()),
        "holds_mean": float(low.mean() <= truth.mean() <= high.mean()),
        "holds_one": float(((low <= truth) & (truth <= high)).mean()),
    }


def _truth(root: Path, as_of: date, homes: list[str]) -> Floats:
    """Planted chance of the one child of the right age in each home; NaN where it is not one."""
    spells = pq.read_table(
        root / COUNCIL / "residents.parquet",
        columns=["person_id", "uprn", "date_of_birth", "starts_on", "ends_on"],
    ).to_pandas()
    planted = pq.read_table(root / COUNCIL / "truth" / "school_readiness.parquet").to_pandas()
    born = pd.to_datetime(spells["date_of_birth"], errors="coerce")
    day = pd.Timestamp(as_of)
    here = (pd.to_datetime(spells["starts_on"], errors="coerce") <= day) & ~(
        pd.to_datetime(spells["ends_on"], errors="coerce") <= day
    )
    due = (born > day - pd.DateOffset(months=48)) & (born <= day - pd.DateOffset(months=36))
    found = spells[here & due].drop_duplicates(["person_id", "uprn"]).merge(planted, on="person_id")
    chances = found.groupby(found["uprn"].astype(str))["chance_not_good"].agg(["size", "mean"])
    return chances["mean"].where(chances["size"] == 1).reindex(homes).to_numpy(dtype=float)


def compare(arguments: Sequence[str]) -> None:
    """Every fifth over all councils and test dates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    asked = parser.parse_args(arguments)
    fifths: list[dict[str, Any]] = []
    for seed in asked.seeds:
        size = {"households": asked.households, "seed": seed}
        harness.run(__file__, "make", **size)
        fifths += harness.run(__file__, "measure", **size).said["fifths"]
    frame = pd.DataFrame(fifths)
    by_fifth = frame.groupby(["learner", "fifth"], as_index=False).mean().round(3)
    share = frame.groupby("learner")[["holds_mean", "holds_one"]].mean()
    ratios = {
        f"{learner}_{name}": float(share.loc[learner, name])
        for learner in share.index
        for name in share.columns
    }
    harness.write_result("coverage", ratios, by_fifth.to_dict("records"))


def _workspace(households: int, seed: int) -> Path:
    return harness.WORK / f"coverage_{households}_{seed}"


if __name__ == "__main__":
    harness.main({"make": make, "measure": measure}, compare)

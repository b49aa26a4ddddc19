"""Made-up councils whose officers look by recorded things only, or by others too, beside the truth.

Where officers plan each April by what is recorded, being looked at depends on features alone; where
tips that no table holds send them, it does not. The truth of a home nobody looked at is drawn from
its planted spells: whether a visit on some day of the window would have found it unlicensed.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import yaml

from features import commands
from features.matrix import build_matrix, read_matrix
from features.synthetic.council import synthesise
from features.synthetic.inspections import _PROVEN as PROVEN
from features.synthetic.scenario import NO_DEFECTS, DependsOn, Inspecting, Scenario
from hearth.catalogue import load_catalogue
from hearth.settings import load_settings
from training.analyses.selective_labels import selective_labels
from training.data.examples import Examples
from training.data.prepared import Prepared, prepare
from training.experiment import fit, splits_of, trees_of
from training.figures.evaluation import Cohort, Scores
from training.findings import Finding

ROOT = Path(__file__).parents[1]
MODEL = "unlicensed_hmo"
EFFORT = 12.0
"""Inspections for each of the everyday council's: with fewer, 3,000 homes tell nothing apart."""

_CHANGES: dict[str, Any] = {
    "capacity": {"share": "10%"},
    "as_of": {
        "first": "2019-04-01",
        "test_from": "2023-04-01",
        "last": "2025-04-01",
        "every": "12m",
    },
    "baselines": [{"name": "most waste reports", "rank_by": "waste_count_12m"}],
    "success": {"beats": ["most waste reports"]},
    "learner": {"parameters": {"num_iterations": 100}},
}
_RUN_ON = date(2026, 11, 2)
FIGURES = ("precision", "base_rate", "recall")


def judge_council(
    folder: Path, policy: DependsOn, *, seed: int, households: int, by_lot: bool = True
) -> dict[str, Any]:
    """What training says of one council's lists, beside the truth.

    Parameters
    ----------
    folder
        Workspace to be made; what is there goes.
    policy
        What decides where officers look; the definition declares it.
    seed, households
        Of the council.
    by_lot
        Also judge the figures by those drawn by lot.

    Returns
    -------
    dict
        Of `FIGURES`, each with `truth`, `plain`, `corrected` (None where it may not be read) and
        `bounds`; `cannot_tell`, whether the report says so of all; `lot_objects`, whether those
        drawn by lot show the weighted share of everybody to be wrong; None where they cannot say.
    """
    prepared = _prepared(folder, policy, seed=seed, households=households)
    without_lot = replace(prepared, examples=replace(prepared.examples, arm=None))
    experiment = _lists(without_lot)
    found = _look(without_lot, experiment)
    truth = _truth(folder, experiment, seed)
    verdicts = found.figures["verdicts"]
    figures = {}
    for name in FIGURES:
        ways, read = found.figures["estimates"][name], verdicts[name]["read"]
        figures[name] = {
            "truth": truth[name],
            "plain": ways["plain"]["value"],
            "weighted": ways["weighted"]["value"],
            "corrected": ways[read]["value"] if read in ways else None,
            "bounds": tuple(found.figures["bounds"][name].values()),
        }
    objects = _lot_objects(prepared, experiment) if by_lot else None
    shutil.rmtree(folder)
    return {
        "figures": figures,
        "cannot_tell": all(each["read"] == "cannot tell" for each in verdicts.values())
        and any("we cannot tell" in said for said in found.sentences),
        "lot_objects": objects,
    }


def _prepared(folder: Path, policy: DependsOn, *, seed: int, households: int) -> Prepared:
    """The council taken in, and its matrix."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "features").mkdir(parents=True)
    (folder / "features" / "sources").symlink_to(ROOT / "features" / "sources")
    (folder / "models" / MODEL).mkdir(parents=True)
    definition = _definition(policy)
    (folder / "models" / MODEL / "model.yaml").write_text(yaml.safe_dump(definition), "utf-8")
    officers = Inspecting(policy, EFFORT, planned=True)
    scenario = Scenario(defects=NO_DEFECTS, inspecting=officers)
    synthesise(folder / "data" / "council", households=households, seed=seed, scenario=scenario)
    catalogue, settings = load_catalogue(folder), load_settings(folder)
    used = [contract.source for contract in catalogue.sources_of(MODEL)]
    commands.ingest(catalogue, settings, run_on=_RUN_ON, pseudonyms=None, sources=used)
    build_matrix(catalogue, settings, MODEL, run_on=_RUN_ON)
    return prepare(catalogue.model(MODEL), read_matrix(settings, MODEL))


def _definition(policy: DependsOn) -> dict[str, Any]:
    """The shipped definition without what needs to know who lives where."""
    text = (ROOT / "models" / MODEL / "model.yaml").read_text("utf-8")
    shipped = {**yaml.safe_load(text), **_CHANGES}
    shipped["features"] = [group for group in shipped["features"] if group["follow"] == "address"]
    kept = [each for each in shipped["fairness"]["attributes"] if each["assign"] == "property"]
    not_held = {**shipped["fairness"]["not_held"], "race": "Left out of this study."}
    shipped["fairness"] = {**shipped["fairness"], "attributes": kept, "not_held": not_held}
    shipped["label"] |= {
        "row": "first",
        "inspection": str(policy),
        "random_arm": {"column": "reason", "is": "random"},
    }
    return shipped


def _lists(prepared: Prepared) -> Any:
    """LightGBM's list on every test date, as an experiment holds it."""
    definition, examples = prepared.definition, prepared.examples
    seed, splits = definition.learner.seed, []
    for split in splits_of(definition, examples, prepared.periods):
        test = examples.on([split.test.as_of])
        candidate = trees_of(definition, examples.features)
        fitted = fit(candidate, examples.on(split.training_dates), split.training, seed=seed)
        raw = test.raw_scores(fitted.scorer)
        cohort = Cohort(
            test.entities.tolist(), test.outcomes, definition.capacity.of(len(test)), seed=seed
        )
        scores = {candidate.name: Scores(raw, fitted.calibration.probability(raw))}
        splits.append(
            SimpleNamespace(
                name=split.test.as_of.isoformat(),
                split=split,
                test=test,
                cohort=cohort,
                scores=scores,
            )
        )
    return SimpleNamespace(splits=splits, chosen=candidate)


def _look(prepared: Prepared, experiment: Any) -> Finding:
    training: Any = SimpleNamespace(**vars(prepared), experiment=experiment)
    found = selective_labels(training)
    if found is None:
        raise ValueError("everybody was looked at, and there is nothing to correct")
    return found


def _lot_objects(prepared: Prepared, experiment: Any) -> bool | None:
    """Whether those drawn by lot show the weighted share of everybody to be wrong."""
    for result in experiment.splits:
        result.test = prepared.examples.on([result.split.test.as_of])
    found = _look(prepared, experiment).figures["estimates"]["base_rate"]["weighted_less_drawn"]
    if found["low"] is None or found["high"] is None:
        return None
    return not found["low"] <= 0 <= found["high"]


def _truth(folder: Path, experiment: Any, seed: int) -> dict[str, float]:
    """Figures of the lists had every home been visited once on some day of the window."""
    table = pq.read_table(folder / "data" / "council" / "truth" / "unlicensed_hmos.parquet")
    spells = defaultdict(list)
    for home, start, end in zip(*(column.to_pylist() for column in table.columns), strict=True):
        spells[home].append((np.datetime64(start), np.datetime64(end or "2100-01-01")))
    random = np.random.default_rng(seed)
    would, listed = [], []
    for result in experiment.splits:
        found = _would_be_found(result.test, spells, random)
        looked = result.test.outcomes
        would.append(np.where(looked.observed, looked.positive, found))
        (scores,) = result.scores.values()
        listed.append(result.cohort.selected(result.cohort.order(scores.raw)))
    true, on_list = np.concatenate(would), np.concatenate(listed)
    return {
        "precision": float(true[on_list].mean()),
        "base_rate": float(true.mean()),
        "recall": float(on_list[true].mean()),
    }


def _would_be_found(
    test: Examples, spells: dict[str, Any], random: np.random.Generator
) -> npt.NDArray[np.bool_]:
    days = test.as_of + random.integers(0, 365, len(test))
    is_let = [
        any(start <= day < end for start, end in spells.get(str(home), ()))
        for home, day in zip(test.entities, days, strict=True)
    ]
    return np.array(is_let) & (random.random(len(test)) < PROVEN)

"""Corrected figures beside plain ones and the planted truth, on made-up councils of 20 seeds."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import harness
import inspected_council
import numpy as np

from features.synthetic.scenario import DependsOn

FOLDER = harness.WORK / "selective_labels"


def main(arguments: Sequence[str]) -> None:
    """Every seed under both policies; a table of errors, and how often the report was right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--households", type=int, default=6_000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args(arguments)
    jobs = [(p, s, given.households) for p in DependsOn for s in range(1, given.seeds + 1)]
    with ProcessPoolExecutor(given.workers) as pool:
        found = dict(zip(jobs, pool.map(_one, jobs), strict=True))
    rows, ratios = [], dict[str, float]()
    for policy in DependsOn:
        mine = [one for job, one in found.items() if job[0] is policy]
        rows += [_errors(policy, figure, mine) for figure in inspected_council.FIGURES]
        held = [_holds(one) for one in mine]
        ratios[f"bounds_hold_the_truth_{policy}"] = float(np.mean(held))
        ratios[f"says_cannot_tell_{policy}"] = float(np.mean([o["cannot_tell"] for o in mine]))
        lot = [one["lot_objects"] for one in mine if one["lot_objects"] is not None]
        ratios[f"lot_objects_{policy}"] = float(np.mean(lot)) if lot else float("nan")
    for row in rows[: len(inspected_council.FIGURES)]:
        key = f"plain_error_vs_corrected_{row['figure']}"
        ratios[key] = row["plain_error"] / row["corrected_error"]
    harness.write_result("selective_labels", ratios, rows)


def _one(job: tuple[DependsOn, int, int]) -> dict[str, Any]:
    policy, seed, households = job
    folder = FOLDER / f"{policy}_{seed}"
    return inspected_council.judge_council(folder, policy, seed=seed, households=households)


def _errors(policy: DependsOn, figure: str, found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Mean absolute errors; of the weighted figure where no corrected one may be read."""
    each = [one["figures"][figure] for one in found]
    truth = np.array([one["truth"] for one in each])
    read = [one["corrected"] for one in each]
    given = np.array(
        [one["weighted"] if c is None else c for one, c in zip(each, read, strict=True)]
    )
    plain = np.array([one["plain"] for one in each])
    return {
        "inspection": str(policy),
        "figure": figure,
        "seeds": len(each),
        "may_be_read": sum(one is not None for one in read),
        "mean_truth": float(truth.mean()),
        "plain_error": float(np.abs(plain - truth).mean()),
        "corrected_error": float(np.abs(given - truth).mean()),
        "corrected_nearer": int((np.abs(given - truth) < np.abs(plain - truth)).sum()),
    }


def _holds(found: dict[str, Any]) -> bool:
    return all(
        one["bounds"][0] <= one["truth"] <= one["bounds"][1] for one in found["figures"].values()
    )


if __name__ == "__main__":
    harness.main({}, main)

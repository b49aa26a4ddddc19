"""The fairness report's figures at a million rows, and its bootstrap beside fairlearn's."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any

import harness
import numpy as np
import numpy.typing as npt

Metrics = {
    "recall": "true_positive_rate",
    "false_negative_rate": "false_negative_rate",
    "false_positive_rate": "false_positive_rate",
    "selection_rate": "selection_rate",
}
"""Our names of the metrics that both compute, and fairlearn's functions."""
_QUANTILES = (0.025, 0.975)
_GROUPS = {
    "ethnic_group": (("White British", "Asian", "Black", "Mixed", "Other"), (0.7, 0.12, 0.08, 0.06, 0.04)),
    "sex": (("female", "male"), (0.49, 0.51)),
    "age_band": (("under 25", "25 to 39", "40 to 64", "65 and over"), (0.15, 0.3, 0.35, 0.2)),
    "deprivation": (("1", "2", "3", "4", "5"), (0.28, 0.24, 0.2, 0.16, 0.12)),
}  # fmt: skip
_SEED = 11


def main(arguments: Sequence[str]) -> None:
    """Both bootstraps in turn at the small size, then the whole at the large one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--bootstrap-rows", type=int, default=20_000)
    parser.add_argument("--replicates", type=int, default=300, help="of both, side by side")
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args(arguments)
    side = {"rows": given.bootstrap_rows, "replicates": given.replicates}
    both = harness.run_in_turn(__file__, ["ours", "fairlearn"], repeats=given.repeats, **side)
    _check_alike(both)
    seconds = {name: cost.said["cpu_seconds"] for name, cost in both.items()}
    rows: list[dict[str, Any]] = [
        {
            "task": f"bootstrap of {len(Metrics)} metrics by 5 groups, {name}",
            "rows": given.bootstrap_rows,
            "replicates": given.replicates,
            "cpu_seconds": seconds[name],
            "cpu_ms_per_replicate": 1000 * seconds[name] / given.replicates,
            "peak_mb": both[name].peak_mb,
        }
        for name in both
    ]
    for task, words in (
        ("metrics", "every metric, interval and verdict, four attributes and their pairs, 1,000 replicates"),
        ("report", "the whole report, from frames to HTML and JSON"),
    ):  # fmt: skip
        cost = harness.run_in_turn(__file__, [task], repeats=given.repeats, rows=given.rows)[task]
        rows.append(
            {
                "task": words,
                "rows": given.rows,
                "replicates": 1000,
                "cpu_seconds": cost.said["cpu_seconds"],
                "frames_mb": cost.said["frames_mb"],
                "peak_mb": cost.peak_mb,
            }
        )
    ratios = {"bootstrap_vs_fairlearn": seconds["fairlearn"] / seconds["ours"]}
    harness.write_result("fairness", ratios, rows)


def _ours(*, rows: int, replicates: int) -> dict[str, Any]:
    from governance.fairness.bootstrap import rates_of, resampled  # noqa: PLC0415 not fairlearn's
    from governance.fairness.outcomes import Grouping, Outcomes  # noqa: PLC0415
    from governance.fairness.policy import METRICS  # noqa: PLC0415

    happened, selected, group = _small(rows)
    start = time.process_time()
    everyone = np.arange(rows)
    outcomes = Outcomes(
        selected, happened, np.ones(rows, dtype=bool), everyone, np.zeros(rows, dtype=np.int64)
    )
    samples = resampled(outcomes.counts(Grouping.of(group)), replicates=replicates)
    limits = {
        name: np.quantile(rates_of(samples, METRICS[name]), _QUANTILES, axis=0).tolist()
        for name in Metrics
    }
    return {"cpu_seconds": time.process_time() - start, "limits": limits}


def _fairlearn(*, rows: int, replicates: int) -> dict[str, Any]:
    from fairlearn import metrics  # noqa: PLC0415 its imports are not part of ours

    happened, selected, group = _small(rows)
    start = time.process_time()
    frame = metrics.MetricFrame(
        metrics={name: getattr(metrics, theirs) for name, theirs in Metrics.items()},
        y_true=happened,
        y_pred=selected,
        sensitive_features=group,
        n_boot=replicates,
        ci_quantiles=list(_QUANTILES),
        random_state=_SEED,
    )
    limits = {name: [limit[name].tolist() for limit in frame.by_group_ci] for name in Metrics}
    return {"cpu_seconds": time.process_time() - start, "limits": limits}


def _check_alike(both: dict[str, harness.Cost]) -> None:
    """Stop where the two disagree by more than so few replicates can."""
    for name in Metrics:
        ours, theirs = (np.array(cost.said["limits"][name]) for cost in both.values())
        width = (ours[1] - ours[0]).max()
        if np.abs(ours - theirs).max() > width / 2:
            raise SystemExit(f"{name}: the two bootstraps disagree: {ours} against {theirs}")


def _small(rows: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], npt.NDArray[Any]]:
    random = np.random.default_rng(_SEED)
    names, shares = _GROUPS["ethnic_group"]
    group = random.choice(names, rows, p=shares)
    chance = 0.2 + 0.1 * (group == "Asian")
    happened = random.random(rows) < chance
    return happened, random.random(rows) < 0.05 + 0.3 * happened, group


def _metrics(*, rows: int) -> dict[str, Any]:
    from governance.assessment import assess  # noqa: PLC0415

    evidence, held = _evidence(rows)
    start = time.process_time()
    assess(evidence)
    return {"cpu_seconds": time.process_time() - start, "frames_mb": held}


def _report(*, rows: int) -> dict[str, Any]:
    from governance.assessment import assess  # noqa: PLC0415
    from governance.report.render import make_document, render_html, render_json  # noqa: PLC0415

    evidence, held = _evidence(rows)
    start = time.process_time()
    assessment = assess(evidence)
    document = make_document(assessment)
    size = len(render_html(document)) + len(render_json(assessment, document))
    return {"cpu_seconds": time.process_time() - start, "frames_mb": held, "bytes": size}


def _evidence(rows: int) -> tuple[Any, float]:
    """A model's list of one test date with four attributes, and the memory held once it is made."""
    import pandas as pd  # noqa: PLC0415

    from governance.assessment import Evidence, Provenance  # noqa: PLC0415
    from hearth.definition import ModelDefinition  # noqa: PLC0415

    random = np.random.default_rng(_SEED)
    day, entity = "2025-09-01", pd.Series(np.arange(rows)).astype("str")
    probability = 1 / (1 + np.exp(1.2 - random.normal(size=rows)))
    listed = np.zeros(rows, dtype=bool)
    listed[np.argsort(-probability)[: rows // 10]] = True
    shared = {"entity_id": entity, "as_of": pd.Timestamp(day)}
    scored = pd.DataFrame(
        {
            **shared,
            "split": day,
            "candidate": "lightgbm",
            "score": probability,
            "calibrated": True,
            "selected": listed,
            "label": pd.array(random.random(rows) < probability, dtype="boolean"),
            "observed": True,
        }
    )
    columns = {name: random.choice(names, rows, p=p) for name, (names, p) in _GROUPS.items()}
    evidence = Evidence(
        definition=ModelDefinition.model_validate(_definition()),
        version="1",
        scored=scored,
        protected=pd.DataFrame({**shared, **columns}),
        metrics={
            "chosen": "lightgbm",
            "splits": [{"test_as_of": day, "candidates": {}}],
            "success": {"met": True, "lines": []},
        },
        matrix={"sources": {}, "rows": rows},
        provenance=Provenance({}, "benchmark", "1 April 2026", "make bench-fairness"),
    )
    return evidence, harness.peak_mb()


def _definition() -> dict[str, Any]:
    """The shipped problem's definition with the four attributes of this benchmark."""
    import yaml  # noqa: PLC0415

    path = harness.RESULTS.parents[1] / "models" / "school_readiness" / "model.yaml"
    shipped: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    shipped["fairness"]["attributes"] = [
        {
            "name": name,
            "characteristic": "other",
            "source": "equality_monitoring",
            "column": name,
            "assign": "named_person",
        }
        for name in _GROUPS
    ]
    shipped["fairness"]["not_held"] = {
        **shipped["fairness"]["not_held"],
        "race": "Made up.",
        "sex": "Made up.",
    }
    return shipped


if __name__ == "__main__":
    harness.main(
        {"ours": _ours, "fairlearn": _fairlearn, "metrics": _metrics, "report": _report}, main
    )

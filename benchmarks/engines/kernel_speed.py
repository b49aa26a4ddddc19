"""The TreeSHAP kernel beside LightGBM's own, on the same rows in turn, one thread each."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from engines.serving_model import rows_of, trained
from serving.tree_shap.explainer import explainer_of
from serving.tree_shap.machine_code import ready_kernel

_BATCH = 100_000
_NATIVE_BATCH = 2_000


def compare(
    folder: str, trees: int, leaves: int, rows: int, *, batch: bool = False
) -> dict[str, Any]:
    """Microseconds of one row, the median of many, and the largest difference of a figure."""
    code, text = ready_kernel(Path(folder), print), trained(Path(folder), trees, leaves)
    if code is None:
        raise RuntimeError("numba is not installed, so that there is no kernel")
    tree_shap = explainer_of(text, code)
    if tree_shap is None:
        raise RuntimeError("the kernel does not cover the model")
    booster, asked = lightgbm.Booster(model_str=text), rows_of(rows, 5)

    def native(table: Any, threads: int = 1) -> Any:
        return booster.predict(table, pred_contrib=True, num_threads=threads)

    apart = float(np.abs(native(asked) - tree_shap.contributions(asked)).max())
    ours, theirs = [], []
    for _ in range(3):
        for row in asked:
            ours.append(_seconds(tree_shap.contributions, row[None]))
            theirs.append(_seconds(native, row[None]))
    said = {
        "kernel_us": float(np.median(ours)) * 1e6,
        "native_us": float(np.median(theirs)) * 1e6,
        "largest_difference": apart,
    }
    if batch:
        table = rows_of(_BATCH, 6)
        said["kernel_batch_seconds"] = _seconds(tree_shap.contributions, table)
        some = _seconds(lambda part: native(part, 0), table[:_NATIVE_BATCH])
        said["native_batch_seconds_by_2000_rows"] = some * _BATCH / _NATIVE_BATCH
    return said


def _seconds(task: Callable[[Any], Any], rows: Any) -> float:
    begun = time.perf_counter()
    task(rows)
    return time.perf_counter() - begun

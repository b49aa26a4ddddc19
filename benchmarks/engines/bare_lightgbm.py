"""LightGBM on the parts of a matrix as a script would have it: in turn, or read whole first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

PARAMETERS = {
    "objective": "binary", "num_leaves": 7, "learning_rate": 0.03, "lambda_l2": 10.0,
    "min_data_in_leaf": 20, "deterministic": True, "force_row_wise": True, "verbosity": -1, "seed": 1,
}  # fmt: skip


class Parts(lightgbm.Sequence):
    """Rows of the parts, one part at a time."""

    def __init__(self, paths: list[Path], columns: dict[str, Any]) -> None:
        self.paths, self.columns, self.part = paths, columns, -1
        sizes = [pq.read_metadata(path).num_rows for path in paths]
        self.starts, self.batch_size = np.cumsum([0, *sizes]), sizes[0]

    def __len__(self) -> int:
        return int(self.starts[-1])

    def __getitem__(self, asked: Any) -> np.ndarray:
        first = asked.start if isinstance(asked, slice) else asked
        part = int(np.searchsorted(self.starts, first, side="right")) - 1
        if part != self.part:
            self.rows = np.empty((self.starts[part + 1] - self.starts[part], len(self.columns)))
            for place, column in enumerate(read(self.paths[part], self.columns).itercolumns()):
                self.rows[:, place] = column.to_numpy()
            self.part = part
        return (
            self.rows if isinstance(asked, slice) else self.rows[asked - self.starts[part]].copy()
        )


def read(path: Path, columns: dict[str, Any]) -> pa.Table:
    """A part, its words as their places in the vocabulary."""
    with pq.ParquetFile(path) as file:
        table = file.read(columns=list(columns))
    words = {name: pa.array(known) for name, known in columns.items() if known}
    for name, known in words.items():
        codes = pc.index_in(table[name], known).cast(pa.float64())
        table = table.set_column(table.column_names.index(name), name, codes)
    return table


def train(folder: str, rounds: int, *, whole: bool = False) -> dict[str, Any]:
    """The trees learnt."""
    home = Path(folder)
    features = json.loads((home / "manifest.json").read_text())["features"]
    columns = {each["name"]: each["categories"] for each in features}
    paths = sorted((home / "features").glob("part-*.parquet"))
    rows = pa.concat_tables(read(p, columns) for p in paths) if whole else Parts(paths, columns)
    with pq.ParquetFile(home / "labels.parquet") as file:
        labels = file.read(columns=["label"])["label"].to_numpy().astype(np.float32)
    words = [place for place, known in enumerate(columns.values()) if known]
    data = lightgbm.Dataset(rows, labels, feature_name=list(columns), categorical_feature=words)
    booster = lightgbm.train(PARAMETERS, data, num_boost_round=rounds)
    return {"model": booster.model_to_string()}


def train_whole(folder: str, rounds: int) -> dict[str, Any]:
    """The trees learnt from a table of all parts."""
    return train(folder, rounds, whole=True)

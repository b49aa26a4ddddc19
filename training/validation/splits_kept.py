"""The last drawing of a model's splits, kept for the service's pages: `splits/MODEL` of the state folder."""

import json
from pathlib import Path

from features.artefacts import made_aside, write_json
from training.validation import split_chart
from training.validation.splits_shown import SplitsShown

DRAWING, TABLE = "splits.svg", "splits.json"


def keep_splits(state_dir: Path, shown: SplitsShown) -> None:
    """Leave drawing and table in place of the last ones, both or neither."""
    table = json.loads(json.dumps(shown.as_json(), default=str))
    with made_aside(state_dir / "splits" / shown.model) as aside:
        (aside / DRAWING).write_text(split_chart.svg(shown), encoding="utf-8")
        write_json(aside / TABLE, table)

"""COMPAS by Aequitas, in an environment of its own, beside the fairness report's own figures.

python benchmarks/aequitas_agrees.py --python /path/to/an/environment/with/aequitas/bin/python
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from governance.disclosure.control import disclosure_policy
from governance.fairness.groups import group_table
from governance.fairness.outcomes import Grouping, Outcomes

COMPAS = Path(__file__).parents[1] / "tests" / "data" / "compas_for_aequitas.csv.gz"
RATES = {
    "fpr": "false_positive_rate",
    "fnr": "false_negative_rate",
    "fdr": "false_discovery_rate",
    "for": "false_omission_rate",
    "tpr": "recall",
    "precision": "precision",
    "prev": "base_rate",
}
"""Aequitas's names of the rates that both compute, and ours."""
COUNTS = {"tp": "tp", "fp": "fp", "fn": "fn", "tn": "tn", "pp": "selected", "group_size": "n"}
DISPARITY = "fpr_disparity"
_THEIRS = """
import json, sys
import pandas as pd
from aequitas.bias import Bias
from aequitas.group import Group
people = pd.read_csv(sys.argv[1])[["race", "score", "label_value"]]
crosstab, _ = Group().get_crosstabs(people, attr_cols=["race"])
found = Bias().get_disparity_predefined_groups(
    crosstab, original_df=people, ref_groups_dict={"race": "Caucasian"}, alpha=0.05, mask_significance=False
)
print(found.drop(columns=["model_id"], errors="ignore").to_json(orient="records"))
"""
_TOLERANCE = 1e-4  # Aequitas may round


def main() -> None:
    """Every rate and count of every group side by side; exit code 1 where any differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--python", required=True, help="interpreter of an environment with aequitas"
    )
    given = parser.parse_args()
    done = subprocess.run(
        [given.python, "-c", _THEIRS, str(COMPAS)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"aequitas did not run:\n{done.stderr}")
    theirs = {row["attribute_value"]: row for row in json.loads(done.stdout.splitlines()[-1])}
    people = pd.read_csv(COMPAS)
    rows = len(people)
    table = group_table(
        "race",
        Outcomes(
            (people.score == 1).to_numpy(),
            (people.label_value == 1).to_numpy(),
            np.ones(rows, dtype=bool),
            np.arange(rows),
            np.zeros(rows, dtype=np.int64),
        ),
        Grouping.of(people.race),
        policy=disclosure_policy("none"),
        tolerance=(0.8, 1.25),
        reference="Caucasian",
    )
    worst, compared = 0.0, 0
    for row in table.rows:
        other = theirs[row.group]
        pairs = [
            (other[name], row.rates[ours].interval.value)  # type: ignore[union-attr]  # policy none
            for name, ours in RATES.items()
        ]
        pairs += [(other[name], row.counts[ours]) for name, ours in COUNTS.items()]
        ratio = row.comparisons["false_positive_rate"].ratio
        pairs += [(other[DISPARITY], 1.0 if ratio is None else ratio.value)]
        worst = max([worst, *(abs(float(a) - float(b or 0)) for a, b in pairs)])
        compared += len(pairs)
        print(
            f"{row.group}: FPR {row.rates['false_positive_rate'].interval.value:.4f} and {other['fpr']:.4f}, "  # type: ignore[union-attr]  # policy none
            f"ratio {1.0 if ratio is None else ratio.value:.3f} and {other[DISPARITY]:.3f}; "
            f"ours: {row.comparisons['false_positive_rate'].verdict}"
        )
    print(f"{compared} figures compared, the widest difference {worst:.2g}")
    sys.exit(int(worst > _TOLERANCE))


if __name__ == "__main__":
    main()

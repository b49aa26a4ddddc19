"""Charts of the linkage model as SVG: its weights and estimates, and nobody's data."""

from pathlib import Path
from typing import Any

import vl_convert
from splink import Linker


def draw_charts(linker: Linker, folder: Path) -> None:
    """Draw match weights, parameters, how estimates agree, and what share of people cannot be linked."""
    drawn: dict[str, Any] = {
        "match_weights": linker.visualisations.match_weights_chart(as_dict=True),
        "parameters": linker.visualisations.m_u_parameters_chart(as_dict=True),
        "estimates": linker.visualisations.parameter_estimate_comparisons_chart(as_dict=True),
        "unlinkables": linker.evaluation.unlinkables_chart(as_dict=True),
    }
    for name, chart in drawn.items():
        (folder / f"{name}.svg").write_text(vl_convert.vegalite_to_svg(chart), encoding="utf-8")

"""The evaluation of links on paper: JSON and CSV for machines, HTML to read, and what to say of it."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from features import artefacts
from features.linkage.evaluation import EVERYBODY
from features.linkage.truth import ALL_SOURCES, Line

JSON, CSV, HTML = "evaluation.json", "evaluation.csv", "evaluation.html"
_TEMPLATES: Final = Environment(
    loader=PackageLoader("features.linkage", "."), autoescape=True, undefined=StrictUndefined
)


def evaluation_folder(state_dir: Path) -> Path:
    """Folder that holds the last evaluation."""
    return state_dir / "linkage" / "evaluation"


def differences(lines: Sequence[Line]) -> list[str]:
    """What differs between groups over all sources, one plain sentence each."""
    overall = {line.source: line.quality for line in lines if line.attribute == EVERYBODY}
    told = []
    for line in lines:
        figures = line.figures()
        if line.source == ALL_SOURCES and figures["differs_from_the_rest"]:
            word = "less" if line.quality.recall < overall[line.source].recall else "more"
            told.append(
                f"{line.attribute} {line.group}: found {word} often than the rest, "
                f"{figures['recall']:.2%} ({figures['recall_low']:.2%} to {figures['recall_high']:.2%}) "
                f"of {figures['true']:,} against {overall[line.source].recall:.2%} overall."
            )
    return told or ["No group's links are found more or less often than chance explains."]


def write_evaluation(lines: Sequence[Line], state_dir: Path, made_from: dict[str, Any]) -> Path:
    """Write the evaluation; the folder it stands in."""
    rows = [line.figures() for line in lines]
    said = differences(lines)
    folder = evaluation_folder(state_dir)
    with artefacts.made_aside(folder) as aside:
        artefacts.write_json(aside / JSON, {"lines": rows, "differences": said})
        with (aside / CSV).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        page = _TEMPLATES.get_template("evaluation.html.j2").render(rows=rows, differences=said)
        (aside / HTML).write_text(page, encoding="utf-8")
        artefacts.write_json(aside / artefacts.MANIFEST, made_from)
    return folder

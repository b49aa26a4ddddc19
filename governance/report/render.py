"""The assessment as a document, and the document as one HTML file and as JSON."""

import json
from dataclasses import asdict
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from governance.assessment import Assessment
from governance.fairness.policy import headline_metrics
from governance.report.bar import bar_of
from governance.report.differencing import given_away
from governance.report.document import Document, kind_of
from governance.report.judged import tally
from governance.report.sections import SECTIONS

CHARTS_CSS = "charts.css"
"""The stylesheet of the charts alone; a drawing that leaves the page takes it along."""
_DIGITS = 3
SCHEMA_VERSION = 1
"""Of report.json; rises when a key changes its meaning."""

_TEMPLATES = Environment(
    loader=PackageLoader("governance", "report"),
    autoescape=True,
    trim_blocks=True,
    undefined=StrictUndefined,
)


def make_document(assessment: Assessment) -> Document:
    """The report of an assessment, section by section."""
    definition = assessment.definition
    return Document(
        title=definition.title,
        subtitle=definition.question,
        facts=(*_of_model(assessment), ("Made on", assessment.provenance.made_on)),
        sections=tuple(section(assessment) for section in SECTIONS),
    )


def _of_model(assessment: Assessment) -> tuple[tuple[str, str], ...]:
    definition = assessment.definition
    if assessment.given:
        return (("Made from", "scores as they were given; the model was not seen"),)
    return (
        ("Model", f"{definition.model}, version {assessment.version}"),
        ("Purpose", definition.purpose.replace("_", " ")),
        ("Owner", definition.oversight.owner),
    )


def render_html(document: Document) -> str:
    """One self-contained HTML file: no scripts, no fonts, nothing fetched."""
    sheets = ("report.css", CHARTS_CSS, "print.css")
    style = Markup("".join(map(stylesheet, sheets)))  # noqa: S704 our own files, not input
    return _TEMPLATES.get_template("report.html.j2").render(
        document=document, style=style, kind_of=kind_of
    )


def render_json(assessment: Assessment, document: Document) -> str:
    """The document and the figures behind it; withheld counts are null.

    With full precision where the data are public, else with three decimals.
    """
    content: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "model": assessment.definition.model,
        "version": assessment.version,
        "candidate": assessment.candidate,
        "disclosure": assessment.policy.name,
        "headline_metrics": {
            metric.name: metric.title
            for metric in headline_metrics(assessment.definition.intervention)
        },
        "tolerance": list(assessment.definition.fairness.tolerance),
        "verdicts": {str(verdict): number for verdict, number in tally(assessment).items()},
        "document": document.as_json(),
        "performance": asdict(assessment.performance),
        "differencing": _differencing(assessment),
        "groups": {name: asdict(table) for name, table in assessment.tables.items()},
        "widest_gaps": {
            name: {metric: asdict(gap) for metric, gap in gaps.items()}
            for name, gaps in assessment.widest.items()
        },
        "pairs": [asdict(table) for table in assessment.pairs],
        "discrepancies": [asdict(one) for one in assessment.discrepancies],
        "calibration": {
            name: [asdict(group) for group in groups]
            for name, groups in assessment.calibration.items()
        },
        "coverage": [asdict(row) for row in assessment.coverage],
        "success": _success(assessment),
        "provenance": asdict(assessment.provenance),
    }
    if not assessment.policy.is_open:
        content = _coarse(content)
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _coarse(value: Any) -> Any:
    """The same with figures no finer than the page prints: the last digits of a mean can give away its parts."""
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, dict):
        return {key: _coarse(part) for key, part in value.items()}
    return [_coarse(part) for part in value] if isinstance(value, list | tuple) else value


def _differencing(assessment: Assessment) -> dict[str, Any] | None:
    """Which rows give away few people beside the report of the version before; None without one."""
    if assessment.earlier is None:
        return None
    found = [asdict(one) for one in given_away(assessment)]
    return {"earlier_version": assessment.earlier.version, "rows": found}


def _success(assessment: Assessment) -> dict[str, Any]:
    bar = bar_of(assessment)
    lines = [{"rule": line.rule, "met": line.met} for line in bar.lines]
    return {"met": bar.met, "lines": lines, "changed_after_results": bar.is_changed}


def stylesheet(name: str) -> str:
    """One of the report's own stylesheets."""
    loader = _TEMPLATES.loader
    assert loader is not None  # noqa: S101 given two lines above
    return loader.get_source(_TEMPLATES, name)[0]

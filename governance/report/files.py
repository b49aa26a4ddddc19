"""The report in all its forms, file by file: a page, a PDF, JSON, and a CSV of each table."""

from contextlib import suppress
from datetime import datetime

from governance.assessment import Assessment
from governance.report.pdf import Printer
from governance.report.render import make_document, render_html, render_json
from governance.report.tables import render_tables
from hearth.errors import NotFoundError
from hearth.progress import Progress, silent

HTML, JSON, PDF = "report.html", "report.json", "report.pdf"


def render_files(
    assessment: Assessment, *, now: datetime, printer: Printer, progress: Progress = silent
) -> dict[str, bytes]:
    """Files of the report by path, the same bytes for the same assessment, day and printer.

    Without what a PDF needs there is none among them; `governance.report.pdf.why_no_pdf` says why.
    """
    progress("writing the report", 0, 2)
    document = make_document(assessment)
    page = render_html(document)
    files = {
        HTML: page.encode(),
        JSON: render_json(assessment, document).encode(),
        **render_tables(document),
    }
    progress("writing the report", 1, 2)
    with suppress(NotFoundError):  # the caller says why
        files[PDF] = printer(page, now)
    progress("writing the report", 2, 2)
    return files

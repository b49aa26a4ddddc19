"""The report's HTML as a tagged PDF (PDF/UA-1), by WeasyPrint, where the machine has Pango."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from types import ModuleType

from governance.report.render import CHARTS_CSS, stylesheet
from hearth.digest import sha256_of
from hearth.errors import NotFoundError

Printer = Callable[[str, datetime], bytes]
"""Makes a PDF of one self-contained HTML file, dated as given."""

_VARIANT = "pdf/ua-1"
_NO_PACKAGE = "WeasyPrint is not installed; run: pip install 'hearth-council[reports]'"
_NO_PANGO = (
    "the text-layout library Pango is not installed; Debian and Ubuntu: apt install "
    "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; macOS: brew install pango; "
    "Windows: see WeasyPrint's first steps"
)


def render_pdf(html: str, made_at: datetime) -> bytes:
    """PDF of the report: A4, tagged, with language and title; the same bytes for the same input.

    Parameters
    ----------
    html : str
        One self-contained file; nothing it names elsewhere is fetched.
    made_at : datetime
        Its day becomes the date of the file.

    Raises
    ------
    NotFoundError
        If WeasyPrint or the library it needs is not installed; the message says what to install.
    """
    weasyprint = _weasyprint()
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=())
    page = weasyprint.HTML(string=_with_styled_drawings(html), url_fetcher=nothing)
    document = page.render(pdf_variant=_VARIANT)
    document.metadata.created = document.metadata.modified = f"{made_at:%Y-%m-%d}"
    identifier = sha256_of(html.encode())[:32].encode()
    return bytes(document.write_pdf(pdf_variant=_VARIANT, pdf_identifier=identifier))


def why_no_pdf() -> str | None:
    """What is missing for a PDF to be made and how to get it; None where one can be made."""
    try:
        _weasyprint()
    except NotFoundError as error:
        return str(error)
    return None


@lru_cache(maxsize=1)
def _weasyprint() -> ModuleType:
    try:
        import weasyprint  # noqa: PLC0415 takes a second, and Pango may not be there
        import weasyprint.urls  # noqa: PLC0415 as the line above
    except ImportError:
        raise NotFoundError(_NO_PACKAGE) from None
    except OSError:
        raise NotFoundError(_NO_PANGO) from None
    module: ModuleType = weasyprint
    return module


def _with_styled_drawings(html: str) -> str:
    """The page with the charts' rules in each drawing: WeasyPrint draws each as a picture of its own."""
    style = f"<style>{stylesheet(CHARTS_CSS)}</style>"
    return re.sub(r"(<svg [^>]*>)", lambda found: found[1] + style, html)

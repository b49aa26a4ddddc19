"""A document as one self-contained page: no scripts, no fonts, nothing fetched."""

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from governance.report.document import Document, kind_of

_TEMPLATES = Environment(
    loader=ChoiceLoader(
        [PackageLoader("governance", "transparency"), PackageLoader("governance", "report")]
    ),
    autoescape=True,
    trim_blocks=True,
    undefined=StrictUndefined,
)


def page_of(document: Document, kind: str) -> bytes:
    """The document as HTML, in UTF-8.

    Parameters
    ----------
    kind : str
        What it is, such as `transparency record`; stands in the banner.
    """
    loader = _TEMPLATES.loader
    assert loader is not None  # noqa: S101 given above
    style = loader.get_source(_TEMPLATES, "report.css")[0]
    page = _TEMPLATES.get_template("record.html.j2").render(
        document=document,
        kind=kind,
        kind_of=kind_of,
        style=Markup(style),  # noqa: S704 our own file, not input
    )
    return page.encode()

import csv
import io
import re
import zlib

import pytest

from governance.assessment import assess
from governance.report import pdf
from governance.report.document import Column, Document, Section, Table
from governance.report.files import render_files
from governance.report.render import make_document, render_html
from governance.report.tables import render_tables
from hearth.errors import NotFoundError


def no_pango(_page, _made_at):
    raise NotFoundError("Pango is not installed")


@pytest.fixture(scope="module")
def compas(compas_evidence):
    return assess(compas_evidence("dfe"))


def read(content):
    return list(csv.reader(io.StringIO(content.decode())))


def one_table(*rows, columns=("Group", "Rate (95% interval)")):
    table = Table("Sex: found", tuple(map(Column, columns)), rows)
    document = Document("", "", (), (Section(5, "Groups", (table,)),))
    return read(render_tables(document)["tables/05-sex-found.csv"])


def test_every_table_is_a_file_and_stands_in_the_contents(compas):
    document = make_document(compas)
    files = render_tables(document)

    captions = [b.caption for s in document.sections for b in s.blocks if isinstance(b, Table)]
    contents = read(files["tables/00-contents.csv"])[1:]
    assert [row[2] for row in contents] == captions
    assert {f"tables/{row[0]}" for row in contents} == {
        path for path in files if not path.startswith("tables/00-")
    }


def test_a_figure_and_its_interval_take_a_cell_each():
    assert one_table(("Black", "44.8% (42.6 to 47.2)"), ("Asian", "[c]"), ("Other", "–")) == [
        ["Group", "Rate, %", "Rate, low end of 95% interval, %", "Rate, high end of 95% interval, %"],
        ["Black", "44.8", "42.6", "47.2"],
        ["Asian", "[c]", "[c]", "[c]"],
        ["Other", "[x]", "[x]", "[x]"],
    ]  # fmt: skip


def test_counts_are_plain_numbers_and_a_name_is_never_a_formula():
    rows = one_table(("=1+1", "1,234", "−6.5"), columns=("Group", "Cohort", "Difference"))

    assert rows[1] == ["'=1+1", "1234", "-6.5"]


def test_every_mark_in_a_table_is_explained(compas):
    files = render_tables(make_document(compas))
    explained = {row[0] for row in read(files["tables/00-marks.csv"])[1:]}

    used = {
        cell for path, content in files.items() if not path.startswith("tables/00-")
        for row in read(content) for cell in row if re.fullmatch(r"\[\w\]|–", cell)
    }  # fmt: skip
    assert {"[c]", "[x]"} <= used <= explained


def test_the_pdf_is_tagged_titled_and_the_same_each_time(compas, clock):
    page = render_html(make_document(compas))

    made = pdf.render_pdf(page, clock())

    assert made == pdf.render_pdf(page, clock())
    streams = [
        zlib.decompress(s) for s in re.findall(rb"stream\n(x.*?)\nendstream", made, re.DOTALL)
    ]
    whole = made + b"".join(streams)
    for mark in (b'pdfuaid:part="1"', b"/Lang (en-GB)", b"/DisplayDocTitle true", b"D:20261102"):
        assert mark in whole
    for_paper = page.count("<svg ") - page.count('class="for-narrow"')
    assert whole.count(b"/S /Figure") == whole.count(b"/Alt (") == for_paper


def test_where_pango_is_missing_all_but_the_pdf_is_made(compas, clock):
    files = render_files(compas, now=clock(), printer=no_pango)

    assert {"report.html", "report.json", "tables/00-marks.csv"} <= set(files)
    assert "report.pdf" not in files


def test_a_missing_package_is_named_with_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    pdf._weasyprint.cache_clear()

    assert "pip install 'hearth-council[reports]'" in (pdf.why_no_pdf() or "")
    pdf._weasyprint.cache_clear()

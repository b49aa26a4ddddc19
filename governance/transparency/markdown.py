"""A document as Markdown."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from governance.report.document import (
    Block,
    Bullets,
    Document,
    Facts,
    Heading,
    Inset,
    Paragraph,
    Table,
)


def markdown_of(document: Document) -> bytes:
    """The document as text/markdown, in UTF-8; drawings are left to the page."""
    lines = [f"# {document.title}", document.subtitle, _facts(document.facts)]
    for section in document.sections:
        lines += [f"## {section.number}. {section.title}", *map(_block, section.blocks)]
    return ("\n\n".join(line for line in lines if line) + "\n").encode()


def _block(block: Block) -> str:
    write = _WRITERS.get(type(block))
    return "" if write is None else write(block)


def _facts(items: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(f"- **{name}:** {value}" for name, value in items)


def _bullets(block: Bullets) -> str:
    marks = ((f"{n}." if block.is_numbered else "-") for n in range(1, len(block.items) + 1))
    return "\n".join(f"{mark} {item}" for mark, item in zip(marks, block.items, strict=True))


def _table(block: Table) -> str:
    return "\n".join(
        [f"**{block.caption}**", "", *_rows(block), *(["", block.note] if block.note else [])]
    )


def _rows(block: Table) -> Iterator[str]:
    yield _row(column.title for column in block.columns)
    yield _row("---" for _ in block.columns)
    yield from (_row(row) for row in block.rows)


def _row(cells: Any) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")


_WRITERS: Mapping[type[Any], Callable[[Any], str]] = MappingProxyType(
    {
        Paragraph: lambda block: block.text,
        Heading: lambda block: f"### {block.text}",
        Inset: lambda block: f"> {'**' + block.text + '**' if block.is_warning else block.text}",
        Bullets: _bullets,
        Facts: lambda block: _facts(block.items),
        Table: _table,
    }
)

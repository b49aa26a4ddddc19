"""The report as data: sections of blocks, the same for HTML and JSON."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Align = Literal["text", "number", "verdict"]
Level = Literal["concern", "open", "clear"]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of plain words."""

    text: str


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list; numbered where order matters."""

    items: tuple[str, ...]
    is_numbered: bool = False


@dataclass(frozen=True)
class Inset:
    """Words set apart: what a reader must not miss."""

    text: str
    is_warning: bool = False


@dataclass(frozen=True)
class Facts:
    """Names and their values, two columns."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Column:
    """A table's column: its title, and how its cells read."""

    title: str
    align: Align = "text"


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row is its heading."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """A drawing, with the words that say the same; its figures stand in the table after it.

    Attributes
    ----------
    svg, narrow : str
        The drawing, and another for a telephone; empty where the one does for both.
    key : str
        What its patterns mean, as HTML.
    """

    title: str
    description: str
    svg: str
    narrow: str = ""
    key: str = ""


@dataclass(frozen=True)
class Status:
    """The verdict at a glance: a large line, and a smaller one under it."""

    text: str
    detail: str
    level: Level


@dataclass(frozen=True)
class SignOff:
    """A box for each role to sign, and one for dissent."""

    roles: tuple[str, ...]


Block = Paragraph | Heading | Bullets | Inset | Facts | Table | Chart | Status | SignOff


@dataclass(frozen=True)
class Section:
    """One numbered part of the report."""

    number: int
    title: str
    blocks: tuple[Block, ...]

    @property
    def anchor(self) -> str:
        """Name of the section in a link."""
        return f"section-{self.number}"


@dataclass(frozen=True)
class Document:
    """The whole report."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]

    def as_json(self) -> dict[str, Any]:
        """Sections and blocks as JSON holds them; drawings are left to the HTML."""
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "facts": dict(self.facts),
            "sections": [
                {
                    "number": section.number,
                    "title": section.title,
                    "blocks": [_block_json(block) for block in section.blocks],
                }
                for section in self.sections
            ],
        }


def kind_of(block: Block) -> str:
    """Name of the block's kind, in lower case."""
    return type(block).__name__.lower()


def _block_json(block: Block) -> dict[str, Any]:
    parts = asdict(block)
    if isinstance(block, Chart):
        parts = {name: parts[name] for name in ("title", "description")}
    return {"kind": kind_of(block), **parts}

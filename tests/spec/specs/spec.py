"""One spec: a sentence that could be false, and the small tables that show it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import yaml

Row = dict[str, Any]
_DATES = ("happened", "starts", "ends", "known", "end_known", "as_of", "from", "to", "day")
_MOST_ROWS = 12


@dataclass(frozen=True)
class Spec:
    """Rows of a source, what is asked of them, and the features of each entity and as-of date.

    `source` and `rows` are drawn; in `rows` a column that is neither `entity`, `as_of` nor `follows`
    is a feature. A source has columns `key`, `happened` (events), `starts` and `ends` (spells) or
    neither (attributes), `known`, and columns of its own; without `known` all is known at once.
    `contract` is what else its contract says. `residents` are spells of people at homes, who are then
    followed; else a row follows the keys that `follows` names, or its `entity`.
    """

    sentence: str
    source: str
    group: str
    rows: str
    contract: str = ""
    residents: str = ""
    note: str = ""

    @property
    def asked(self) -> Row:
        """The feature group, as a definition writes it."""
        return dict(yaml.safe_load(self.group))

    @property
    def contracted(self) -> Row:
        """What its contract says beside."""
        return dict(yaml.safe_load(self.contract) or {})

    @property
    def markdown(self) -> str:
        """The spec as people read it."""
        said = self.group.strip()
        if self.contract:
            said = f"# the source's contract\n{self.contract.strip()}\n# the feature group\n{said}"
        parts = [f"### {self.sentence}", self.note.strip(), markdown(self.source)]
        if self.residents:
            parts += ["Where people live:", markdown(self.residents)]
        return "\n\n".join(filter(None, [*parts, f"```yaml\n{said}\n```", markdown(self.rows)]))


@dataclass(frozen=True)
class Topic:
    """Specs of one matter, with a few words before them."""

    title: str
    words: str
    specs: tuple[Spec, ...]

    @property
    def markdown(self) -> str:
        """The topic as people read it."""
        return "\n\n".join(
            [f"## {self.title}", self.words.strip(), *(spec.markdown for spec in self.specs)]
        )


def drawn(text: str) -> list[Row]:
    """Rows of a drawn table."""
    header, *body = cells(text)
    return [
        {c: _value(v, is_date=c in _DATES) for c, v in zip(header, line, strict=True)}
        for line in body
    ]


def header(text: str) -> list[str]:
    """Columns of a drawn table."""
    return cells(text)[0]


def cells(text: str) -> list[list[str]]:
    """Cells of a drawn table, its header first."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def markdown(text: str) -> str:
    """A drawn table in Markdown; of a long one the first rows and the last."""
    head, *body = cells(text)
    if len(body) > _MOST_ROWS:
        body = [*body[:3], ["…"] * len(head), body[-1]]
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _value(text: str, *, is_date: bool) -> object:
    if text in ("", "-"):
        return None
    if is_date:
        return yaml.safe_load(text)
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(Fraction(text))
    except ValueError:
        return text

"""The pages that the specs make, by name."""

from pathlib import Path

from specs import aggregates, attributes, corrections, known, people, ties, windows
from specs.spec import Spec, Topic

FOLDER = Path(__file__).parents[3] / "docs" / "reference"
_MADE = "<!-- Made by `python tests/spec/render.py` from tests/spec/specs: change it there. -->"
_AGGREGATES = """
# Aggregates

What each aggregate of a [feature group](model_definition.md) makes of the rows of its source. Every
table here is a test: the production engine and plain SQL both give these very values. Each example
shows rows of a source, what is asked of them, and the features of each entity at each as-of date.
`key` is whom a row is about, `happened` its event date, `known` its knowledge date (the same day where
it is not shown); a feature's name is shown without that of its group, which comes before it. When a row counts at all is on [its own page](time.md).
"""
_TIME = """
# What counts at an as-of date

When a row is known, which version of it, and what an attribute is at an as-of date. Every table here
is a test: the production engine and plain SQL both give these very values. How to read the tables,
and what is made of the rows, is on the page of [aggregates](aggregates.md).
"""
PAGES: dict[str, tuple[str, tuple[Topic, ...]]] = {
    "aggregates.md": (_AGGREGATES, (aggregates.TOPIC, windows.TOPIC, ties.TOPIC, people.TOPIC)),
    "time.md": (_TIME, (known.TOPIC, corrections.TOPIC, attributes.TOPIC)),
}


def page(name: str) -> str:
    """Text of a page."""
    words, topics = PAGES[name]
    return "\n\n".join([_MADE, words.strip(), *(topic.markdown for topic in topics)]) + "\n"


def specs() -> list[Spec]:
    """Every spec, in the order of the pages."""
    return [spec for _, topics in PAGES.values() for topic in topics for spec in topic.specs]

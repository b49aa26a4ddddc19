"""Lines of YAML with a comment beside them."""

import json
import re

from hearth.yaml_file import TO_BE_ANSWERED

_PLAIN = re.compile(r"[A-Za-z%/][A-Za-z0-9_./%-]*( [A-Za-z0-9_./%()-]+)*")
_NOT_TEXT = ("true", "false", "null")
_COMMENT_AT = 34


def line(text: str, comment: str = "") -> str:
    """A line, its comment set off to the right."""
    return f"{text.ljust(_COMMENT_AT)} # {comment}" if comment else text


def question(key: str, asked: str) -> str:
    """A key whose value a person must give before the file can be used."""
    return line(f"{key}: {TO_BE_ANSWERED}", asked)


def scalar(text: str) -> str:
    """Text as YAML: plain where it stays text, else in double quotes."""
    if _PLAIN.fullmatch(text) and not text.startswith("%") and text.lower() not in _NOT_TEXT:
        return text
    return json.dumps(text, ensure_ascii=False)

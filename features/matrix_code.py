"""The code that matrices are made by, as one hash: where it changes they are made anew."""

from functools import cache
from pathlib import Path

from features import artefacts

_APART = ("synthetic", "drafting", "leaks", "dictionary")


@cache
def code_key() -> str:
    """SHA-256 of the modules of this package, those that only read or make up data aside."""
    folder = Path(__file__).parent
    modules = [p for p in folder.rglob("*.py") if not set(_APART) & set(p.parts)]
    return artefacts.code_sha256(*sorted(modules))

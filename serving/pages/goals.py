"""Which page somebody is sent to once signed in: one of ours, whose address can name nobody."""

import re

START = "/models"
_UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_OWN_PAGE = re.compile(rf"(?:/(?:[a-z][a-z0-9_-]*|{_UUID}))+")


def own_page(goal: str) -> str:
    """A page of ours, made of names and of scores' identifiers; the first page for anything else."""
    return goal if _OWN_PAGE.fullmatch(goal) else START

"""Whether a text is the title of a role or the name of a person, and a mailbox a team's or a person's.

No list knows every name. What is refused for certain: a courtesy title, an initial before a
surname, a given name that given_names.txt lists, and a text that holds no word of roles at all. A rare
name that stands beside a role passes: whoever publishes the record reads it first.
"""

import re
from importlib.resources import files

_COURTESY = re.compile(
    r"\b(mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|lord|lady|rev|cllr|councillor)\b\.?\s+[A-Z]",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"\b[A-Z](\.\s*[A-Z])*\.?\s+[A-Z][a-z]+$")
_ROLES = frozenset(
    {
        "adviser", "advisor", "analyst", "architect", "board", "chair", "chief",
        "commissioner", "committee", "controller", "coordinator", "delegate", "deputy", "director",
        "engineer", "executive", "group", "guardian", "head", "lead", "leader",
        "manager", "officer", "owner", "panel", "partner", "president", "principal",
        "registrar", "scientist", "secretary", "senior", "service", "superintendent", "supervisor",
        "team", "treasurer", "unit",
    }
)  # fmt: skip
_GIVEN = frozenset(
    files("governance.transparency").joinpath("given_names.txt").read_text(encoding="utf-8").split()
)
_MAILBOX = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def why_no_role(text: str) -> str | None:
    """What makes a text no title of a role; None where it may be one. The text is not repeated."""
    words = _TOKEN.findall(text)
    if _COURTESY.search(text):
        return "begins a name with a courtesy title"
    if not _ROLES & {word.lower() for word in words}:
        return "holds no word of a role, such as Head, Director, Manager or Officer"
    if _has_given_name(words):
        return "holds what looks like a person's name"
    if any(_INITIAL.search(part.strip()) for part in re.split(r"[,;:()–—/]", text)):
        return "holds what looks like an initial and a surname"
    return None


def why_no_team_mailbox(text: str) -> str | None:
    """What makes a text no mailbox of a team; None where it may be one. The text is not repeated."""
    if not _MAILBOX.fullmatch(text):
        return "is no email address"
    parts = re.split(r"[._+-]", text.partition("@")[0].lower())
    if _GIVEN & set(parts) or (len(parts) > 1 and len(parts[0]) == 1):
        return "looks like one person's mailbox"
    return None


def _has_given_name(words: list[str]) -> bool:
    """Whether a given name is followed by a capitalised word, or stands last."""
    following = [*words[1:], "A"]
    return any(
        word[0].isupper() and word.lower() in _GIVEN and after[0].isupper()
        for word, after in zip(words, following, strict=True)
    )

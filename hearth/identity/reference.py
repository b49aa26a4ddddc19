"""References to subjects: the same each time, and nobody's without the pepper."""

import hmac

_PURPOSE = b"hearth subject pseudonym 1"
_DIGITS = 32


def subject_reference(pepper: str, scope: str, entity_id: str) -> str:
    """Reference by which logs and answers name a subject.

    Parameters
    ----------
    pepper
        Secret kept outside the records (`settings.api_key_pepper`).
    scope
        What the reference is for, such as a model's name: two scopes give one subject two
        references, so that logs cannot be joined on them.
    entity_id
        The subject's own number, which the reference does not give away.
    """
    key = hmac.digest(pepper.encode(), _PURPOSE, "sha256")
    text = f"{scope}\n{entity_id}".encode()
    return hmac.new(key, text, "sha256").hexdigest()[:_DIGITS]

"""The success bar put on record before results are seen, and every look at a test period counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hearth.audit_log import AuditLog, Recorded
from hearth.definition import ModelDefinition
from hearth.digest import canonical_json, sha256_of
from hearth.storage.engine import writing

REGISTERED, LOOKED = "bar.registered", "test_period.looked_at"
"""Actions in the audit log."""

_ACTOR = "training"
_PARTS = {"success", "capacity", "label", "baselines"}


@dataclass(frozen=True)
class Look:
    """A look at test periods, and how the bar stood when it was made.

    Attributes
    ----------
    bar_sha256
        Of the bar the results are judged by.
    registered_on
        Day the bar was first put on record.
    counts
        Test as-of date → looks at it so far, this one included.
    is_bar_changed
        Whether one of the test dates had been looked at before this bar was put on record.
    """

    bar_sha256: str
    registered_on: date
    counts: Mapping[str, int]
    is_bar_changed: bool

    def as_json(self) -> dict[str, Any]:
        """Look as metrics.json holds it."""
        return {
            "bar_sha256": self.bar_sha256,
            "registered_on": self.registered_on.isoformat(),
            "looks": dict(self.counts),
            "bar_changed_after_results": self.is_bar_changed,
            "sentences": [self._of_bar(), self._of_looks()],
        }

    def _of_bar(self) -> str:
        if self.is_bar_changed:
            return (
                "Bar changed after results: test dates had been looked at before this bar was put "
                f"on record on {self.registered_on}, so it proves less than one set beforehand."
            )
        return f"The bar was put on record on {self.registered_on}, before any of these results."

    def _of_looks(self) -> str:
        looks = ", ".join(f"{day}: {count}" for day, count in self.counts.items())
        return (
            f"Looks at each test date so far, this one included: {looks}. "
            "The more there are, the more the best figure owes to chance."
        )


def bar_sha256(definition: ModelDefinition) -> str:
    """Hash of what a candidate is judged by: success, capacity, label and baselines.

    What a definition leaves to its defaults is left out, so that a release of Hearth that adds a
    field changes no bar.
    """
    return sha256_of(canonical_json(_bar(definition)))


def look(
    definition: ModelDefinition, test_dates: Sequence[date], audit: AuditLog, *, command: str
) -> Look:
    """Put the bar on record where it is not, and count a look; done before any test label is read.

    A run that fails afterwards has looked all the same: nobody can say what was seen of it.

    Parameters
    ----------
    definition
        Whose bar it is.
    test_dates
        As-of dates whose labels are about to be looked at, earliest first.
    audit
        Where both are recorded.
    command
        What looks, such as `train`.

    References
    ----------
    Dwork et al. (2015), "The reusable holdout", Science 349: 636-638; Nosek et al. (2018), "The
    preregistration revolution", PNAS 115: 2600-2606.
    """
    bar, days = bar_sha256(definition), [day.isoformat() for day in test_dates]
    shared = {"model": definition.model, "bar_sha256": bar}
    with writing(audit.engine) as connection:
        looks = _of_model(audit.recorded(LOOKED, connection=connection), definition)
        bars = _of_model(audit.recorded(REGISTERED, connection=connection), definition)
        registered = next((each for each in bars if each.details["bar_sha256"] == bar), None)
        registered_on = (
            audit.clock().date() if registered is None else registered.recorded_at.date()
        )
        if registered is None:
            details = {**shared, "bar": _bar(definition)}
            audit.append(REGISTERED, actor=_ACTOR, details=details, connection=connection)
        details = {**shared, "test_as_of": days, "command": command}
        audit.append(LOOKED, actor=_ACTOR, details=details, connection=connection)
    seen = {day: [each for each in looks if day in each.details["test_as_of"]] for day in days}
    earlier = [each for found in seen.values() for each in found]
    changed = any(registered is None or each.sequence < registered.sequence for each in earlier)
    return Look(bar, registered_on, {day: len(found) + 1 for day, found in seen.items()}, changed)


def _bar(definition: ModelDefinition) -> dict[str, Any]:
    return definition.model_dump(mode="json", include=_PARTS, exclude_defaults=True)


def _of_model(entries: Sequence[Recorded], definition: ModelDefinition) -> list[Recorded]:
    return [each for each in entries if each.details.get("model") == definition.model]

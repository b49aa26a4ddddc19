"""What is found of a snapshot's quality: its figures, how they moved, and what somebody should look at."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from features.data_quality.drift import Drift, drift_between
from features.data_quality.profile import DELAYS, Profile

SAME_DAY_AT_MOST = 0.95
"""Where more rows than this are known on the day they happened, the date may be no knowledge date."""

KEYS_VANISHED = 0.1
"""Share of keys to rows of the last time from which vanished keys are told."""

BEFORE, SAME_DAY = DELAYS[0][0], DELAYS[1][0]


@dataclass(frozen=True)
class DataQuality:
    """Quality of one snapshot, as its report tells it.

    Attributes
    ----------
    source, title, run_on : str
    profile : Profile
    drift : Drift or None
        None for a first snapshot.
    counts : dict
        Rows `duplicates`, `quarantined`, `expired`, `misshapen`, and `overlapping_spells`.
    findings : list of dict
        Rules broken by rows set aside: `column`, `reason`, `rows`, `first_rows`.
    references : list of dict
        What rows refer to that another source does not know.
    changes : dict or None
        Keys whose rows changed since the snapshot before.
    ignored_columns : list of str
        Columns of the file that the contract does not have; they were not taken in.
    """

    source: str
    title: str
    run_on: str
    profile: Profile
    drift: Drift | None
    counts: Mapping[str, int]
    findings: list[dict[str, Any]]
    references: list[dict[str, Any]]
    changes: dict[str, Any] | None
    ignored_columns: list[str]

    @property
    def notes(self) -> list[str]:
        """What somebody should look at, a sentence each."""
        return [*self._row_notes(), *self._recording_notes(), *self._drift_notes()]

    def as_json(self) -> dict[str, Any]:
        """The report as JSON holds it."""
        told = {name: getattr(self, name) for name in ("source", "title", "run_on", "findings")}
        return {
            **told,
            **self.counts,
            **asdict(self.profile),
            "references": self.references,
            "changes": self.changes,
            "ignored_columns": self.ignored_columns,
            "drift": None if self.drift is None else self.drift.as_json(),
            "notes": self.notes,
        }

    def _row_notes(self) -> Iterator[str]:
        if aside := self.counts["quarantined"]:
            yield f"{_rows(aside)} set aside as unusable."
        for one in self.references:
            if one["rows"]:
                yield f"{_rows(one['rows'])} with a {one['column']} that {one['source']} does not know."
        if overlapping := self.counts["overlapping_spells"]:
            yield (
                f"{_rows(overlapping)} that overlap an earlier spell of the same person or home; "
                "they are kept."
            )

    def _recording_notes(self) -> Iterator[str]:
        delays = self.profile.delays or {}
        if early := delays.get(BEFORE, 0):
            yield f"{_rows(early)} known before what they tell of had happened."
        same_day = self.profile.delayed_share(SAME_DAY)
        if same_day > SAME_DAY_AT_MOST:
            yield (
                f"{same_day:.1%} of rows were known on the very day: the column may say when it "
                "happened, and not when the council knew."
            )

    def _drift_notes(self) -> Iterator[str]:
        if self.drift is None:
            return
        yield from self.drift.notes()
        vanished, held = (self.changes or {}).get("vanished_keys", 0), self.drift.rows_before
        if vanished > KEYS_VANISHED * held:
            yield f"{vanished:,} keys of the last time have no row any more."


def drift_from(before: Mapping[str, Any] | None, now: Profile) -> Drift | None:
    """Drift from the report of the snapshot before; None where there is none that can be compared."""
    if before is None or "months" not in before:
        return None
    return drift_between(Profile.read(before), now)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"

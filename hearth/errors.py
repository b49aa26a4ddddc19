"""The one tree of errors.

HearthError
├── SettingsError          a setting is missing or wrong
├── FaultsError            faults of files, all of them together
│   ├── DefinitionError    … in contracts and model definitions
│   ├── DataError          … in data
│   ├── EvidenceError      … in an evidence pack
│   └── UnusableInputError … in one record given for scoring
├── LawError               the law of a source does not allow the use
├── NotFoundError          no such model, version, subject or file
├── PermissionDeniedError  the identity may not do this
│   └── AreasOnlyError     … and nobody may: results are released for areas only
├── StateError             the thing is not in a state that allows this
│   ├── WithdrawnError     … a model was in use and is withdrawn, expired or void
│   ├── StaleError         … somebody did something since it was read
│   ├── BoundError         … the board's decision stands on it as it is
│   └── SunsetError        … a model's last day of use has passed
├── BundleError            a bundle is incomplete or was altered
├── AuditError             the audit log cannot be written or does not verify
├── OutdatedError          what was known when a request began is no longer so
└── StoppedError           somebody stopped the work; what was done is kept
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in one file: where, what was found, and what to do.

    `found` names columns, keys, rules and counts; never a person's data.
    """

    file: str
    place: str
    found: str
    remedy: str

    def __str__(self) -> str:
        place = f" `{self.place}`" if self.place else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.file}:{place} {self.found}{remedy}"


class HearthError(Exception):
    """Anything Hearth refuses to do, with what was found and what to do next."""

    exit_code = 1


class SettingsError(HearthError):
    """A setting is missing or wrong."""


class FaultsError(HearthError):
    """Every fault found, reported together and in a fixed order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class DefinitionError(FaultsError):
    """Contracts or model definitions cannot be used as they stand."""


class DataError(FaultsError):
    """Data do not keep their contract."""


class EvidenceError(FaultsError):
    """An evidence pack is not as it was signed."""


class UnusableInputError(FaultsError):
    """A record given for scoring does not fit the model's features."""


class LawError(HearthError):
    """The law of a source, as its contract states it, does not allow this use."""


class NotFoundError(HearthError):
    """No such model, version, subject or file."""


class PermissionDeniedError(HearthError):
    """The identity does not hold the permission that this needs."""


class AreasOnlyError(PermissionDeniedError):
    """The model's results are released for areas; nobody may have one of a household, home or person."""


class StateError(HearthError):
    """The thing is not in a state that allows this step."""


class WithdrawnError(StateError):
    """The model was in use, and its approval is withdrawn, expired or void; `state` says which."""

    def __init__(self, message: str, state: Literal["withdrawn", "expired", "voided"]) -> None:
        super().__init__(message)
        self.state = state


class StaleError(StateError):
    """Somebody did something since it was read; read it again, then decide."""


class BoundError(StateError):
    """What the board reads or has approved would change, and its submission or approval be void."""


class SunsetError(StateError):
    """The day from which the model is no longer used has come."""


class BundleError(HearthError):
    """A bundle is incomplete, or a byte of it was altered."""


class AuditError(HearthError):
    """The audit log cannot be written, or does not verify."""


class OutdatedError(HearthError):
    """A key, an approval or a restriction changed after it was read; read anew and try again."""


class StoppedError(HearthError):
    """Somebody stopped the work; what was done so far is kept, and the same command goes on."""

    exit_code = 130

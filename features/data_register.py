"""The register of sources: the law of each, and what is held of it (UK GDPR art. 30)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from features.artefacts import read_manifest
from features.ingest.snapshot import snapshot_folder
from hearth.periods import Period
from hearth.source_contract import AgreementState, SourceContract

_TEMPLATES = Environment(
    loader=PackageLoader("features", "data_quality"),
    autoescape=True,
    trim_blocks=True,
    undefined=StrictUndefined,
)
_MARKED = (AgreementState.EXPIRED, AgreementState.EXPIRES_SOON)


@dataclass(frozen=True)
class Entry:
    """One source in the register.

    Attributes
    ----------
    contract : SourceContract
    held : dict or None
        `rows`, `expired`, `extracted_on` and `ingested_on` of its snapshot; None where there is none.
    agreement : AgreementState or None
        How its sharing agreement stands; None where the table is the council's own.
    """

    contract: SourceContract
    held: dict[str, Any] | None
    agreement: AgreementState | None

    def as_json(self) -> dict[str, Any]:
        """The contract, with what is held."""
        contract = self.contract.model_dump(mode="json", by_alias=True)
        return {**contract, "held": self.held, "agreement_state": self.agreement}

    def in_words(self) -> tuple[str, str, str, str, str]:
        """Source, footing, purposes, how long it is kept, and what is held of it."""
        law = self.contract.law
        footing = [law.lawful_basis.value]
        if law.special_category is not None:
            footing.append(law.special_category.value)
        if law.criminal_offence is not None:
            footing.append("criminal offences")
        if law.sensitivity != "ordinary":
            footing.append(law.sensitivity)
        if law.use != "any":
            footing.append(law.use)
        until = "own data" if law.agreement is None else str(law.agreement.expires)
        if self.agreement in _MARKED:
            until += f"\n{str(self.agreement).upper()}"
        return (
            f"{self.contract.source}\n({self.contract.about})",
            "\n".join(footing).replace("_", " "),
            "\n".join(law.purposes).replace("_", " "),
            f"{_in_years(law.retention)}\n{until}",
            self._held_in_words(),
        )

    def _held_in_words(self) -> str:
        if self.held is None:
            return "nothing"
        extracted = self.held["extracted_on"] or "–"
        return f"{self.held['rows']:,}\n{extracted}\n{self.held['ingested_on']}"


def _in_years(period: Period) -> str:
    whole = period.months and period.months % 12 == 0
    return f"{period.months // 12}y" if whole else str(period)


def register_of(sources: Mapping[str, SourceContract], state_dir: Path, *, on: date) -> list[Entry]:
    """The register of a workspace on a day, by name of the source."""
    return [
        Entry(
            contract,
            _held(read_manifest(snapshot_folder(state_dir, name))),
            contract.law.agreement_state(on),
        )
        for name, contract in sorted(sources.items())
    ]


def render_register(register: Sequence[Entry], *, on: date) -> str:
    """The register as one HTML page: no scripts, no fonts, nothing fetched."""
    style = _TEMPLATES.get_template("page.css").render()
    return _TEMPLATES.get_template("register.html.j2").render(
        register=register,
        on=on,
        style=Markup(style),  # noqa: S704 our own file, not input
    )


def _held(manifest: dict[str, Any] | None) -> dict[str, Any] | None:
    if manifest is None:
        return None
    last = manifest["extracts"][-1]
    return {
        "rows": manifest["rows"],
        "expired": manifest["expired"],
        "extracted_on": last["extracted_on"] or manifest["last_known_on"],
        "ingested_on": last["taken_in_on"],
    }

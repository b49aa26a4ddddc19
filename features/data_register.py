"""The register of sources: the law of each, and what is held of it (UK GDPR art. 30)."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from features.artefacts import read_manifest
from features.ingest.snapshot import snapshot_folder
from hearth.definition import ModelDefinition
from hearth.periods import Period
from hearth.risk_model.files import with_manifest
from hearth.source_contract import AgreementState, SourceContract
from hearth.source_use import uses_of

_TEMPLATES = Environment(
    loader=PackageLoader("features", "data_quality"),
    autoescape=True,
    trim_blocks=True,
    undefined=StrictUndefined,
)
_PLACES = {
    "cohort": "who is scored",
    "label": "the outcome",
    "fairness": "comparing groups",
    "area": "areas",
    "unit": "who lives where",
}
"""First word of a place in a definition → what the source is used for there, beside features."""
_FORMULAE = ("=", "+", "@", "\t", "\r")
_HANDFUL = 5
"""Counts up to it are withheld where the register is published, as the Department for Education does."""
_MARKED = (AgreementState.EXPIRED, AgreementState.EXPIRES_SOON)


@dataclass(frozen=True)
class UsedBy:
    """A model that uses a source: its feature groups of it, and the other places that name it."""

    model: str
    groups: tuple[str, ...]
    places: tuple[str, ...]

    def __str__(self) -> str:
        told = [*(f"features {group}" for group in self.groups), *self.places]
        return f"{self.model} ({', '.join(told)})"


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
    days_left : int or None
        Days until the agreement ends, below nought once it has; None where there is none.
    used_by : tuple of UsedBy
        Models that use it, by name.
    """

    contract: SourceContract
    held: dict[str, Any] | None
    agreement: AgreementState | None
    days_left: int | None = None
    used_by: tuple[UsedBy, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The contract, with what is held."""
        contract = self.contract.model_dump(mode="json", by_alias=True)
        return {
            **contract,
            "held": self.held,
            "agreement_state": self.agreement,
            "agreement_days_left": self.days_left,
            "used_by": [asdict(each) for each in self.used_by],
        }

    def as_row(self) -> dict[str, str]:
        """What the register's table says of it, by heading."""
        law = self.contract.law
        return {
            "source": self.contract.source,
            "title": self.contract.title,
            "controller": law.controller,
            "lawful basis": law.lawful_basis.text,
            "special category": law.special_category.text if law.special_category else "none",
            "criminal offences (art. 10)": law.criminal_offence or "none",
            "power": " ".join(law.power.split()),
            "agreement": law.agreement.reference if law.agreement else "none: the council's own",
            "expires": str(law.agreement.expires) if law.agreement else "",
            "days left": "" if self.days_left is None else str(self.days_left),
            "purposes": ", ".join(law.purposes).replace("_", " "),
            "retention": _in_years(law.retention),
            "sensitivity": law.sensitivity + (", for assessment only" if law.use != "any" else ""),
            "used by": "; ".join(map(str, self.used_by)) or "no model",
            "rows held": "" if self.held is None else self._rows_in_words(),
        }

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

    def _rows_in_words(self) -> str:
        """Rows held, as they may be published: a handful may tell of somebody."""
        rows = 0 if self.held is None else self.held["rows"]
        return "[c]" if 0 < rows <= _HANDFUL else str(rows)

    def as_published(self) -> dict[str, Any]:
        """The contract with what is held, a handful of rows withheld."""
        counts = {k: v for k, v in (self.held or {}).items() if k in {"rows", "expired"}}
        withheld = {name: None for name, count in counts.items() if 0 < count <= _HANDFUL}
        return {**self.as_json(), "held": None if self.held is None else {**self.held, **withheld}}

    def _held_in_words(self) -> str:
        if self.held is None:
            return "nothing"
        extracted = self.held["extracted_on"] or "–"
        return f"{self.held['rows']:,}\n{extracted}\n{self.held['ingested_on']}"


def _in_years(period: Period) -> str:
    whole = period.months and period.months % 12 == 0
    return f"{period.months // 12}y" if whole else str(period)


def register_of(
    sources: Mapping[str, SourceContract],
    models: Mapping[str, ModelDefinition],
    state_dir: Path,
    *,
    on: date,
) -> list[Entry]:
    """The register of a workspace on a day, by name of the source."""
    return [
        Entry(
            contract,
            _held(read_manifest(snapshot_folder(state_dir, name))),
            contract.law.agreement_state(on),
            None if contract.law.agreement is None else (contract.law.agreement.expires - on).days,
            tuple(_used_by(name, models, sources)),
        )
        for name, contract in sorted(sources.items())
    ]


def _used_by(
    source: str, models: Mapping[str, ModelDefinition], sources: Mapping[str, SourceContract]
) -> Iterator[UsedBy]:
    for name, definition in sorted(models.items()):
        places = [use.place for use in uses_of(definition, sources) if use.source == source]
        if places:
            groups = [group.group for group in definition.features if group.source == source]
            others = dict.fromkeys(
                _PLACES.get(p.partition(".")[0].partition("[")[0]) for p in places
            )
            yield UsedBy(name, tuple(groups), tuple(filter(None, others)))


def register_files(register: Sequence[Entry], *, on: date) -> dict[str, bytes]:
    """The register as a page, Markdown, CSV and JSON, with a manifest; the same day gives the same bytes."""
    rows = [entry.as_row() for entry in register]
    told = {"made_on": on.isoformat(), "sources": [entry.as_published() for entry in register]}
    return with_manifest(
        {
            "register.html": render_register(register, on=on).encode(),
            "register.md": _markdown(rows, on).encode(),
            "register.csv": _csv(rows).encode(),
            "register.json": (
                json.dumps(told, indent=1, ensure_ascii=False, default=str) + "\n"
            ).encode(),
        }
    )


def _markdown(rows: Sequence[Mapping[str, str]], on: date) -> str:
    """One heading a source: fifteen columns are too many for a table that people read."""
    parts = [f"# Register of sources\n\n{len(rows)} sources, as their contracts stand on {on}."]
    for row in rows:
        lines = (
            f"- **{heading[0].upper()}{heading[1:]}:** {text or '–'}"
            for heading, text in row.items()
            if heading != "title"
        )
        parts.append(f"## {row['title']}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _csv(rows: Sequence[Mapping[str, str]]) -> str:
    """A row a source; no cell begins like a formula of a spreadsheet."""
    file = io.StringIO()
    if rows:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        for row in rows:
            writer.writerow({h: f"'{t}" if t[:1] in _FORMULAE else t for h, t in row.items()})
    return file.getvalue()


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

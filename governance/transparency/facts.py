"""What the records of a version are filled from, all of it read before anything is written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from governance.approval.standing import read_standing
from governance.approval.submission import (
    MANIFEST,
    analyses_folder,
    matrix_folder,
    report_folder,
    run_folder,
)
from governance.transparency.usage import Usage, read_usage, usage_policy
from governance.transparency.written import Written, check_oversight, read_written
from hearth.catalogue import Catalogue
from hearth.definition import ModelDefinition
from hearth.digest import sha256_of
from hearth.errors import DataError, Fault, NotFoundError
from hearth.feature import Feature
from hearth.settings import Settings
from hearth.source_contract import SourceContract
from hearth.source_use import uses_of
from hearth.storage.engine import reading
from hearth.storage.published import current_approval


@dataclass(frozen=True)
class Facts:
    """A version and everything that is on record of it.

    Attributes
    ----------
    sources : dict of str to SourceContract
        Every source the model uses, by name; `used_for` says for what.
    features : tuple of Feature
        What the model reads.
    rows : dict of str to int
        Rows held of each source.
    analyses : dict of str to mapping
        What `hearth analyse` found of the version, by name.
    state : str
        Where it stands before the board.
    approved : tuple of str and date, or None
        Role of whoever approved it, and when; None unless this version is in force.
    card : bytes or None
        The model card that training wrote.
    hashes : dict of str to str
        SHA-256 of what was read.
    """

    definition: ModelDefinition
    version: str
    sources: Mapping[str, SourceContract]
    used_for: Mapping[str, tuple[str, ...]]
    features: tuple[Feature, ...]
    rows: Mapping[str, int]
    matrix: Mapping[str, Any]
    metrics: Mapping[str, Any]
    report: Mapping[str, Any]
    usage: Usage
    state: str
    on: date
    approved: tuple[str, date] | None = None
    written: Written = field(default_factory=Written)
    analyses: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    card: bytes | None = None
    hashes: Mapping[str, str] = field(default_factory=dict)

    @property
    def last_split(self) -> Mapping[str, Any]:
        """Figures of the last test date."""
        last: Mapping[str, Any] = self.metrics["splits"][-1]
        return last

    def feature_sources(self) -> dict[str, SourceContract]:
        """Sources that a score is made from, by name."""
        names = dict.fromkeys(feature.source for feature in self.features)
        return {name: self.sources[name] for name in names if name in self.sources}


def read_facts(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    version: str,
    *,
    records: Engine,
    now: datetime,
) -> Facts:
    """Facts of a reported version.

    Parameters
    ----------
    records : Engine
        The records database, for usage and where the version stands.
    now : datetime
        Its day is printed, and agreements are counted from it.

    Raises
    ------
    NotFoundError
        If the version was not trained or not reported.
    DefinitionError
        If what people wrote of it is at fault, or names a person as owner.
    """
    definition = catalogue.model(model)
    check_oversight(definition)
    run, report = run_folder(settings, model, version), report_folder(settings, model, version)
    files = {
        "matrix": (matrix_folder(settings, model) / MANIFEST, f"hearth build {model}"),
        "metrics": (run / "metrics.json", f"hearth train {model}"),
        "report": (report / "report.json", f"hearth report {model} --version {version}"),
    }
    for path, command in files.values():
        if not path.exists():
            raise NotFoundError(f"{model} version {version} has no {path.name}; run: {command}")
    read = {name: path.read_bytes() for name, (path, _) in files.items()}
    found = sorted(analyses_folder(settings, model, version).glob("*.json"))
    card = run / "model_card.md"
    with reading(records) as connection:
        standing = read_standing(connection, model, version)
        in_force = current_approval(connection, model)
        usage = read_usage(connection, model, version, usage_policy(definition.fairness.disclosure))
    used: dict[str, list[str]] = {}
    for use in uses_of(definition, catalogue.sources):
        used.setdefault(use.source, []).append(use.place)
    return Facts(
        definition=definition,
        version=version,
        sources={contract.source: contract for contract in catalogue.sources_of(model)},
        used_for={name: tuple(dict.fromkeys(places)) for name, places in used.items()},
        features=tuple(catalogue.features(model)),
        rows=_rows_held(settings.state_dir, used),
        matrix=_parsed("manifest.json", read["matrix"]),
        metrics=_parsed("metrics.json", read["metrics"]),
        report=_parsed("report.json", read["report"]),
        usage=usage,
        state="draft" if standing is None else str(standing.state),
        on=now.date(),
        approved=(in_force.decided_by_role, in_force.decided_at.date())
        if in_force is not None and in_force.version == version
        else None,
        written=read_written(catalogue.root, model),
        analyses={path.stem: _parsed(path.name, path.read_bytes())["found"] for path in found},
        card=card.read_bytes() if card.exists() else None,
        hashes={name: sha256_of(content) for name, content in read.items()},
    )


def _rows_held(state_dir: Path, sources: Mapping[str, Any]) -> dict[str, int]:
    """Rows of each source's snapshot, where there is one."""
    manifests = {name: state_dir / "snapshots" / name / MANIFEST for name in sorted(sources)}
    return {
        name: int(_parsed(MANIFEST, path.read_bytes())["rows"])
        for name, path in manifests.items()
        if path.exists()
    }


def _parsed(name: str, content: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(content))
    except ValueError:
        raise DataError([Fault(name, "", "is not JSON", "make it again")]) from None

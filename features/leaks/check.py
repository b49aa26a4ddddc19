"""Every leak test of one model, one after the other."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from features import artefacts
from features.feature_parts import FEATURES, read_column, read_parts
from features.ingest.snapshot import QUALITY, snapshot_batches, snapshot_folder, snapshot_manifest
from features.leaks.dates import date_findings
from features.leaks.finding import Finding, Gravity, definition_file
from features.leaks.label_windows import label_findings
from features.leaks.rebuild import differences, rebuilt
from features.leaks.strength import Strength, strengths, too_good
from features.matrix import LABELS, build_matrix, matrix_folder
from hearth.catalogue import Catalogue
from hearth.definition import ModelDefinition
from hearth.errors import DataError
from hearth.progress import Progress, silent
from hearth.settings import Settings
from hearth.source_contract import SourceContract


@dataclass(frozen=True)
class LeakReport:
    """What the leak tests of one model came to; `strengths` are of every feature, the best first."""

    model: str
    rebuilt: tuple[date, ...]
    features: int
    findings: tuple[Finding, ...]
    strengths: tuple[Strength, ...]

    def of(self, gravity: Gravity) -> list[Finding]:
        """Findings of one gravity."""
        return [finding for finding in self.findings if finding.gravity is gravity]

    def refuse_leaks(self) -> None:
        """Stop where anything leaks.

        Raises
        ------
        DataError
            With every leak.
        """
        leaks = self.of(Gravity.LEAK)
        if leaks:
            raise DataError([leak.fault for leak in leaks])


def check_leaks(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    *,
    run_on: date,
    dates: int = 2,
    seed: int = 1,
    progress: Progress = silent,
) -> LeakReport:
    """Test a model's matrix, built first where it is not up to date, for what it could not have known.

    Parameters
    ----------
    catalogue, settings
        The workspace.
    model
        Name of the model.
    run_on
        Day of the run.
    dates
        How many as-of dates, drawn by chance, are built again from data cut at them.
    seed
        Seed of that draw.
    progress
        Told of each step.
    """
    build_matrix(catalogue, settings, model, run_on=run_on, progress=progress)
    definition, folder = catalogue.model(model), matrix_folder(settings, model)
    asked, labels = catalogue.features(model), artefacts.read_table(folder / LABELS)
    measured = strengths(partial(read_column, folder / FEATURES), labels, asked)
    drawn = _drawn(definition, dates, seed)
    findings = [
        *_declared(definition, artefacts.need_manifest(folder, f"run `hearth build {model}`")),
        *too_good(model, measured),
        *_of_sources(catalogue, settings, definition, labels, run_on),
    ]
    for done, day in enumerate(drawn):
        progress(f"Rebuild {day}", done, len(drawn))
        made = rebuilt(catalogue, settings.state_dir, definition, day, silent)
        held = read_parts(folder / FEATURES, as_of=day)
        findings += differences(model, held, made, day, [feature.name for feature in asked])
    progress("Rebuild", len(drawn), len(drawn))
    return LeakReport(
        model, tuple(drawn), len(asked), tuple(sorted(set(findings))), tuple(measured)
    )


def _drawn(definition: ModelDefinition, dates: int, seed: int) -> list[date]:
    every = definition.as_of.dates()
    places = np.random.default_rng(seed).permutation(len(every))[:dates]
    return sorted(every[place] for place in places)


def _of_sources(
    catalogue: Catalogue,
    settings: Settings,
    definition: ModelDefinition,
    labels: pa.Table,
    run_on: date,
) -> Iterator[Finding]:
    """What the dates of each source betray, and those of the label."""
    for contract in catalogue.sources_of(definition.model):
        extracted_on = contract.read.extracted_on or run_on
        batches = snapshot_batches(settings.state_dir, contract.source, _columns(contract))
        rows = pa.concat_tables(batches)
        set_aside = _set_aside(settings, contract)
        yield from date_findings(contract, rows, set_aside, extracted_on=extracted_on)
        if contract.source == definition.label.source:
            yield from label_findings(
                definition,
                contract,
                labels,
                rows,
                extracted_on=contract.read.extracted_on or _last_known_on(settings, contract),
            )


def _columns(contract: SourceContract) -> list[str]:
    """Date columns that place a source's rows in time."""
    named = (
        contract.event_date,
        contract.starts_on,
        contract.knowledge_date,
        contract.end_knowledge_date,
    )
    return list(dict.fromkeys(name for name in named if name is not None))


def _set_aside(settings: Settings, contract: SourceContract) -> list[dict[str, Any]]:
    """Findings of a source's quality report."""
    path = snapshot_folder(settings.state_dir, contract.source) / QUALITY
    report = json.loads(path.read_text(encoding="utf-8"))
    return list(report["findings"])


def _last_known_on(settings: Settings, contract: SourceContract) -> date:
    return date.fromisoformat(
        snapshot_manifest(settings.state_dir, contract.source)["last_known_on"]
    )


def _declared(definition: ModelDefinition, manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Snapshots taken as known before they were, as the definition declares."""
    for leak in manifest["declared_leaks"]:
        found = f"takes {leak['source']}, known on {leak['known_on']}, as known from {leak['assumed_known_from']}"
        place = f"features.{leak['group']}.assume_known_from"
        file = definition_file(definition.model)
        yield Finding(
            Gravity.DECLARED, "declared", file, place, found, " ".join(leak["because"].split())
        )

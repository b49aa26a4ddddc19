"""What became of a version in use, gathered for the board: kept for the monitoring page and for the report."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Engine

from governance.approval.submission import analyses_folder, matrix_folder
from governance.disclosure.control import disclosure_policy
from governance.fairness.coverage import title_of
from governance.fairness.groups import NOT_RECORDED
from governance.human_use.alarms import BY_TEAM, date_alarms, use_alarms
from governance.human_use.figures import use_in_figures
from governance.human_use.recorded import Decided, Recorded, Scored, read_use
from hearth.audit_log import AuditLog
from hearth.catalogue import Catalogue
from hearth.definition import ModelDefinition
from hearth.kept_figures import keep_figures
from hearth.settings import Settings
from hearth.storage.engine import reading, writing
from hearth.storage.published import approval_in_force

ANALYSIS = "human_use"
"""Name under which a report finds the figures."""

AREA = "Area"


def oversee(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    *,
    engine: Engine,
    audit: AuditLog,
    actor: str,
) -> dict[str, Any]:
    """Use, drift by group and days left of the version in use; kept where the page and the report read it.

    Parameters
    ----------
    catalogue, settings
        The workspace: definition, protected attributes, and what `hearth monitor` found last.
    engine, audit
        The records and their log, whose clock tells the day.
    actor
        Whoever asks, for the log.

    Returns
    -------
    dict
        As the page reads it; `alarms` is a list of sentences.

    Raises
    ------
    NotFoundError, WithdrawnError
        If no version is in use.
    """
    definition, today = catalogue.model(model), audit.clock().date()
    with reading(engine) as connection:
        approval = approval_in_force(connection, model)
        use = read_use(connection, model, approval.version, today)
    groupings, there_are = _groupings(use, definition, settings)
    found = use_in_figures(
        use, groupings, disclosure_policy(definition.fairness.disclosure), there_are
    )
    review_on = approval.review_on or definition.oversight.review_every.after(
        approval.decided_at.date()
    )
    drift = _drift(settings, model, approval.version)
    whole = {
        "version": approval.version,
        "use": found,
        "drift": drift,
        "alarms": [
            *use_alarms(found),
            *date_alarms(definition.oversight.sunset, review_on, today),
            *([] if drift is None else drift["alarms"]),
        ],
    }
    if use.decided:
        _keep_for_report(analyses_folder(settings, model, approval.version), found)
    with writing(engine) as connection:
        keep_figures(
            connection, "oversight", model, approval.version, whole, actor=actor, audit=audit
        )
    return whole


def _groupings(
    use: Recorded, definition: ModelDefinition, settings: Settings
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Groups of each decision; and of those that say whom or where it is about, all that there are."""
    groupings = {
        BY_TEAM: [one.team for one in use.decided],
        AREA: [_area(one) for one in use.decided],
        "Month": [f"{one.day:%Y-%m}" for one in use.decided],
    }
    there_are = {AREA: _smallest_first(map(_area, use.scored), ())}
    for title, held in _protected(definition, settings).items():
        groupings[title] = [_group(one, held) for one in use.decided]
        there_are[title] = _smallest_first((_group(one, held) for one in use.scored), held.values())
    return groupings, there_are


def _area(one: Decided | Scored) -> str:
    return one.area or NOT_RECORDED


def _group(one: Decided | Scored, held: Mapping[str, str]) -> str:
    return held.get(one.entity_id, NOT_RECORDED) if one.entity_id else NOT_RECORDED


def _smallest_first(scored: Iterable[str], further: Iterable[str]) -> list[str]:
    """All groups, by how many were scored: an order that does not hang on what was decided."""
    sizes = Counter(scored)
    return sorted({*sizes, *further}, key=lambda group: (sizes[group], group))


def _protected(definition: ModelDefinition, settings: Settings) -> dict[str, dict[str, str]]:
    """By title of each protected attribute, the group of every entity of the cohort that has one."""
    path = matrix_folder(settings, definition.model) / "protected.parquet"
    if not path.exists():
        return {}
    latest = (
        pd.read_parquet(path)
        .sort_values("as_of")
        .groupby("entity_id", as_index=False)
        .last()
        .astype({"entity_id": "string"})
        .set_index("entity_id")
    )
    return {
        title_of(attribute): {
            str(entity): str(group) for entity, group in latest[attribute.name].dropna().items()
        }
        for attribute in definition.fairness.attributes
    }


def _drift(settings: Settings, model: str, version: str) -> dict[str, Any] | None:
    """Selection by group and alarms, as `hearth monitor` found them last; None where it was not run."""
    folders = sorted((settings.state_dir / "monitoring").glob(f"{model}@{version}_*"))
    records = [folder / "monitor.json" for folder in folders]
    kept = [path for path in records if path.exists()]
    if not kept:
        return None
    monitored = json.loads(kept[-1].read_text(encoding="utf-8"))
    return {
        "as_of": monitored["as_of"],
        "selection": monitored["selection"],
        "alarms": monitored["alarms"],
    }


def _keep_for_report(folder: Path, found: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f"{ANALYSIS}.json.new"
    aside.write_text(json.dumps({"found": found}, indent=1) + "\n", encoding="utf-8")
    aside.replace(folder / f"{ANALYSIS}.json")

"""What became of a version in use, gathered for the board: kept for the monitoring page and for the report."""

import json
from collections.abc import Mapping, Sequence
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
from governance.human_use.recorded import Decided, read_use
from hearth.audit_log import AuditLog
from hearth.catalogue import Catalogue
from hearth.definition import ModelDefinition
from hearth.kept_figures import keep_figures
from hearth.settings import Settings
from hearth.storage.engine import reading, writing
from hearth.storage.published import approval_in_force

ANALYSIS = "human_use"
"""Name under which a report finds the figures."""


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
    found = use_in_figures(
        use,
        _groupings(definition, settings, use.decided),
        disclosure_policy(definition.fairness.disclosure),
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
    definition: ModelDefinition, settings: Settings, decided: Sequence[Decided]
) -> Mapping[str, list[str]]:
    """Groups of each decision: who decided, where, in which month, and by each protected attribute."""
    found = {
        BY_TEAM: [one.team for one in decided],
        "Area": [one.area or NOT_RECORDED for one in decided],
        "Month": [f"{one.day:%Y-%m}" for one in decided],
    }
    path = matrix_folder(settings, definition.model) / "protected.parquet"
    if not path.exists():
        return found
    latest = (
        pd.read_parquet(path)
        .sort_values("as_of")
        .groupby("entity_id", as_index=False)
        .last()
        .astype({"entity_id": "string"})
        .set_index("entity_id")
    )
    for attribute in definition.fairness.attributes:
        held = latest[attribute.name].dropna().astype(str).to_dict()
        found[title_of(attribute)] = [
            held.get(one.entity_id, NOT_RECORDED) if one.entity_id else NOT_RECORDED
            for one in decided
        ]
    return found


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

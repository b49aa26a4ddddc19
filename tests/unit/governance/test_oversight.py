"""`hearth oversight`: gathered from the records and the workspace, kept for the page and for the report."""

import json
from types import SimpleNamespace

import pandas as pd
import pytest
from sqlalchemy import insert

from governance.human_use.oversight import oversee
from hearth.audit_log import AuditLog
from hearth.errors import NotFoundError
from hearth.kept_figures import find_figures
from hearth.storage.engine import reading, writing
from hearth.storage.schema import api_keys, approvals, decisions, scores, subject_references


@pytest.fixture
def workspace(tmp_path, council_evidence):
    """A workspace that holds who of a hundred families is of which sex, and what monitoring found."""
    definition = council_evidence().definition
    matrix = tmp_path / "matrices" / "early_help"
    monitored = tmp_path / "monitoring" / "early_help@3_2026-10-01"
    for folder in (matrix, monitored):
        folder.mkdir(parents=True)
    entities = [str(j) for j in range(100)]
    pd.DataFrame(
        {
            "entity_id": entities,
            "as_of": pd.Timestamp("2026-09-01"),
            "ethnic_group": "a",
            "sex_of_child": ["F", "M"] * 50,
            "deprivation": "1",
        }
    ).to_parquet(matrix / "protected.parquet")
    said = {"as_of": "2026-10-01", "selection": [], "alarms": ["the score drifted"]}
    (monitored / "monitor.json").write_text(json.dumps(said))
    catalogue = SimpleNamespace(model=lambda _name: definition)
    return SimpleNamespace(settings=SimpleNamespace(state_dir=tmp_path), catalogue=catalogue)


def approve(connection, now):
    hashes = dict.fromkeys(("bundle_sha256", "matrix_sha256", "report_sha256"), "0" * 64)
    connection.execute(
        insert(approvals).values(
            model="early_help", version="3", state="approved", **hashes,
            submitted_by="a", submitted_at=now, decided_by="b", decided_by_role="board_member",
            decided_at=now, reason="Read.",
        )
    )  # fmt: skip


@pytest.fixture
def used(records, clock):
    """A hundred scores decided on: every override is of a girl's household."""
    now = clock()
    answer = {"score": {"abstained": False}}
    payload = {"purpose": "early_help", "area": None, "answer": answer}
    key = {"key_id": "k", "name": "North", "role": "caseworker", "purposes": [], "secret_hash": "0"}
    with writing(records) as connection:
        approve(connection, now)
        connection.execute(insert(api_keys).values(**key, created_at=now, created_by="o"))
        for j in range(100):
            score = {"score_id": f"s{j}", "model": "early_help", "version": "3", "key_id": "k"}
            connection.execute(
                insert(scores).values(
                    **score, subject_ref=f"r{j}", as_of=now.date(), payload=payload, created_at=now
                )
            )
            connection.execute(
                insert(subject_references).values(
                    reference=f"r{j}", model="early_help", entity_id=str(j), created_at=now
                )
            )
            connection.execute(
                insert(decisions).values(
                    decision_id=f"d{j}", score_id=f"s{j}", decided_at=now, key_id="k",
                    outcome="override" if j % 2 == 0 and j < 40 else "agree", role="caseworker",
                )
            )  # fmt: skip
    return records


def gather(workspace, engine, clock):
    return oversee(
        workspace.catalogue,
        workspace.settings,
        "early_help",
        engine=engine,
        audit=AuditLog(engine, clock),
        actor="operator",
    )


def test_overrides_are_told_by_protected_group_with_the_drift_and_its_alarms(
    workspace, used, clock
):
    found = gather(workspace, used, clock)
    tables = {table["title"]: table["rows"] for table in found["use"]["tables"]}
    by_sex = {row["group"]: row["overridden"] for row in tables["Sex of child"]}
    assert by_sex == {"F": 20, "M": 0}
    assert "the score drifted" in found["alarms"]
    with reading(used) as connection:
        kept = find_figures(connection, "oversight", "early_help", "3")
    assert kept.found == json.loads(json.dumps(found))


def test_the_next_report_finds_what_people_decided(workspace, used, clock):
    found = gather(workspace, used, clock)
    kept = workspace.settings.state_dir / "analyses" / "early_help" / "3" / "human_use.json"
    assert json.loads(kept.read_text())["found"] == found["use"]


def test_what_nobody_decided_on_leaves_the_report_as_it_was(workspace, records, clock):
    with writing(records) as connection:
        approve(connection, clock())
    assert gather(workspace, records, clock)["use"]["everyone"] is None
    assert not (workspace.settings.state_dir / "analyses").exists()


def test_a_model_that_is_not_in_use_has_no_use_to_tell_of(workspace, records, clock):
    with pytest.raises(NotFoundError, match="no version of model"):
        gather(workspace, records, clock)

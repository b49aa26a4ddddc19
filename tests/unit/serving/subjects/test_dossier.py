"""All that is held of one subject, nothing of anyone else, as JSON and as a page."""

import json
from datetime import UTC, datetime

import pytest

from features.store import FeatureStore
from hearth.audit_log import AuditLog
from hearth.errors import NotFoundError
from hearth.storage.engine import writing
from serving.subjects.disputes import open_dispute
from serving.subjects.dossier import collect
from serving.subjects.erasure import erase_subject
from serving.subjects.export import render_page, write_export
from serving.subjects.objections import restrict

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MODEL, OURS, THEIRS = "school_readiness", "100012345678", "100087654321"
SCORES = f"/v1/models/{MODEL}/scores"


def test_every_kind_of_thing_held_is_there(holding):
    acting = {"reason": "letter 4", "actor": "k", "audit": holding.audit, "now": NOW}
    with writing(holding.engine) as connection:
        restrict(connection, OURS, "objection", model=None, **acting)
        open_dispute(connection, OURS, MODEL, "moves", stated=1.0, **acting)
    found = collect(holding.engine, holding.store, OURS, NOW)
    assert {name for name, held in found.items() if not held} == {"legal_holds"}
    assert found["inputs"][0]["values"] == {"moves": 3.0}
    assert found["scores"][0]["inputs"] == {"moves": 3.0}
    assert found["model_versions"][0]["decided_by_role"] == "board_member"


def test_nothing_of_anyone_else_is_there(holding):
    found = json.dumps(collect(holding.engine, holding.store, OURS, NOW))
    assert THEIRS not in found
    assert '"theirs"' not in found
    assert "key1" not in found  # nor who acted: their role


def test_recipients_are_told_by_role_with_when(holding):
    found = collect(holding.engine, holding.store, OURS, NOW)["recipients"]
    assert found == [
        {
            "role": "operator",
            "times": 1,
            "first": "2023-11-02T09:00:00+00:00",
            "last": "2023-11-02T09:00:00+00:00",
            "did": ["score.made"],
        }
    ]


def test_of_whom_nothing_is_held_nothing_is_written(holding):
    with pytest.raises(NotFoundError, match="nothing is held"):
        collect(holding.engine, holding.store, "100000000001", NOW)


def test_after_erasure_nothing_is_held(holding):
    erase_subject(
        holding.engine,
        holding.store,
        OURS,
        reason="request 7",
        actor="k",
        audit=holding.audit,
        now=NOW,
    )
    with pytest.raises(NotFoundError):
        collect(holding.engine, holding.store, OURS, NOW)


@pytest.fixture
def exported(council, tmp_path):
    """The export of a subject whom the service scored, and on whom somebody decided."""
    with council.client() as client:
        made = client.post(SCORES, json={"subject": OURS}).json()
        client.post(SCORES, json={"subject": THEIRS})
        client.post(made["oversight"]["decisions"], json={"outcome": "agree"})
        client.get(f"/v1/scores/{made['score_id']}")
    store = FeatureStore(council.settings.store_url)
    AuditLog(council.engine, lambda: NOW)
    return write_export(tmp_path / "export", collect(council.engine, store, OURS, NOW))


def test_the_page_says_in_words_what_the_file_says_in_data(exported):
    page, data = exported.page.read_text(), json.loads(exported.data.read_text())
    reasons = data["scores"][0]["answer"]["explanation"]["reasons"]
    assert reasons
    assert all(reason["title"].replace("'", "&#39;") in page for reason in reasons)
    assert "caseworker" in page
    assert THEIRS not in page


def test_the_page_asks_for_nothing_from_elsewhere_and_prints(exported):
    page = exported.page.read_text()
    assert "@media print" in page
    for form in ("http:", "https:", "<script", "<link", "url("):
        assert form not in page


def test_nobody_but_the_owner_opens_the_folder(exported):
    modes = {path.name: path.stat().st_mode & 0o777 for path in exported.folder.iterdir()}
    assert modes == {"export.json": 0o600, "export.html": 0o600}
    assert exported.folder.stat().st_mode & 0o777 == 0o700


def test_what_people_wrote_is_text_on_the_page_and_never_markup(holding):
    found = collect(holding.engine, holding.store, OURS, NOW)
    found["decisions"][0]["reason"] = "<img src=x>"
    found["scores"] = []
    assert "&lt;img src=x&gt;" in render_page(found)

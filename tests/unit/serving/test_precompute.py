"""Scores made beforehand, and looked up by subject."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from features.store import FeatureStore
from hearth.audit_log import AuditLog, verify
from hearth.errors import AreasOnlyError, NotFoundError, PermissionDeniedError, StateError
from hearth.identity import Identity, Role
from hearth.storage.engine import reading, writing
from hearth.storage.schema import (
    approvals,
    audit_entries,
    disputed_inputs,
    precomputed_scores,
    restrictions,
)
from serving.precomputed import making
from serving.precomputed.making import precompute
from serving.scores.served_models import served_model
from serving.tree_shap.machine_code import load_kernel

NAME = "school_readiness"
LOOKUP = f"/v1/models/{NAME}/scores/lookup"
KNOWN, BARE = "100012345678", "100087654321"


@pytest.fixture
def make(council):
    def run(name=NAME, *, areas=None, role=Role.CASEWORKER, **options):
        return precompute(
            served_model(council.engine, name, load_kernel(council.settings.state_dir)),
            identity=Identity("key", "A team", role, frozenset({"early_help"}), areas),
            store=FeatureStore(council.settings.store_url),
            engine=council.engine,
            clock=council.clock,
            **options,
        )

    return run


@pytest.fixture
def client(council):
    with council.client() as opened:
        yield opened


def restrict(council, subject):
    with writing(council.engine) as connection:
        row = {"restriction_id": subject, "entity_id": subject, "kind": "objection", "set_by": "a"}
        connection.execute(restrictions.insert().values(since=council.clock(), **row))


def code_of(answer):
    return answer.json()["type"].rpartition(":")[2]


def test_a_score_made_beforehand_is_the_one_that_would_be_made(make, client):
    made = make()
    found = client.post(LOOKUP, json={"subject": KNOWN})
    fresh = client.post(f"/v1/models/{NAME}/scores", json={"subject": KNOWN}).json()
    assert (made.scores, made.suspended, found.status_code) == (2, 0, 200)
    for part in ("score", "explanation", "caveats", "subject_ref", "model", "data_quality"):
        assert found.json()[part] == fresh[part]


def test_a_looked_up_score_can_be_read_and_decided_on_by_its_identifier(make, client):
    make()
    found = client.post(LOOKUP, json={"subject": KNOWN}).json()
    assert client.get(f"/v1/scores/{found['score_id']}").json()["score"] == found["score"]
    decided = client.post(f"/v1/scores/{found['score_id']}/decisions", json={"outcome": "agree"})
    assert decided.status_code == 201


def test_every_score_made_and_every_look_is_on_record(make, client, council):
    make()
    for _ in range(3):
        client.post(LOOKUP, json={"subject": KNOWN})
    query = select(audit_entries.c.action, func.count()).group_by(audit_entries.c.action)
    with reading(council.engine) as connection:
        counts = dict(connection.execute(query).all())
    assert (counts["score.made"], counts["score.read"], counts["scores.precomputed"]) == (2, 3, 1)
    assert verify(council.engine).ok


def test_a_system_sees_a_restricted_source_only_as_restricted(make, council):
    make()
    with council.client("caseworker_system") as client:
        found = client.post(LOOKUP, json={"subject": KNOWN})
    assert found.json()["explanation"]["withheld"] == {"count": 1}
    assert "contacts" not in found.text


def test_what_was_not_made_is_asked_for_afresh(client, make):
    assert code_of(client.post(LOOKUP, json={"subject": KNOWN})) == "not-precomputed"
    make()
    assert code_of(client.post(LOOKUP, json={"subject": "7"})) == "not-found"


def test_a_new_version_leaves_the_scores_of_the_old_behind(
    make, client, council, model_maker, publisher
):
    make()
    assert client.post(LOOKUP, json={"subject": KNOWN}).status_code == 200
    publisher(council.engine, model_maker(seed=2, rows=300), version="4")
    assert code_of(client.post(LOOKUP, json={"subject": KNOWN})) == "precomputed-outdated"
    make()
    assert client.post(LOOKUP, json={"subject": KNOWN}).json()["model"]["version"] == "4"


def test_a_refresh_of_the_features_leaves_older_scores_behind(make, council):
    make()
    store = FeatureStore(council.settings.store_url)
    store.replace(NAME, date(2026, 11, 1), [], refreshed_on=date(2026, 11, 2))
    with council.client() as client:
        assert code_of(client.post(LOOKUP, json={"subject": KNOWN})) == "precomputed-outdated"


def test_an_objection_holds_from_the_next_look_on(make, client, council):
    make()
    assert client.post(LOOKUP, json={"subject": KNOWN}).status_code == 200
    restrict(council, KNOWN)
    assert code_of(client.post(LOOKUP, json={"subject": KNOWN})) == "processing-restricted"
    assert client.post(LOOKUP, json={"subject": BARE}).status_code == 200


def test_an_input_that_is_disputed_since_leaves_the_score_behind(make, client, council):
    make()
    row = {"dispute_id": "1", "entity_id": KNOWN, "model": NAME, "feature": "arrears_count_12m"}
    with writing(council.engine) as connection:
        row |= {"opened_at": council.clock(), "opened_by": "a"}
        connection.execute(disputed_inputs.insert().values(**row))
    assert code_of(client.post(LOOKUP, json={"subject": KNOWN})) == "precomputed-outdated"
    make()
    found = client.post(LOOKUP, json={"subject": KNOWN}).json()
    assert found["data_quality"]["flags"] == ["disputed:arrears_count_12m"]


def test_a_challenged_score_is_not_shown_as_one_to_act_on(make, client):
    make()
    found = client.post(LOOKUP, json={"subject": KNOWN}).json()
    challenge = {"ground": "inaccurate_data", "statement": "The arrears are not ours."}
    opened = client.post(f"/v1/scores/{found['score_id']}/challenges", json=challenge)
    assert opened.status_code == 201, opened.text
    assert code_of(client.post(LOOKUP, json={"subject": KNOWN})) == "score-suspended"


def test_an_expired_score_says_so(make, council):
    make()
    now = council.clock()
    council.clock = lambda: now + timedelta(days=60)
    with council.client() as client:
        assert code_of(client.post(LOOKUP, json={"subject": KNOWN})) == "score-expired"


def test_whoever_objected_has_no_score_made(make, council):
    restrict(council, KNOWN)
    made = make()
    assert (made.scores, made.suspended) == (1, 1)


def test_a_run_that_was_stopped_goes_on_and_shows_nothing_before_its_end(
    make, client, council, monkeypatch
):
    monkeypatch.setattr(making, "_CHUNK", 1)

    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(progress=stop)
    assert code_of(client.post(LOOKUP, json={"subject": KNOWN})) == "not-precomputed"
    assert make().scores == 2
    with reading(council.engine) as connection:
        made = select(func.count()).where(audit_entries.c.action == "score.made")
        assert connection.scalar(made) == 2  # none of them twice


def test_scores_of_an_earlier_run_are_replaced_as_a_whole(make, council, client):
    make()
    first = client.post(LOOKUP, json={"subject": KNOWN}).json()["score_id"]
    make()
    assert client.post(LOOKUP, json={"subject": KNOWN}).json()["score_id"] != first
    with reading(council.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(precomputed_scores)) == 2


def test_a_version_withdrawn_meanwhile_shows_nothing(make, council):
    def withdraw(*_):
        with writing(council.engine) as connection:
            connection.execute(update(approvals).values(state="withdrawn"))

    with pytest.raises(StateError, match="no longer the one in use"):
        make(progress=withdraw)
    assert AuditLog(council.engine, council.clock).recorded("scores.precomputed") == []


@pytest.mark.parametrize(
    "options", [{"role": Role.BOARD_MEMBER}, {"areas": frozenset({"E05000026"})}]
)
def test_only_who_may_score_everyone_scores_everyone(make, options):
    with pytest.raises(PermissionDeniedError):
        make(**options)


def test_a_model_released_for_areas_is_scored_for_nobody(make, council, model_maker, publisher):
    publisher(council.engine, model_maker(rows=300, name="damp_homes", release_level="output_area"))
    with pytest.raises(AreasOnlyError):
        make("damp_homes")


def test_a_model_without_subjects_says_what_to_run(make, council, model_maker, publisher):
    publisher(council.engine, model_maker(rows=300, name="empty"))
    with pytest.raises(NotFoundError, match="hearth refresh empty"):
        make("empty")


@pytest.mark.parametrize("body", [{"subject": ""}, {"subject": 1}, {"values": {}}, []])
def test_a_look_of_no_form_we_know_is_refused(client, make, body):
    make()
    assert client.post(LOOKUP, json=body).status_code == 422


def test_the_answers_in_memory_are_bounded(make, client):
    make()
    held = client.app.state.service.held
    held.refresh()
    shelf = held.current.shelf
    shelf._most_bytes = 1
    assert client.post(LOOKUP, json={"subject": BARE}).status_code == 200
    assert (shelf._bytes, len(shelf._ready)) == (0, 0)

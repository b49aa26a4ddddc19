"""A subject who objects is scored no more, by any way and from the next request on; a disputed input is flagged."""

from datetime import UTC, datetime

import pytest

from features.store import FeatureStore
from hearth.audit_log import AuditLog
from hearth.errors import DataError, NotFoundError, StateError
from hearth.identity import Identity, Role
from hearth.storage.engine import reading, writing
from serving.files.batch import score_file
from serving.scores.restrictions import Restrictions
from serving.scores.served_models import ServedModels
from serving.subjects.disputes import close_dispute, open_dispute
from serving.subjects.objections import lift, restrict

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MODEL, OURS, THEIRS = "school_readiness", "100012345678", "100087654321"
SCORES = f"/v1/models/{MODEL}/scores"
CASEWORKER = Identity("key1", "Early help", Role.CASEWORKER, frozenset({"early_help"}))


@pytest.fixture
def client(council):
    with council.client() as opened:
        yield opened


def acting(council):
    audit = AuditLog(council.engine, lambda: NOW)
    return {"actor": "key2", "audit": audit, "now": NOW}


def object_to(council, entity_id=OURS, model=None, kind="objection"):
    with writing(council.engine) as connection:
        restrict(connection, entity_id, kind, model=model, reason="letter 44", **acting(council))


def ask(client, subject=OURS):
    return client.post(SCORES, json={"subject": subject})


@pytest.mark.parametrize("kind", ["objection", "restriction"])
@pytest.mark.parametrize("model", [None, MODEL])
def test_a_subject_is_scored_no_more_from_the_next_request_on(client, council, kind, model):
    assert ask(client).status_code == 201
    object_to(council, model=model, kind=kind)
    answer = ask(client)
    assert (answer.status_code, answer.json()["type"]) == (
        409,
        "urn:hearth:problem:processing-restricted",
    )
    assert ask(client, THEIRS).status_code == 201


def test_an_objection_to_one_model_leaves_the_others_free(client, council, model_maker, publisher):
    publisher(council.engine, model_maker(name="damp_homes"))
    object_to(council, model="damp_homes")
    assert ask(client).status_code == 201


def test_once_lifted_the_subject_is_scored_again(client, council):
    object_to(council)
    with writing(council.engine) as connection:
        assert lift(connection, OURS, model=None, reason="case 9", **acting(council)) == 1
    assert ask(client).status_code == 201


def test_an_objection_to_a_model_that_nobody_knows_is_refused(council):
    with pytest.raises(NotFoundError, match="there are: school_readiness"):
        object_to(council, model="school_radiness")


def test_the_same_objection_is_put_on_record_once(council):
    object_to(council)
    with pytest.raises(StateError, match="in force already"):
        object_to(council)


def test_what_is_not_in_force_cannot_be_lifted(council):
    with writing(council.engine) as connection, pytest.raises(NotFoundError):
        lift(connection, OURS, model=None, reason="case 9", **acting(council))


def test_an_unknown_subject_is_404_whether_or_not_it_objected(client, council):
    object_to(council, "100000000001")
    assert ask(client, "100000000001").status_code == 404


def score(council, folder, subjects=(OURS, THEIRS)):
    source, target = folder / "in.csv", folder / "out.csv"
    source.write_text("\n".join(["entity_id", *subjects]) + "\n")
    served = ServedModels.read(council.engine).get(MODEL)
    store = FeatureStore(council.settings.store_url)
    audit = AuditLog(council.engine, lambda: NOW)
    return target, score_file(served, source, target, identity=CASEWORKER, store=store, audit=audit)


def test_a_file_leaves_the_subject_out_and_counts_it(council, tmp_path):
    object_to(council)
    target, summary = score(council, tmp_path)
    assert (summary.rows, summary.suspended) == (1, 1)
    assert OURS not in target.read_text()
    assert THEIRS in target.read_text()


def test_a_chunk_of_none_but_suspended_subjects_is_no_obstacle(council, tmp_path, monkeypatch):
    monkeypatch.setattr("serving.files.rows.CHUNK", 1)
    object_to(council)
    target, summary = score(council, tmp_path, (OURS, THEIRS))
    assert (summary.rows, summary.suspended) == (1, 1)
    assert len(target.read_text().splitlines()) == 2


def test_a_file_of_none_but_suspended_subjects_is_refused(council, tmp_path):
    object_to(council)
    with pytest.raises(DataError):
        score(council, tmp_path, (OURS,))


def test_an_objection_made_while_a_file_is_scored_stops_it(council, tmp_path, monkeypatch):
    def read_before(_connection):
        monkeypatch.undo()
        object_to(council)
        return Restrictions()

    monkeypatch.setattr(Restrictions, "read", read_before)
    with pytest.raises(StateError, match="honours it"):
        score(council, tmp_path)
    assert not (tmp_path / "out.csv").exists()


def dispute(council, feature="arrears_count_12m"):
    with writing(council.engine) as connection:
        open_dispute(
            connection, OURS, MODEL, feature, stated=0.0, reason="letter 45", **acting(council)
        )


def test_a_disputed_input_is_flagged_until_it_is_settled(client, council):
    dispute(council)
    answer = ask(client).json()
    assert answer["data_quality"]["flags"] == ["disputed:arrears_count_12m"]
    assert any("wrong" in caveat for caveat in answer["caveats"])
    assert ask(client, THEIRS).json()["data_quality"]["flags"] == []
    with writing(council.engine) as connection:
        feature = "arrears_count_12m"
        close_dispute(connection, OURS, MODEL, feature, "rejected", **acting(council))
    assert ask(client).json()["data_quality"]["flags"] == []


def test_an_input_is_disputed_once_at_a_time(council):
    dispute(council)
    with pytest.raises(StateError, match="disputed already"):
        dispute(council)


def test_restrictions_are_read_as_they_stand(council):
    object_to(council)
    with reading(council.engine) as connection:
        found = Restrictions.read(connection)
    assert found.of_model(MODEL) == [OURS]


def test_an_earlier_score_says_that_it_may_not_be_used_and_nobody_decides_on_it(client, council):
    made = ask(client).json()
    object_to(council)
    read = client.get(f"/v1/scores/{made['score_id']}").json()
    assert read["oversight"]["obstacles"] == ["processing-restricted"]
    assert "The subject objected" in read["caveats"][0]
    refused = client.post(made["oversight"]["decisions"], json={"outcome": "agree"})
    assert (refused.status_code, refused.json()["type"]) == (
        409,
        "urn:hearth:problem:processing-restricted",
    )


def test_an_answer_kept_for_replay_is_not_given_again(client, council):
    key = {"Idempotency-Key": "sent-twice-1"}
    assert client.post(SCORES, json={"subject": OURS}, headers=key).status_code == 201
    object_to(council)
    assert client.post(SCORES, json={"subject": OURS}, headers=key).status_code == 409

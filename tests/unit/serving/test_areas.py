"""A subject of another area is nobody: on every path it is answered like one that does not exist."""

from datetime import date

import pytest

from features.store import FeatureStore
from hearth.audit_log import AuditLog
from hearth.errors import DataError, PermissionDeniedError
from hearth.identity import Identity, Role, authenticate, create_key
from hearth.storage.engine import writing
from serving.files.rows import open_rows
from serving.precomputed.making import precompute
from serving.scores.served_models import served_model

MODEL = "school_readiness"
SCORES = f"/v1/models/{MODEL}/scores"
HERE, THERE, NOWHERE = "100000000001", "100000000002", "100000000003"
AREA = "E05000026"


@pytest.fixture
def placed(council, clock):
    """A council with a subject in each of two areas and one of none, and a key for one area."""
    store = FeatureStore(council.settings.store_url)
    values = store.get(MODEL, "100012345678").values
    lie_in = {HERE: {"area": AREA}, THERE: {"area": "E05000027"}, NOWHERE: {}}
    rows = [(subject, values, flags) for subject, flags in lie_in.items()]
    store.replace(MODEL, date(2026, 10, 1), rows, refreshed_on=date(2026, 10, 2))
    with writing(council.engine) as connection:
        council.keys["here"] = create_key(
            connection,
            council.settings.api_key_pepper.get_secret_value(),
            name="Team of one area",
            role=Role.CASEWORKER,
            purposes=["early_help"],
            areas=[AREA],
            actor="operator",
            audit=AuditLog(council.engine, clock),
            now=clock(),
        )
    return council


@pytest.fixture
def here(placed):
    with placed.client("here") as opened:
        yield opened


@pytest.fixture
def everywhere(placed):
    with placed.client("caseworker") as opened:
        yield opened


def score(client, subject):
    return client.post(SCORES, json={"subject": subject})


def without_ids(answer):
    return answer.status_code, {**answer.json(), "request_id": ""}


def test_a_key_for_an_area_scores_whoever_lives_there(here):
    assert score(here, HERE).status_code == 201


@pytest.mark.parametrize("subject", [THERE, NOWHERE])
def test_a_subject_elsewhere_reads_like_nobody(here, subject):
    assert without_ids(score(here, subject)) == without_ids(score(here, "no such subject"))
    assert score(here, subject).status_code == 404


@pytest.mark.parametrize("subject", [HERE, THERE, NOWHERE])
def test_a_key_for_every_area_scores_everybody(everywhere, subject):
    assert score(everywhere, subject).status_code == 201


UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
PATHS = [
    ("GET", "/v1/scores/{}", None),
    ("POST", "/v1/scores/{}/decisions", {"outcome": "agree"}),
    ("GET", "/v1/scores/{}/challenges", None),
    ("POST", "/v1/scores/{}/challenges", {"ground": "unfair", "statement": "Not so."}),
]


@pytest.mark.parametrize(("method", "path", "body"), PATHS)
def test_a_score_of_elsewhere_reads_like_none(here, everywhere, method, path, body):
    made = [score(everywhere, subject).json()["score_id"] for subject in (THERE, NOWHERE)]
    found = [
        without_ids(here.request(method, path.format(score_id), json=body))
        for score_id in (*made, UNKNOWN_ID)
    ]
    assert found[0] == found[1] == found[2]
    assert found[0][0] == 404


def test_a_score_of_the_area_is_read_and_decided_on(here, everywhere):
    score_id = score(everywhere, HERE).json()["score_id"]
    assert here.get(f"/v1/scores/{score_id}").status_code == 200
    decided = here.post(f"/v1/scores/{score_id}/decisions", json={"outcome": "agree"})
    assert decided.status_code == 201


def test_values_of_no_area_are_not_scored_for_a_key_of_one(here, everywhere, placed):
    values = FeatureStore(placed.settings.store_url).get(MODEL, HERE).values
    refused = here.post(SCORES, json={"values": values})
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:hearth:problem:values-have-no-area"
    assert everywhere.post(SCORES, json={"values": values}).status_code == 201


def test_a_score_of_values_is_not_read_by_a_key_of_one_area(here, everywhere, placed):
    values = FeatureStore(placed.settings.store_url).get(MODEL, HERE).values
    score_id = everywhere.post(SCORES, json={"values": values}).json()["score_id"]
    assert here.get(f"/v1/scores/{score_id}").status_code == 404


def file_of(folder, placed, *subjects):
    source = folder / "subjects.csv"
    source.write_text("\n".join(["entity_id", *subjects]) + "\n")
    store, pepper = FeatureStore(placed.settings.store_url), placed.settings.api_key_pepper
    key = placed.keys["here"]
    identity = authenticate(placed.engine, pepper.get_secret_value(), key, placed.clock())
    with placed.client() as client:
        features = client.app.state.service.models.get(MODEL).model.features
    return open_rows(source, MODEL, features, store, identity=identity)


def test_a_row_of_elsewhere_in_a_file_is_of_no_subject(tmp_path, placed):
    rows = file_of(tmp_path, placed, HERE, THERE, NOWHERE)
    with pytest.raises(DataError) as refused:
        rows.check("subjects.csv")
    assert [fault.place for fault in refused.value.faults] == ["row 2", "row 3"]
    assert {fault.found for fault in refused.value.faults} == {
        "is of no subject in the feature store"
    }


def test_a_file_of_values_is_refused_to_a_key_of_one_area(tmp_path, placed):
    rows = file_of(tmp_path, placed, HERE)
    assert rows.check("subjects.csv") == 1
    names = "arrears_count_12m,moves_count_24m"
    (tmp_path / "subjects.csv").write_text(f"{names}\n1,2\n")
    store, pepper = FeatureStore(placed.settings.store_url), placed.settings.api_key_pepper
    key = placed.keys["here"]
    identity = authenticate(placed.engine, pepper.get_secret_value(), key, placed.clock())
    with pytest.raises(PermissionDeniedError, match="limited to areas"):
        open_rows(tmp_path / "subjects.csv", MODEL, (), store, identity=identity)


def test_in_a_batch_subjects_of_elsewhere_are_refused_like_nobody(here):
    answer = here.post(SCORES, json={"subjects": [HERE, THERE, "nobody"]}).json()
    assert [one is not None for one in answer["scores"]] == [True, False, False]
    elsewhere, nobody = ({**one, "row": 0} for one in answer["refused"])
    assert elsewhere == nobody


def test_a_batch_of_values_is_refused_to_a_key_of_one_area(here, placed):
    values = FeatureStore(placed.settings.store_url).get(MODEL, HERE).values
    assert here.post(SCORES, json={"rows": [values]}).status_code == 403


def test_a_score_made_beforehand_is_shown_to_its_area_alone(here, everywhere, placed):
    everyone = Identity("key", "A team", Role.CASEWORKER, frozenset({"early_help"}))
    store = FeatureStore(placed.settings.store_url)
    precompute(
        served_model(placed.engine, MODEL),
        identity=everyone,
        store=store,
        engine=placed.engine,
        clock=placed.clock,
    )
    for client, subject, status in (
        (everywhere, THERE, 200),  # held in memory from now on
        (here, HERE, 200),
        (here, THERE, 404),
        (here, NOWHERE, 404),
    ):
        found = client.post(f"{SCORES}/lookup", json={"subject": subject})
        assert (subject, found.status_code) == (subject, status)

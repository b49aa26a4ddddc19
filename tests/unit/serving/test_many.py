"""Many scores in one request."""

import json
from uuid import RFC_4122, UUID

import msgspec
import pytest
from sqlalchemy import func, select, update

from hearth.audit_log import verify
from hearth.storage.engine import reading, writing
from hearth.storage.schema import approvals, audit_entries, restrictions, scores
from serving.scores.answer_texts import AnswerTexts
from serving.scores.inputs import Inputs
from serving.scores.many import make_outcomes, new_score_ids
from serving.scores.record_texts import inputs_on_record
from serving.scores.scoring import answer_with
from serving.scores.served_models import served_model

SCORES = "/v1/models/school_readiness/scores"
KNOWN, BARE = "100012345678", "100087654321"
VALUES = {
    "early_education_sum_hours_12m": 120.0,
    "attendance_share_unauthorised_12m": 0.07,
    "arrears_count_12m": 3.0,
    "arrears_days_since_last": 41.0,
    "moves_count_24m": 0.0,
    "contacts_count_24m": 2.0,
    "tenure_tenure": "private_rented",
}


@pytest.fixture
def client(council):
    with council.client() as opened:
        yield opened


def count(council, table):
    with reading(council.engine) as connection:
        return connection.scalar(select(func.count()).select_from(table))


def same_but_for_the_score(one, other):
    parts = ("score", "explanation", "caveats", "as_of", "subject_ref", "data_quality")
    return {part: one[part] for part in parts} == {part: other[part] for part in parts}


def test_many_subjects_are_scored_as_each_alone_and_in_order(client):
    answer = client.post(SCORES, json={"subjects": [KNOWN, BARE]})
    alone = [client.post(SCORES, json={"subject": one}).json() for one in (KNOWN, BARE)]
    assert answer.status_code == 201
    for found, expected in zip(answer.json()["scores"], alone, strict=True):
        assert same_but_for_the_score(found, expected)


def test_many_rows_are_scored_as_each_alone(client):
    rows = [VALUES, VALUES | {"tenure_tenure": None, "moves_count_24m": 2}]
    found = client.post(SCORES, json={"rows": rows}).json()["scores"]
    alone = [client.post(SCORES, json={"values": one}).json() for one in rows]
    assert all(same_but_for_the_score(a, b) for a, b in zip(found, alone, strict=True))


def test_what_is_on_record_of_a_row_is_its_answer_and_its_inputs(client, council):
    rows = [VALUES | {"moves_count_24m": 2}, VALUES | {"tenure_tenure": None}]
    found = client.post(SCORES, json={"rows": rows, "reasons": False}).json()["scores"]
    with reading(council.engine) as connection:
        kept = dict(map(tuple, connection.execute(select(scores.c.score_id, scores.c.payload))))
    for answer, row in zip(found, rows, strict=True):
        assert kept[answer["score_id"]]["answer"] == answer
        assert kept[answer["score_id"]]["values"] == row


def table_of(*rows, **parts):
    """Rows as a table, its names in an order of its own."""
    names = sorted(VALUES, reverse=True)
    return {"names": names, "rows": [[row[name] for name in names] for row in rows], **parts}


@pytest.mark.parametrize("reasons", [True, False])
def test_a_table_is_scored_and_recorded_as_the_same_rows_by_name(client, council, reasons):
    rows = [VALUES, VALUES | {"tenure_tenure": None, "moves_count_24m": 2}]
    bodies = ({"rows": rows, "reasons": reasons}, table_of(*rows, reasons=reasons))
    named, listed = (client.post(SCORES, json=body).json()["scores"] for body in bodies)
    assert all(same_but_for_the_score(a, b) for a, b in zip(named, listed, strict=True))
    with reading(council.engine) as connection:
        kept = dict(map(tuple, connection.execute(select(scores.c.score_id, scores.c.payload))))
    for found in (named, listed):
        assert [inputs_on_record(kept[one["score_id"]]) for one in found] == rows
        assert [kept[one["score_id"]]["answer"] for one in found] == found
    assert verify(council.engine).ok


NAMES = table_of()["names"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (table_of(VALUES | {"tenure_tenure": "MARK-88"}), "row 1, tenure_tenure"),
        (table_of(VALUES, VALUES | {"moves_count_24m": "MARK-88"}), "row 2, moves_count_24m"),
        (table_of(VALUES, VALUES | {"moves_count_24m": True}), "row 2, moves_count_24m"),
        (table_of(VALUES) | {"names": [*NAMES[1:], "MARK-88"]}, f"name {len(NAMES)}"),
        (table_of(VALUES) | {"names": [*NAMES[1:], "MARK-88"]}, NAMES[0]),
        (table_of(VALUES) | {"names": [*NAMES[1:], NAMES[1]]}, NAMES[1]),
        (table_of(VALUES) | {"names": NAMES[1:]}, NAMES[0]),
        (table_of(VALUES) | {"names": "MARK-88"}, "names"),
        (table_of(VALUES) | {"names": [*NAMES[1:], 88]}, "names"),
        (table_of(VALUES) | {"rows": [["MARK-88"]]}, "row 1"),
        (table_of(VALUES) | {"rows": [[*table_of(VALUES)["rows"][0], 1]]}, "row 1"),
        (table_of(VALUES) | {"rows": ["MARK-88"]}, "row 1"),
        (table_of(VALUES) | {"rows": [VALUES]}, "row 1"),
        (table_of(VALUES) | {"rows": []}, "rows"),
        (table_of(VALUES) | {"names": None}, "names"),
    ],
)
def test_what_is_wrong_in_a_table_is_told_by_row_and_feature(client, council, body, place):
    answer = client.post(SCORES, json=body)
    faults = answer.json()["faults"]
    assert answer.status_code == 422
    assert place in {fault["place"] for fault in faults}
    assert "MARK" not in answer.text
    assert count(council, scores) == 0


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400"])
def test_no_number_of_a_table_is_beyond_numbers(client, number):
    text = json.dumps(table_of(VALUES)).replace("120.0", number)
    answer = client.post(SCORES, content=text, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("disputed", [(), ("moves_count_24m",)])
@pytest.mark.parametrize("subject_ref", [None, "7" * 32])
@pytest.mark.parametrize("with_reasons", [True, False])
def test_an_answer_put_together_is_the_answer_encoded(council, disputed, subject_ref, with_reasons):
    served, now = served_model(council.engine, "school_readiness"), council.clock()
    one = Inputs(VALUES, now.date(), "1", 0.5, is_from_store=True, disputed=disputed)
    (outcome,) = make_outcomes(served, [one], with_reasons=with_reasons)
    named = {"score_id": new_score_ids(1)[0], "subject_ref": subject_ref}
    whole = answer_with(served, one, outcome, now=now, **named)
    text = AnswerTexts(served, now).write(one, outcome, outcome.explanation, **named)
    assert bytes(text) == msgspec.json.encode(whole)


def test_identifiers_drawn_together_are_random_uuids():
    drawn = new_score_ids(1_000)
    assert len(set(drawn)) == 1_000
    assert all(str(UUID(one)) == one and UUID(one).version == 4 for one in drawn)
    assert {UUID(one).variant for one in drawn} == {RFC_4122}


def test_a_batch_without_reasons_has_none(client):
    found = client.post(SCORES, json={"reasons": False, "rows": [VALUES]}).json()["scores"]
    assert found[0]["explanation"] is None


def test_an_unknown_subject_is_refused_in_its_place_and_the_others_are_scored(client, council):
    answer = client.post(SCORES, json={"subjects": [KNOWN, "MARK-77", BARE]})
    assert [one is None for one in answer.json()["scores"]] == [False, True, False]
    assert [(one["row"], one["code"]) for one in answer.json()["refused"]] == [(2, "not-found")]
    assert "MARK-77" not in answer.text
    assert count(council, scores) == 2


def test_a_subject_who_objected_is_refused_in_their_place(client, council):
    with writing(council.engine) as connection:
        row = {"restriction_id": "1", "entity_id": KNOWN, "kind": "objection", "set_by": "a"}
        connection.execute(restrictions.insert().values(since=council.clock(), **row))
    answer = client.post(SCORES, json={"subjects": [KNOWN, BARE]}).json()
    assert answer["scores"][0] is None
    assert answer["refused"][0]["code"] == "processing-restricted"


def test_every_score_of_a_batch_has_an_entry_and_can_be_read_alone(client, council):
    found = client.post(SCORES, json={"subjects": [KNOWN, KNOWN, BARE]}).json()["scores"]
    assert len({one["score_id"] for one in found}) == 3
    assert client.get(f"/v1/scores/{found[1]['score_id']}").json() == found[1]
    with reading(council.engine) as connection:
        made = select(func.count()).where(audit_entries.c.action == "score.made")
        assert connection.scalar(made) == 3
    assert verify(council.engine).ok


def test_rows_are_scored_all_or_none_and_every_fault_is_told_by_row(client, council):
    bad = [VALUES, VALUES | {"tenure_tenure": "MARK-88"}, {"MARK_FIELD": 1}, "MARK-88"]
    answer = client.post(SCORES, json={"rows": bad})
    assert answer.status_code == 422
    places = [fault["place"] for fault in answer.json()["faults"]]
    assert "row 2, tenure_tenure" in places
    assert {place.split(",")[0] for place in places} == {"row 2", "row 3", "row 4"}
    assert "MARK" not in answer.text
    assert count(council, scores) == 0


def test_more_than_a_thousand_at_once_are_pointed_to_the_command_for_files(client):
    for body in ({"subjects": ["1"] * 1_001}, {"rows": [VALUES] * 1_001}, {"subjects": []}):
        answer = client.post(SCORES, json=body)
        assert answer.status_code == 422
        assert "hearth score" in answer.json()["faults"][0]["remedy"]


@pytest.mark.parametrize(
    "body",
    [
        {"subjects": ["1"], "rows": []},
        {"subjects": "1"},
        {"subjects": [1]},
        {"subjects": ["\u0000"]},
        {"rows": {}},
        {"rows": [VALUES], "reasons": "no"},
        {"rows": [VALUES | {"moves_count_24m": 1e400}]},
    ],
)
def test_a_batch_of_no_form_we_know_is_refused(client, body):
    text = json.dumps(body).replace("Infinity", "1e400")
    answer = client.post(SCORES, content=text, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}


def test_a_thousand_rows_of_a_megabyte_fit_in_one_request(client):
    answer = client.post(SCORES, json={"rows": [VALUES] * 1_000, "reasons": False})
    assert len(answer.request.content) < 1_000_000 < len(answer.content)
    padded = json.dumps({"rows": [VALUES]}).replace(" ", " " * 100_000)
    headers = {"Content-Type": "application/json"}
    assert 2_000_000 > len(padded) > 1_048_576
    assert client.post(SCORES, content=padded, headers=headers).status_code == 201


def test_a_batch_for_a_model_withdrawn_meanwhile_leaves_nothing(client, council):
    assert client.post(SCORES, json={"subjects": [KNOWN]}).status_code == 201
    with writing(council.engine) as connection:
        connection.execute(update(approvals).values(state="withdrawn"))
    assert client.post(SCORES, json={"subjects": [KNOWN]}).status_code in {404, 409}
    assert count(council, scores) == 1


def test_a_batch_shows_a_system_no_restricted_source(council):
    with council.client("caseworker_system") as client:
        answer = client.post(SCORES, json={"subjects": [KNOWN]})
    assert answer.json()["scores"][0]["explanation"]["withheld"] == {"count": 1}
    assert "contacts" not in answer.text

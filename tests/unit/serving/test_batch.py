import csv
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select, update

from features.store import FeatureStore
from hearth.audit_log import AuditLog
from hearth.errors import DataError, PermissionDeniedError, StateError
from hearth.identity import Identity, Role
from hearth.storage.engine import reading, writing
from hearth.storage.schema import approvals, audit_payloads
from serving.files.batch import score_file
from serving.files.unfinished import UnfinishedFile
from serving.scores.served_models import served_model

HEADER = (
    "entity_id,early_education_sum_hours_12m,attendance_share_unauthorised_12m,arrears_count_12m,"
    "arrears_days_since_last,moves_count_24m,contacts_count_24m,tenure_tenure\n"
)
GOOD = "a,120,0.07,3,41,0,2,private_rented\nb,,,0,,0,0,\n"


@pytest.fixture
def score(council, tmp_path, clock):
    def run(
        text, *, role=Role.CASEWORKER, target="scores.csv", purposes=("early_help",), **options
    ):
        source = text if isinstance(text, Path) else tmp_path / "in.csv"
        if source is not text:
            source.write_text(text)
        return score_file(
            served_model(council.engine, "school_readiness"),
            source,
            tmp_path / target,
            identity=Identity("key", "A team", role, frozenset(purposes)),
            store=FeatureStore(council.settings.store_url),
            audit=AuditLog(council.engine, clock),
            **options,
        )

    return run


def rows_of(file):
    with file.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_each_row_gets_a_score_a_band_and_its_largest_reasons(score, tmp_path):
    assert score(HEADER + GOOD).rows == 2
    first, second = rows_of(tmp_path / "scores.csv")
    assert first["entity_id"] == "a"
    assert float(first["probability"]) > float(second["probability"])
    assert first["reason_1"].startswith("3 reminders in the last 12 months, more than ")
    assert first["reason_1"].endswith("[raises the score, strong]")


def test_a_file_scores_as_the_service_does(score, council, tmp_path):
    score(HEADER + GOOD)
    with council.client() as client:
        values = {
            name: None if value == "" else value if name == "tenure_tenure" else float(value)
            for name, value in zip(
                HEADER.strip().split(",")[1:], GOOD.split(maxsplit=1)[0].split(",")[1:], strict=True
            )
        }
        answer = client.post("/v1/models/school_readiness/scores", json={"values": values}).json()
    found = float(rows_of(tmp_path / "scores.csv")[0]["probability"])
    assert found == pytest.approx(answer["score"]["probability"], abs=1e-12)


def test_subjects_alone_are_looked_up_in_the_feature_store(score, tmp_path):
    assert score("entity_id\n100012345678\n").rows == 1


def test_parquet_is_read_and_written(council, score, tmp_path):
    score(HEADER + GOOD, target="scores.parquet")
    assert pq.read_table(tmp_path / "scores.parquet").column("entity_id").to_pylist() == ["a", "b"]
    subjects = tmp_path / "subjects.parquet"
    pq.write_table(pa.table({"entity_id": ["100087654321"]}), subjects)
    summary = score_file(
        served_model(council.engine, "school_readiness"),
        subjects,
        tmp_path / "again.csv",
        identity=Identity("key", "A team", Role.CASEWORKER, frozenset({"early_help"})),
        store=FeatureStore(council.settings.store_url),
        audit=AuditLog(council.engine, council.clock),
    )
    assert summary.rows == 1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (HEADER + "a,many,0.07,3,41,0,2,owned\n", "row 1, early_education_sum_hours_12m"),
        (HEADER + "a,inf,0.07,3,41,0,2,owned\n", "row 1, early_education_sum_hours_12m"),
        (HEADER + "a,1,0.07,3,41,0,2,castle\n", "row 1, tenure_tenure"),
        (HEADER + "a,1,0.07\n", "row 1"),
        (HEADER.replace("moves_count_24m", "surname") + GOOD, "moves_count_24m"),
        (HEADER.replace("moves_count_24m", "surname") + GOOD, "header"),
        ("entity_id\nnobody\n", "row 1"),
        ("surname\nnobody\n", "header"),
        ("entity_id,surname\n7,nobody\n", "header"),
        ("entity_id\n", ""),
        (HEADER, ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_file_with_a_fault_is_refused_by_place_and_never_by_value(score, tmp_path, text, place):
    with pytest.raises(DataError) as error:
        score(text)
    assert place in [fault.place for fault in error.value.faults]
    assert not any(word in str(error.value) for word in ("many", "castle", "surname", "nobody"))


def test_a_file_with_a_fault_leaves_nothing_behind(score, tmp_path):
    with pytest.raises(DataError):
        score(HEADER + GOOD + "c,many,0,0,0,0,0,owned\n")
    assert [file.name for file in tmp_path.iterdir() if "scores" in file.name] == []


def test_all_faults_of_a_file_are_told_together(score):
    with pytest.raises(DataError) as error:
        score(HEADER + "a,many,0,0,0,0,0,castle\nb,1,0,0,0,0,0,tent\n")
    assert len(error.value.faults) == 3


def test_blank_lines_at_the_end_are_no_rows(score):
    assert score("entity_id\n100012345678\n\n\n").rows == 1


def test_misshapen_rows_are_told_with_every_other_fault(score):
    with pytest.raises(DataError) as error:
        score("entity_id\n100012345678\n\nnobody\n100087654321,7\n")
    found = [(fault.place, fault.found.split()[0]) for fault in error.value.faults]
    assert found == [("row 2", "has"), ("row 3", "is"), ("row 4", "has")]


def test_a_folder_that_is_not_there_is_not_made(score, tmp_path):
    with pytest.raises(DataError, match="make the folder"):
        score(HEADER + GOOD, target="nowhere/scores.csv")
    assert not (tmp_path / "nowhere").exists()


def test_a_restricted_source_is_not_named_to_a_system(score, tmp_path):
    score(HEADER + "a,500,0,0,,0,5,owned\n", role=Role.CASEWORKER_SYSTEM)
    written = (tmp_path / "scores.csv").read_text()
    assert "restricted source" in written
    assert "contacts" not in written


def test_a_batch_is_on_record_before_its_file_is_there(score, council):
    summary = score(HEADER + GOOD)
    with reading(council.engine) as connection:
        details = connection.scalars(
            select(audit_payloads.c.details).order_by(audit_payloads.c.sequence.desc())
        ).first()
    assert summary.sha256 in details


@pytest.mark.parametrize(
    ("role", "purposes"), [(Role.BOARD_MEMBER, ("early_help",)), (Role.CASEWORKER, ("tax",))]
)
def test_who_may_not_score_scores_no_file(score, role, purposes):
    with pytest.raises(PermissionDeniedError):
        score(HEADER + GOOD, role=role, purposes=purposes)


def test_a_model_released_for_areas_scores_no_file_of_households(
    council, model_maker, publisher, tmp_path, clock
):
    publisher(council.engine, model_maker(rows=300, name="damp_homes", release_level="output_area"))
    source = tmp_path / "in.csv"
    shutil.copy(__file__, source)
    with pytest.raises(PermissionDeniedError, match="released for areas"):
        score_file(
            served_model(council.engine, "damp_homes"),
            source,
            tmp_path / "out.csv",
            identity=Identity("key", "A team", Role.CASEWORKER, frozenset({"early_help"})),
            store=FeatureStore(council.settings.store_url),
            audit=AuditLog(council.engine, clock),
        )


def test_a_file_of_scores_says_whom_a_lot_holds_back(
    council, model_maker, publisher, tmp_path, clock
):
    rule = {"share": 0.3, "since": "2000-01-01"}
    model = model_maker(rows=300, name="helped", hold_back=rule)
    publisher(council.engine, model)
    source, names = tmp_path / "in.csv", [f"home-{number}" for number in range(40)]
    blank = "," * len(model.features)
    header = ",".join(["entity_id", *(feature.name for feature in model.features)])
    source.write_text("\n".join([header, *(f"{name}{blank}" for name in names)]))
    score_file(
        served_model(council.engine, "helped"),
        source,
        tmp_path / "out.parquet",
        identity=Identity("key", "A team", Role.CASEWORKER, frozenset({"early_help"})),
        store=FeatureStore(council.settings.store_url),
        audit=AuditLog(council.engine, clock),
    )
    marked = pq.read_table(tmp_path / "out.parquet")["held_back"].to_pylist()
    assert marked == model.held_back(names).tolist()
    assert 2 < sum(marked) < 25


def test_a_misnamed_column_of_subjects_is_one_fault_that_says_its_name(score):
    with pytest.raises(DataError, match="name the column of subjects entity_id") as error:
        score("Entity_ID\n100012345678\n")
    assert len(error.value.faults) == 1


def kill_after_one_chunk(monkeypatch):
    monkeypatch.setattr("serving.files.rows.CHUNK", 2)
    monkeypatch.setattr("serving.files.batch.CHUNK", 2)
    whole = UnfinishedFile.add

    def add(self, columns):
        if self.parts():
            raise KeyboardInterrupt
        whole(self, columns)

    monkeypatch.setattr(UnfinishedFile, "add", add)
    return whole


@pytest.mark.parametrize("target", ["scores.csv", "scores.parquet"])
def test_a_killed_run_goes_on_and_writes_the_same_bytes(score, tmp_path, monkeypatch, target):
    text = HEADER + GOOD + GOOD.replace("120", "7") + GOOD
    whole = kill_after_one_chunk(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        score(text, target=target)
    assert not (tmp_path / target).exists()
    scored = []
    monkeypatch.setattr(
        UnfinishedFile, "add", lambda self, c: (scored.append(len(c["band"])), whole(self, c))
    )
    resumed = score(text, target=target)
    assert (resumed.rows, scored) == (6, [2, 2])
    assert score(text, target=f"again-{target}").sha256 == resumed.sha256
    assert [file.name for file in tmp_path.glob(".partial-*")] == []


def test_what_was_done_of_another_file_is_never_gone_on_from(score, tmp_path, monkeypatch):
    whole = kill_after_one_chunk(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        score(HEADER + GOOD + GOOD)
    monkeypatch.setattr(UnfinishedFile, "add", whole)
    score(HEADER + GOOD.replace("a,", "c,") + GOOD)
    assert [row["entity_id"] for row in rows_of(tmp_path / "scores.csv")] == ["c", "b", "a", "b"]


def test_no_file_appears_when_the_model_was_withdrawn_meanwhile(score, council, tmp_path):
    def withdraw(*_):
        with writing(council.engine) as connection:
            connection.execute(update(approvals).values(state="withdrawn"))

    with pytest.raises(StateError, match="no longer the one in use"):
        score(HEADER + GOOD, progress=withdraw)
    assert not (tmp_path / "scores.csv").exists()
    assert AuditLog(council.engine, council.clock).recorded("scores.made_in_batch") == []


def test_a_whole_column_of_numbers_that_holds_nan_is_refused_by_row(score, tmp_path, council):
    table = {name: [None, None] for name in HEADER.strip().split(",")}
    source = tmp_path / "in.parquet"
    pq.write_table(pa.table(table | {"moves_count_24m": [1.0, float("nan")]}), source)
    with pytest.raises(DataError) as error:
        score(source)
    assert [fault.place for fault in error.value.faults] == ["row 2, moves_count_24m"]


def test_reasons_of_a_file_are_those_of_the_service(score, council, tmp_path):
    score(HEADER + GOOD)
    values = dict(zip(HEADER.strip().split(",")[1:], (120, 0.07, 3, 41, 0, 2), strict=False))
    with council.client() as client:
        body = {"values": values | {"tenure_tenure": "private_rented"}}
        made = client.post("/v1/models/school_readiness/scores", json=body).json()
    texts = [reason["text"] for reason in made["explanation"]["reasons"][:3]]
    row = rows_of(tmp_path / "scores.csv")[0]
    assert [row[f"reason_{k}"].rpartition(" [")[0] for k in (1, 2, 3)] == texts

"""The council as written: complete, repeatable, made-up, and bounded in memory."""

import json
import re
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import features.synthetic.council as council_module
from features.ingest.intake import take_snapshot
from features.synthetic.council import synthesise
from features.synthetic.scenario import Scenario
from features.synthetic.tables import TABLES
from hearth.catalogue import load_catalogue
from hearth.errors import DataError

ROOT = Path(__file__).resolve().parents[4]
CONTRACTS = {
    name: contract
    for name, contract in load_catalogue(ROOT).sources.items()
    if contract.read.file.startswith("data/council/")
}


def test_every_table_has_a_contract_and_every_contract_a_table():
    assert set(CONTRACTS) == set(TABLES)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_each_table_keeps_its_contract(make_workspace, tmp_path, name):
    contract = CONTRACTS[name]
    taken = take_snapshot(contract, make_workspace, tmp_path, run_on=contract.read.extracted_on)
    assert taken.rows > 0
    assert taken.quarantined == 0


@pytest.fixture(scope="module")
def make_workspace(tmp_path_factory, council):
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "data").mkdir()
    (folder / "data" / "council").symlink_to(council.folder)
    return folder


def test_each_contract_names_every_column_of_its_table(council):
    for name, contract in CONTRACTS.items():
        assert set(council.table(name).column_names) == set(contract.columns), name


def test_the_same_seed_makes_the_same_council(make_council, council):
    assert make_council().manifest.sha256 == council.manifest.sha256


def test_another_seed_makes_another_council(make_council, council):
    other = make_council(seed=6).manifest.sha256
    assert not set(other.values()) & set(council.manifest.sha256.values())


def test_a_larger_council_begins_with_the_same_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(council_module, "HOUSEHOLDS_PER_BLOCK", 200)
    small, large = tmp_path / "small", tmp_path / "large"
    one = synthesise(small, households=200, seed=3)
    synthesise(large, households=600, seed=3)
    for name in one.rows:
        first = pq.ParquetFile(large / f"{name}.parquet").read_row_group(0).slice(0, one.rows[name])
        whole = pq.read_table(small / f"{name}.parquet")
        assert first.equals(whole.slice(0, len(first))), name


def test_each_block_is_written_before_the_next_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(council_module, "HOUSEHOLDS_PER_BLOCK", 200)
    synthesise(tmp_path / "c", households=600, seed=3)
    assert pq.ParquetFile(tmp_path / "c" / "residents.parquet").num_row_groups == 3


def test_progress_is_told_block_by_block(tmp_path, monkeypatch):
    monkeypatch.setattr(council_module, "HOUSEHOLDS_PER_BLOCK", 100)
    told = []
    synthesise(
        tmp_path / "c",
        households=250,
        seed=1,
        progress=lambda _task, done, total: told.append((done, total)),
    )
    assert told == [(0, 250), (100, 250), (200, 250), (250, 250)]


def test_the_manifest_counts_the_rows(council):
    manifest = json.loads((council.folder / "manifest.json").read_text())
    assert {name: len(council.table(name)) for name in manifest["rows"]} == manifest["rows"]
    assert manifest["extract_date"] == "2026-09-01"


def test_a_council_that_fails_leaves_the_one_before(tmp_path, monkeypatch):
    folder = tmp_path / "c"
    before = synthesise(folder, households=50, seed=1)
    monkeypatch.setattr(council_module, "facts", _fail)
    with pytest.raises(RuntimeError, match="power cut"):
        synthesise(folder, households=50, seed=2)
    assert json.loads((folder / "manifest.json").read_text())["sha256"] == before.sha256
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


def _fail(*_):
    raise RuntimeError("power cut")


def test_a_folder_that_holds_something_else_is_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("dear council")
    with pytest.raises(DataError, match="not a synthetic council; name another folder"):
        synthesise(tmp_path, households=50, seed=1)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(("households", "seed"), [(0, 1), (-5, 1), (10, -1)])
def test_numbers_that_make_no_sense_are_refused(tmp_path, households, seed):
    with pytest.raises(DataError, match="give a number"):
        synthesise(tmp_path / "c", households=households, seed=seed)


@pytest.mark.parametrize("households", [1, 2, 7])
def test_the_smallest_councils_can_be_made(tmp_path, households):
    manifest = synthesise(tmp_path / "c", households=households, seed=1)
    assert manifest.rows["properties"] >= households


def test_places_are_made_up(council):
    homes = council.table("properties")
    assert all(
        re.fullmatch(r"ZZ\d{1,2} \d[A-Z]{2}", code) for code in homes["postcode"].to_pylist()
    )
    assert all(code.startswith("X01") for code in homes["lsoa"].to_pylist())
    assert all(code.startswith("X05") for code in homes["ward"].to_pylist())
    assert all(re.fullmatch(r"99\d{10}", uprn) for uprn in homes["uprn"].to_pylist())


def test_nothing_is_known_on_or_after_the_day_of_the_extract(council):
    for name, contract in CONTRACTS.items():
        for column in (contract.event_date, contract.knowledge_date, contract.end_knowledge_date):
            if column is not None:
                latest = pc.max(council.table(name)[column]).as_py()
                assert latest < contract.read.extracted_on, (name, column)


def test_events_become_known_after_they_happen(council):
    for name, contract in CONTRACTS.items():
        if contract.kind != "event":
            continue
        table = council.table(name)
        early = pc.less_equal(table[contract.knowledge_date], table[contract.event_date])
        assert not pc.any(early).as_py(), name


def test_references_of_other_bodies_say_nothing_of_the_person(council):
    links = council.table("truth/links").to_pandas()
    digits = links["person_id"].str[1:].astype("int64")
    reference = links["reference"].str[2:].astype("int64")
    assert abs(digits.corr(reference)) < 0.2
    assert links.groupby(["table", "reference"])["person_id"].nunique().max() == 1


def test_a_null_council_is_written_too(make_council):
    made = make_council(households=300, scenario=Scenario(null=True))
    assert made.manifest.scenario["null"] is True

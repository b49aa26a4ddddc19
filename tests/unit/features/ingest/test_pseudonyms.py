from datetime import UTC, date, datetime

import pytest

from features import commands
from features.artefacts import read_table
from features.households import read_households
from features.ingest.pseudonyms import person_columns
from features.ingest.snapshot import read_snapshot, snapshot_manifest
from features.known_rows import KEY, known_rows
from features.linkage.persons import read_links
from hearth.pseudonyms import PseudonymMap
from hearth.storage.engine import open_engine

RUN_ON = date(2026, 11, 2)


@pytest.fixture
def pairs(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'pseudonyms.db'}")
    yield PseudonymMap(engine)
    engine.dispose()


@pytest.fixture
def take_in(small_council, pairs):
    """Ingests the small council as the command line does; what of it was up to date."""

    def run():
        catalogue, settings = small_council.catalogue, small_council.settings
        taken = commands.ingest(catalogue, settings, run_on=RUN_ON, pseudonyms=pairs)
        return {each.source for each in taken if each.up_to_date}

    return run


def test_nothing_that_is_kept_holds_a_persons_number(small_council, pairs, take_in):
    take_in()
    state, sources = small_council.settings.state_dir, small_council.catalogue.sources
    named = pairs.known(["p1", "p2", "p3", "p4", "p5", "p6"])
    assert set(read_snapshot(state, "residents")["person_id"].to_pylist()) == {*named.values()}
    assert read_links(state, "absence")["person_id"].to_pylist() == [named["p4"]]
    absent = known_rows(sources["absence"], state).table
    assert set(absent[KEY].to_pylist()) == {named["p4"]}
    members = read_households(state).members_at(date(2021, 9, 1))
    assert set(members["person_id"].to_pylist()) <= {*named.values()}
    numbers = {f'"{number}"'.encode() for number in named} | {b"p10", b"\x02p4"}
    kept = [path.read_bytes() for path in state.rglob("*.parquet")]
    assert not any(number in content for number in numbers for content in kept)


def test_a_matrix_is_the_same_whatever_persons_are_called(small_council, take_in):
    catalogue, settings = small_council.catalogue, small_council.settings

    def built():
        folder = commands.build(catalogue, settings, "readiness", run_on=RUN_ON)
        return {file.name: read_table(file) for file in sorted(folder.rglob("*.parquet"))}

    small_council.ingest()
    plain = built()
    take_in()
    assert plain == built()


def test_an_erased_person_comes_back_as_somebody_else_everywhere(small_council, pairs, take_in):
    take_in()
    assert take_in() == small_council.catalogue.sources.keys()
    gone = pairs.pseudonym_of("p4")
    pairs.erase(gone, datetime(2026, 11, 3, tzinfo=UTC))
    assert not take_in() & {"residents", "monitoring"}
    state = small_council.settings.state_dir
    for source in ("residents", "monitoring"):
        held = read_snapshot(state, source)["person_id"].to_pylist()
        assert gone not in held
        assert pairs.pseudonym_of("p4") in held
    assert read_links(state, "absence")["person_id"].to_pylist() == [pairs.pseudonym_of("p4")]
    assert snapshot_manifest(state, "residents")["pseudonyms"].endswith("-1")


def test_a_column_that_refers_to_a_person_is_pseudonymised_too(small_council):
    sources = small_council.catalogue.sources
    assert person_columns(sources["residents"], sources) == ("person_id",)
    assert person_columns(sources["absence"], sources) == ()
    assert person_columns(sources["complaints"], sources) == ()
    quality = {"references": ({"column": "topic", "source": "residents"},)}
    referring = sources["complaints"].model_copy(
        update={"quality": type(sources["complaints"].quality)(**quality)}
    )
    assert person_columns(referring, sources) == ("topic",)

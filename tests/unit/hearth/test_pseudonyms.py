import re
from datetime import UTC, datetime

import pytest

from hearth import pseudonyms
from hearth.errors import NotFoundError
from hearth.pseudonyms import PseudonymMap
from hearth.storage.engine import open_engine

NOW = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def engine(records_url):
    opened = open_engine(records_url)
    yield opened
    opened.dispose()


@pytest.fixture
def pairs(engine):
    return PseudonymMap(engine)


def test_a_person_keeps_the_pseudonym_and_a_new_one_gets_another(engine, pairs):
    first = pairs.assign(["7", "8"])
    again = PseudonymMap(engine).assign(["8", "9"])
    assert again["8"] == first["8"]
    assert len({first["7"], first["8"], again["9"]}) == 3
    assert all(re.fullmatch("[0-9a-f]{32}", given) for given in (*first.values(), *again.values()))


def test_two_maps_give_one_person_two_pseudonyms(pairs, tmp_path):
    other = open_engine(f"sqlite:///{tmp_path / 'other.db'}")
    assert PseudonymMap(other).assign(["7"]) != pairs.assign(["7"])
    other.dispose()


def test_many_are_kept_as_few_are(pairs, monkeypatch):
    monkeypatch.setattr(pseudonyms, "_FEW", 10)
    monkeypatch.setattr(pseudonyms, "_BATCH", 7)
    numbers = [str(n) for n in range(100)]
    given = pairs.assign(numbers[:60])
    assert pairs.assign(numbers).items() >= given.items()
    assert pairs.known(["5", "99", "100"]).keys() == {"5", "99"}
    assert pairs.number_of(given["41"]) == "41"


def test_what_is_erased_is_gone_and_comes_back_as_somebody_else(pairs):
    before, given = pairs.state(), pairs.assign(["7", "8"])
    assert pairs.state() == before
    pairs.erase(given["7"], NOW)
    with pytest.raises(NotFoundError, match="has been erased"):
        pairs.number_of(given["7"])
    with pytest.raises(NotFoundError):
        pairs.pseudonym_of("7")
    assert pairs.pseudonym_of("8") == given["8"]
    assert pairs.assign(["7"])["7"] != given["7"]
    assert pairs.state() != before
    with pytest.raises(NotFoundError):
        pairs.erase(given["7"], NOW)

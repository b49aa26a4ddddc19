import random

import pytest

from features.linkage import model
from features.linkage.model import LEFT, RIGHT
from features.linkage.weights import shipped_weights
from hearth.linkage_settings import LinkageSettings

SETTINGS = LinkageSettings().about(frozenset({"forename", "surname", "date_of_birth", "number"}))
FORENAMES = ("ann", "abena", "zofia", "yusuf", "olivia", "priya", "tunde", "george")
SURNAMES = ("ash", "okafor", "kowalski", "begum", "whitfield", "patel", "adebayo")


@pytest.fixture
def people(tmp_path):
    """Four hundred people in two tables, whose numbers never agree; one in ten surnames slips."""
    draw = random.Random(1)
    rows = [
        (i, draw.choice(FORENAMES), draw.choice(SURNAMES), draw.randrange(9_000))
        for i in range(400)
    ]
    with model.opened(tmp_path / "scratch") as connection:
        for table, prefix in ((LEFT, "A"), (RIGHT, "B")):
            connection.execute(
                f"CREATE TABLE {table} (unique_id INT, forename TEXT, surname TEXT, "
                "date_of_birth DATE, number TEXT)"
            )
            connection.executemany(
                f"INSERT INTO {table} VALUES (?, ?, ?, DATE '2000-01-01' + ?::INT, ?)",
                [
                    (i, f, s + "x" if prefix == "B" and i % 10 == 0 else s, day, f"{prefix}{i}")
                    for i, f, s, day in rows
                ],
            )
        yield connection


def test_weights_are_learned_without_labels_and_the_same_each_time(people):
    first, _ = model.estimate(people, SETTINGS, tables=(LEFT, RIGHT))
    second, _ = model.estimate(people, SETTINGS, tables=(LEFT, RIGHT))
    assert first == second
    assert first.m["surname"][0] == pytest.approx(0.9, abs=0.05)
    assert first.prior == pytest.approx(1 / 400, rel=0.2)


def test_a_rule_that_brings_nobody_together_teaches_nothing(people):
    people.execute(f"UPDATE {RIGHT} SET forename = 'nobody', surname = 'else'")
    weights, _ = model.estimate(people, SETTINGS, tables=(LEFT, RIGHT))
    shipped = shipped_weights(SETTINGS, spellings=400)
    assert weights.m["forename"] == shipped.m["forename"]
    assert 0 < weights.prior < 1e-6


def test_a_pair_is_scored_by_all_its_fields(people):
    weights, _ = model.estimate(people, SETTINGS, tables=(LEFT, RIGHT))
    scored = model.score(people, SETTINGS, weights, tables=(LEFT, RIGHT), at_least=5)
    pairs = people.execute(f"SELECT unique_id_l, unique_id_r FROM {scored}").fetchall()
    assert sum(left == right for left, right in pairs) >= 395
    assert all(left == right for left, right in pairs)


def test_what_spills_goes_with_the_database(tmp_path):
    with model.opened(tmp_path / "scratch"):
        assert (tmp_path / "scratch").is_dir()
    assert not (tmp_path / "scratch").exists()

"""Two versions on the same people: which is better, and whose places move."""

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from governance.disclosure.control import CONFIDENTIAL, disclosure_policy
from governance.fairness.list_movement import list_movement
from governance.fairness.outcomes import Grouping
from hearth.cli.main import app
from hearth.errors import StateError
from training.trained.versions import TrainedVersion
from training.trained.versions_compared import compare_versions

_HOMES, _DATES = 200, ("2020-01-01", "2021-01-01")


@pytest.fixture
def version(tmp_path):
    """Function that keeps a version whose raw scores follow the outcome as closely as asked."""

    def keep(name, *, signal, capacity=20, dates=_DATES):
        random = np.random.default_rng(3)
        folder = tmp_path / name
        folder.mkdir()
        parts = []
        for split in dates:
            label = random.random(_HOMES) < 0.3
            raw = signal * label + random.normal(size=_HOMES)
            order = np.argsort(-raw)
            parts.append(
                pd.DataFrame(
                    {
                        "split": split,
                        "as_of": pd.to_datetime(split).date(),
                        "entity_id": [f"home-{n}" for n in range(_HOMES)],
                        "candidate": "trees",
                        "raw": raw,
                        "score": raw,
                        "calibrated": False,
                        "rank": np.argsort(order) + 1,
                        "selected": np.argsort(order) < capacity,
                        "label": label,
                        "observed": True,
                        "visited": None,
                    }
                )
            )
        pd.concat(parts).to_parquet(folder / "scored.parquet")
        return TrainedVersion("homes", name, folder, {"chosen": "trees"}, was_current=True)

    return keep


def test_the_better_of_two_versions_is_ahead_with_the_whole_interval(version):
    compared = compare_versions(version("1", signal=0), version("2", signal=2), seed=1)

    precision = next(d for d in compared.differences if d.metric == "precision_at_capacity")
    assert precision.low > 0.2
    assert compared.mean("after", "auc") > 0.85
    assert compared.mean("before", "auc") < 0.6


def test_the_same_ranking_shares_its_whole_list_and_cannot_be_told_apart(version):
    compared = compare_versions(version("1", signal=2), version("2", signal=2), seed=1)

    assert compared.overlap == 1
    assert {(d.difference, d.low, d.high) for d in compared.differences} == {(0, 0, 0)}
    (said,) = compared.sentences()
    assert "homes@1 and homes@2 give everybody the same score" in said
    assert "(400 rows on 2 dates, 2020-01-01 to 2021-01-01)" in said


@pytest.mark.parametrize(("dates", "said"), [(_DATES, "on 2 dates, 2020"), (_DATES[:1], "on 2020")])
def test_dates_are_counted_where_they_are_several(version, dates, said):
    compared = compare_versions(
        version("1", signal=0, dates=dates), version("2", signal=2, dates=dates), seed=1
    )

    assert f"Both were tested {said}-01-01" in compared.sentences()[0]


@pytest.mark.parametrize(
    ("typed", "such"), [("homes", "homes@champion"), ("2", "school_readiness@champion")]
)
def test_what_is_no_version_is_named_as_it_was_typed(tmp_path, typed, such):
    ran = CliRunner().invoke(app, ["-w", str(tmp_path), "compare", typed, "2"])

    assert ran.exit_code == 2
    assert such in ran.output


def test_dates_that_only_one_was_tested_on_are_left_out(version):
    compared = compare_versions(
        version("1", signal=1), version("2", signal=1, dates=_DATES[1:]), seed=1
    )

    assert [date.split for date in compared.dates] == ["2021-01-01"]


def test_lists_of_unlike_length_are_not_compared(version):
    with pytest.raises(StateError, match=r"homes@1 lists 20 .* homes@2 40"):
        compare_versions(version("1", signal=1), version("2", signal=1, capacity=40), seed=1)


def test_a_version_is_not_compared_with_itself(version):
    one = version("1", signal=1)

    with pytest.raises(StateError, match="compared with itself"):
        compare_versions(one, one, seed=1)


def test_versions_that_scored_nobody_in_common_are_refused(version):
    with pytest.raises(StateError, match="scored nobody on the same test date"):
        compare_versions(
            version("1", signal=1, dates=_DATES[:1]),
            version("2", signal=1, dates=_DATES[1:]),
            seed=1,
        )


def follow(before, after):
    """Visit the whole list of `before` but five a date, and avert all that it foresaw."""
    first, second = (pd.read_parquet(each.folder / "scored.parquet") for each in (before, after))
    visited = first["selected"] & (first["rank"] > 5)
    for rows, kept in ((first, before), (second, after)):
        rows["label"] = rows["label"] & ~visited
        rows["visited"] = visited
        rows.to_parquet(kept.folder / "scored.parquet")


def test_a_list_that_was_followed_looks_worse_and_not_so_among_the_unvisited(version):
    before, after = version("1", signal=3), version("2", signal=1)
    follow(before, after)
    compared = compare_versions(before, after, seed=1)

    assert compared.mean("before", "precision_at_capacity") < 0.3
    assert compared.unvisited.precision[0] > 0.9
    assert compared.unvisited.visited[0] == 0.75
    assert compared.deciding("precision_at_capacity").difference < 0
    assert any("is no drift" in said for said in compared.sentences())


def test_where_all_of_a_list_was_visited_the_unvisited_tell_nothing(version):
    before, after = version("1", signal=1), version("2", signal=1.1)
    follow(before, after)
    for kept in (before, after):
        rows = pd.read_parquet(kept.folder / "scored.parquet").assign(visited=True)
        rows.to_parquet(kept.folder / "scored.parquet")
    compared = compare_versions(before, after, seed=1)

    assert compared.deciding("precision_at_capacity").difference is None
    assert any("too few of them were looked at" in said for said in compared.sentences())


def test_where_no_visits_are_named_every_row_decides(version):
    compared = compare_versions(version("1", signal=0), version("2", signal=2), seed=1)

    assert compared.unvisited is None
    assert compared.deciding("precision_at_capacity") in compared.differences


def test_places_that_stay_enter_and_leave_are_counted_by_group():
    before = np.array([True] * 40 + [False] * 60)
    after = np.array([False] * 10 + [True] * 30 + [True] * 10 + [False] * 50)
    groups = Grouping.of(["north"] * 50 + ["south"] * 50)

    north, south = list_movement(before, after, groups, disclosure_policy("none"))

    assert (north.before, north.after, north.stays, north.enters, north.leaves) == (
        40,
        40,
        30,
        10,
        10,
    )
    assert (south.before, south.enters) == (0, 0)


def test_a_handful_of_people_who_enter_the_list_is_not_shown():
    before = np.array([True] * 50 + [False] * 150)
    after = before.copy()
    after[50:53] = True
    groups = Grouping.of(["north"] * 100 + ["south"] * 100)

    north, _ = list_movement(before, after, groups, disclosure_policy("dfe"))

    assert north.enters == CONFIDENTIAL

from dataclasses import replace

import numpy as np
import pytest

from hearth.errors import DataError
from training.data.rows import Rows
from training.experiment import candidates_of, fit, run_experiment
from training.final import fit_final
from training.learners.estimator import LightGBM
from training.trained.records import SCORED_SCHEMA, metrics_of, scored_table


@pytest.fixture
def run(define, make_examples, label_years):
    def experiment(changes=None, **made):
        return run_experiment(define(changes), make_examples(**made), label_years())

    return experiment


def test_every_candidate_is_judged_on_every_test_date(run):
    found = run()

    assert [result.name for result in found.splits] == [f"{y}-01-01" for y in range(2021, 2025)]
    names = {"most complaints", "best single feature", "logistic", "lightgbm", "random"}
    assert all(result.figures.keys() == names for result in found.splits)


def test_the_random_order_is_judged_and_never_chosen(run):
    found = run()

    assert "random" not in found.candidates
    assert found.chosen is found.candidates[found.selection.chosen]


def test_the_first_test_date_is_the_definitions(run):
    as_of = {"first": "2019-01-01", "last": "2024-01-01", "every": "12m", "test_from": "2023-01-01"}

    assert [result.name for result in run({"as_of": as_of}).splits] == ["2023-01-01", "2024-01-01"]


def test_data_with_no_earlier_outcomes_of_both_kinds_cannot_be_tested_on(
    define, make_examples, label_years
):
    with pytest.raises(DataError, match="leaves no test date"):
        run_experiment(define(), make_examples(), label_years()[:1])


def test_the_candidate_is_chosen_by_the_metric_of_the_bar(run):
    found = run({"success": {"metric": "recall_at_capacity"}})

    assert found.selection.metric == "recall_at_capacity"
    means = found.selection.means
    assert means[found.chosen.name] == max(means.values())


def test_the_chosen_is_compared_with_every_other(run):
    found = run()

    ours = [d for d in found.differences if d.candidate == found.chosen.name]
    against = {d.against for d in ours if d.metric == "precision_at_capacity"}
    assert against == {
        "most complaints",
        "best single feature",
        "logistic",
        "lightgbm",
        "random",
    } - {found.chosen.name}


def test_a_run_is_the_same_twice(run):
    assert metrics_of(run(), []) == metrics_of(run(), [])


def test_scored_rows_keep_everybody_and_never_a_negative_unseen(run):
    table = scored_table(run(seen=0.4)).to_pandas()

    assert len(table) == 4 * 5 * 80
    assert table.loc[~table["observed"], "label"].isna().all()
    assert table.loc[table["observed"], "label"].notna().all()


def test_scored_rows_say_who_is_first_and_who_is_on_the_list(run):
    table = scored_table(run())

    assert table.schema == SCORED_SCHEMA
    for _, part in table.to_pandas().groupby(["split", "candidate"]):
        assert sorted(part["rank"]) == list(range(1, 81))
        assert (part["selected"] == (part["rank"] <= 20)).all()
        ordered = part.sort_values("rank")["score"].to_numpy()
        assert (np.diff(ordered) <= 1e-12).all()


def test_scored_rows_say_who_was_visited_only_where_that_is_known(run):
    assert scored_table(run())["visited"].null_count == 4 * 5 * 80


def test_metrics_say_what_was_chosen_and_that_the_choice_flatters(run):
    metrics = metrics_of(run(), [])

    assert metrics["chosen"] in metrics["selection"]["means"]
    assert "same test dates" in metrics["selection"]["note"]
    assert metrics["splits"][0]["train_as_of"] == ["2019-01-01", "2020-01-01"]
    assert metrics["splits"][0]["capacity"] == 20


@pytest.mark.parametrize("kind", ["rule", "logistic", "lightgbm"])
def test_of_every_kind_contributions_and_base_value_add_up_to_the_raw_score(
    kind, define, make_examples, label_years
):
    examples = make_examples()
    fitted = [fit(c, examples, label_years(), seed=1) for c in candidates_of(define(), examples)]
    scorer = next(each.scorer for each in fitted if each.scorer.kind == kind)

    total = scorer.contributions(examples.rows.table()).sum(axis=1)

    np.testing.assert_allclose(total, examples.raw_scores(scorer), rtol=0, atol=1e-9)


def test_rows_nobody_looked_at_teach_nothing(define, make_examples, label_years):
    """What is said of the unseen makes no difference to any score: selective labels stay unknown."""
    examples = make_examples(seen=0.5)
    rows = examples.rows.table()
    random = np.random.default_rng(9).normal(size=rows.shape)
    unseen = ~examples.outcomes.observed & (examples.as_of < np.datetime64("2021-01-01"))
    other = replace(examples, rows=Rows.of(np.where(unseen[:, None], random, rows)))

    first, second = (
        run_experiment(define(), each, label_years()).splits[0] for each in (examples, other)
    )

    assert first.trained_rows == examples.on(first.split.training_dates).outcomes.observed.sum()
    for name in first.scores:
        np.testing.assert_array_equal(first.scores[name].raw, second.scores[name].raw)


def test_test_dates_that_share_a_model_share_its_fits(
    define, make_examples, label_years, monkeypatch
):
    fits = []
    monkeypatch.setattr(
        "training.learners.estimator.LightGBM.fit",
        lambda self, seen, fit=LightGBM.fit: fits.append(seen.dates()) or fit(self, seen),
    )
    definition = define({"validation": {"retrain_every": "24m"}})

    found = run_experiment(definition, make_examples(), label_years())

    assert [split.split.fitted_on.year for split in found.splits] == [2021, 2021, 2023, 2023]
    assert len(fits) == len(set(fits))


def test_the_model_put_forward_learns_from_no_more_history_than_those_tested(
    define, make_examples, label_years
):
    definition, examples = define({"validation": {"history": "24m"}}), make_examples()
    experiment = run_experiment(definition, examples, label_years())

    final = fit_final(definition, experiment, examples, label_years(), examples)

    assert [day.year for day in final.trained_on] == [2023, 2024]

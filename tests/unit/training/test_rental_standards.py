"""Toronto's rented buildings, real data: our figures beside the published ones and plain LightGBM's."""

from datetime import date

import lightgbm
import numpy as np
import pyarrow.parquet as pq
import pytest
from pandas.api.types import is_numeric_dtype
from sklearn.metrics import roc_auc_score

from hearth.risk_model import RiskModel

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("toronto"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),  # of MLflow itself
]
RULE = "lowest last score first"
REFERENCE = {  # rows, base rate in per cent, LightGBM's AUC, the rule's AUC and p@100
    2020: (1_459, 5.5, 0.80, 0.801, 0.24),
    2021: (1_440, 10.6, 0.78, 0.788, 0.47),
    2022: (1_930, 7.2, 0.86, 0.880, 0.41),
}
years = pytest.mark.parametrize("year", REFERENCE)


@pytest.fixture(scope="module")
def splits(toronto):
    return {int(split["test_as_of"][:4]): split for split in toronto.trained.metrics["splits"]}


@pytest.fixture(scope="module")
def frame(toronto):
    """The matrix as pandas reads it, categories as pandas' own, and the label beside it."""
    folder = toronto.settings.state_dir / "matrices" / toronto.model
    features = pq.read_table(folder / "features").to_pandas()
    labels = pq.read_table(folder / "labels.parquet").to_pandas()
    joined = features.merge(labels, on=["entity_id", "as_of"], validate="one_to_one")
    text = [
        n for n in features if n not in {"entity_id", "as_of"} and not is_numeric_dtype(features[n])
    ]
    joined[text] = joined[text].astype("category")
    return joined, [n for n in features if n not in {"entity_id", "as_of"}]


@years
def test_the_cohort_looked_at_is_that_of_the_reference(splits, year):
    rows, base_rate, *_ = REFERENCE[year]

    assert splits[year]["observed"] == rows
    assert 100 * splits[year]["base_rate"] == pytest.approx(base_rate, abs=0.05)


@years
def test_the_area_under_the_curve_is_near_the_references(splits, year):
    auc = splits[year]["candidates"]["lightgbm"]["auc"]

    assert auc == pytest.approx(REFERENCE[year][2], abs=0.02)


@years
def test_the_rule_is_the_references_rule(splits, year):
    """Equal last scores fall by lot, so the first hundred may differ by two buildings."""
    figures = splits[year]["candidates"][RULE]

    assert figures["auc"] == pytest.approx(REFERENCE[year][3], abs=0.001)
    assert figures["precision_at_100"] == pytest.approx(REFERENCE[year][4], abs=0.025)


@years
def test_our_lightgbm_ranks_as_well_as_plain_lightgbm_on_the_same_matrix(splits, frame, year):
    rows, names = frame
    seen = rows[rows["label"].notna()]
    train = seen[seen["as_of"] < date(year, 1, 1)]
    test = seen[seen["as_of"] == date(year, 1, 1)]
    plain = lightgbm.LGBMClassifier(
        n_estimators=300, learning_rate=0.03, num_leaves=7, reg_lambda=10, n_jobs=1, verbose=-1
    ).fit(train[names], train["label"].astype(bool))

    theirs = roc_auc_score(test["label"].astype(bool), plain.predict_proba(test[names])[:, 1])

    assert splits[year]["candidates"]["lightgbm"]["auc"] == pytest.approx(theirs, abs=0.015)


@years
def test_training_stops_before_the_test_year(splits, year):
    """Evaluations are recorded on their day: labels of a year are known on the first of the next."""
    assert splits[year]["train_as_of"] == [f"{earlier}-01-01" for earlier in range(2018, year)]


def test_where_the_rule_wins_it_is_chosen_and_the_trees_are_kept_beside_it(toronto):
    metrics, logged = toronto.trained.metrics, toronto.artefacts(toronto.model)

    assert metrics["chosen"] == RULE
    assert metrics["selection"]["means"][RULE] == max(metrics["selection"]["means"].values())
    assert metrics["success"]["lines"][0]["met"] is None
    booster = lightgbm.Booster(
        model_str=logged["candidates/lightgbm/booster.txt"].read_text(encoding="utf-8")
    )
    assert booster.num_trees() == 300
    assert "candidates/lightgbm/plots/shap_beeswarm.png" in logged
    assert "plots/shap_beeswarm.png" not in logged  # of a rule it would show nothing


def test_a_rule_is_a_bundle_like_any_other(toronto, frame):
    model = RiskModel.load(toronto.trained.folder / "bundle")
    rows = model.encode_columns(
        {f.name: frame[0][f.name].astype(object).to_numpy() for f in model.features}
    )

    assert model.kind == "rule"
    np.testing.assert_allclose(
        model.contributions(rows).sum(axis=1), model.raw_score(rows), rtol=0, atol=1e-9
    )
    assert (np.diff(model.probability(np.sort(model.raw_score(rows)))) >= 0).all()

"""A bundle on disk, and bundles that this version cannot read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from hearth.errors import BundleError
from hearth.risk_model import Calibration, RiskModel, RuleScorer, Uncertainty
from hearth.risk_model.files import to_json, with_manifest
from hearth.risk_model.scorers import read_scorer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., tuple[RiskModel, Any]]

KINDS = pytest.mark.parametrize("kind", ["lightgbm", "logistic", "rule"])


def _rewritten(files: dict[str, bytes], name: str, **changes: Any) -> dict[str, bytes]:
    """Bundle with another content of one file, listed as if it had always been so."""
    content = {**json.loads(files[name]), **changes}
    return with_manifest({**files, name: to_json(content)})


@KINDS
def test_a_bundle_is_the_same_from_disk(make_risk_model: Make, kind: str, tmp_path: Path) -> None:
    model, rows = make_risk_model(kind)
    model.save(tmp_path / "bundle")
    again = RiskModel.load(tmp_path / "bundle")
    assert again.sha256 == model.sha256
    assert np.array_equal(again.raw_score(rows), model.raw_score(rows))


@KINDS
def test_a_bundle_holds_text_only(make_risk_model: Make, kind: str) -> None:
    for name, content in make_risk_model(kind)[0].files.items():
        assert name.endswith((".json", ".txt"))
        assert content.decode("utf-8")


def test_a_bundle_altered_on_disk_is_refused(make_risk_model: Make, tmp_path: Path) -> None:
    make_risk_model("lightgbm")[0].save(tmp_path / "bundle")
    booster = tmp_path / "bundle" / "booster.txt"
    booster.write_bytes(booster.read_bytes().replace(b"0.", b"1.", 1))
    with pytest.raises(BundleError, match=r"altered: booster\.txt"):
        RiskModel.load(tmp_path / "bundle")


def test_a_kind_that_is_not_known_is_refused(make_risk_model: Make) -> None:
    files = _rewritten(make_risk_model()[0].files, "model.json", kind="neural")
    with pytest.raises(BundleError, match="of kind neural, which this version of Hearth cannot"):
        RiskModel.load(files)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("model.json", {"features": [{"title": "x"}]}),
        ("calibration.json", {"slop": 1}),
        ("cohort.json", {"distributions": []}),
        ("coefficients.json", {"terms": [{"weight": 1}]}),
    ],
)
def test_a_bundle_of_another_shape_is_refused(
    make_risk_model: Make, name: str, changes: dict[str, Any]
) -> None:
    files = _rewritten(make_risk_model()[0].files, name, **changes)
    with pytest.raises(BundleError, match="holds what this version of Hearth cannot read"):
        RiskModel.load(files)


def test_a_bundle_listed_without_its_model_is_refused(make_risk_model: Make) -> None:
    files = dict(make_risk_model()[0].files)
    del files["model.json"]
    with pytest.raises(BundleError, match="cannot read"):
        RiskModel.load(with_manifest(files))


def test_isotonic_calibration_reads_between_its_knots_and_is_flat_beyond() -> None:
    calibration = Calibration("isotonic", knots=((0.0, 0.1), (2.0, 0.5)))
    probabilities = calibration.probability(np.array([-9.0, 0.0, 1.0, 2.0, 9.0]))
    assert probabilities == pytest.approx([0.1, 0.1, 0.3, 0.5, 0.5])


def test_platt_calibration_is_a_logistic_curve() -> None:
    calibration = Calibration("platt", slope=2.0, intercept=-1.0)
    assert calibration.probability(np.array([0.5])) == pytest.approx([0.5])
    assert calibration.probability(np.array([1e9, -1e9])) == pytest.approx([1, 0])


def test_a_missing_value_scores_what_the_rule_says_of_missing(make_risk_model: Make) -> None:
    model, _ = make_risk_model("rule")
    assert model.raw_score(model.encode({})).tolist() == [-1000.0]


def test_a_logistic_score_adds_its_terms_by_hand(make_risk_model: Make) -> None:
    model, _ = make_risk_model("logistic", seed=3)
    scorer: Any = model.scorer
    tenure = model.features[2].categories[1]
    count, amount, home, days = scorer.terms
    expected = (
        scorer.intercept
        + count.weight * (4 - count.centre) / count.scale
        + amount.missing
        + home.category_weights[1]
        + days.missing
    )
    row = model.encode({"arrears_count_12m": 4, "home_tenure": tenure})
    assert model.raw_score(row) == pytest.approx([expected], abs=1e-12)


def test_the_table_of_intervals_is_part_of_the_bundle(make_risk_model: Make) -> None:
    model, rows = make_risk_model("logistic", seed=3)
    table = Uncertainty(
        0.95, "outcomes of those who score alike", (0.0, 1.0), (0.1, 0.2), (0.5, 0.9)
    )

    again = RiskModel.load(replace(model, uncertainty=table, written=None).files)

    assert again.uncertainty == table
    ends = again.interval(again.raw_score(rows))
    assert ends is not None
    assert np.all(ends[0] <= ends[1])


def test_a_threshold_is_kept_with_its_rule() -> None:
    rule = RuleScorer(feature=0, features=2, sign=-1.0, missing=0.0, average=0.5, threshold=-2.0)
    rows = np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0], [np.nan, 0.0]])

    again = read_scorer("rule", rule.files())

    assert again == rule
    assert again.raw_score(rows).tolist() == [1.0, 1.0, 0.0, 0.0]

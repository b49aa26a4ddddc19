"""Laws of the bundle: what a score is made of, and that nothing altered is ever loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hearth.errors import BundleError
from hearth.risk_model import RiskModel
from hearth.risk_model.cohort import Cohort, distribution_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., tuple[RiskModel, Any]]

KINDS = st.sampled_from(["lightgbm", "logistic", "rule"])
SEEDS = st.integers(0, 2**32 - 1)
MISSING = st.sampled_from([0.0, 0.2, 0.9])
FINITE = st.floats(-1e9, 1e9, allow_nan=False)
COLUMNS = arrays.arrays(
    np.float64, st.integers(1, 400), elements=st.one_of(st.just(np.nan), FINITE, st.integers(0, 5))
)
SCORES = arrays.arrays(
    np.float64, st.integers(1, 400), elements=st.one_of(FINITE, st.integers(0, 5))
)


@given(KINDS, SEEDS, MISSING)
def test_contributions_and_base_value_add_up_to_the_raw_score(
    make_risk_model: Make, kind: str, seed: int, missing: float
) -> None:
    model, rows = make_risk_model(kind, seed=seed, missing=missing)
    contributions = model.contributions(rows)
    assert contributions.shape == (len(rows), len(model.features) + 1)
    raw = model.raw_score(rows)
    assert np.all(np.abs(contributions.sum(axis=1) - raw) <= 1e-9 * np.maximum(1, np.abs(raw)))


@given(KINDS, SEEDS)
def test_the_base_value_is_the_same_for_everybody(
    make_risk_model: Make, kind: str, seed: int
) -> None:
    model, rows = make_risk_model(kind, seed=seed)
    assert np.ptp(model.contributions(rows)[:, -1]) == 0


@given(KINDS, SEEDS)
def test_a_bundle_read_back_is_the_same_model(make_risk_model: Make, kind: str, seed: int) -> None:
    model, rows = make_risk_model(kind, seed=seed)
    again = RiskModel.load(model.files)
    assert again.sha256 == model.sha256
    assert again.files == model.files
    assert (again.kind, again.features, again.cohort) == (kind, model.features, model.cohort)
    assert np.array_equal(again.raw_score(rows), model.raw_score(rows))
    assert np.array_equal(again.contributions(rows), model.contributions(rows))
    raw = model.raw_score(rows)
    assert np.array_equal(again.probability(raw), model.probability(raw))


@given(KINDS, SEEDS)
def test_a_row_scores_the_same_alone_as_among_others(
    make_risk_model: Make, kind: str, seed: int
) -> None:
    model, rows = make_risk_model(kind, seed=seed)
    alone = np.concatenate([model.raw_score(rows[i : i + 1]) for i in range(10)])
    assert np.array_equal(alone, model.raw_score(rows)[:10])


@given(KINDS, st.data())
def test_a_bundle_with_any_byte_altered_is_refused(
    make_risk_model: Make, kind: str, data: st.DataObject
) -> None:
    files = make_risk_model(kind)[0].files
    name = data.draw(st.sampled_from(sorted(files)))
    place = data.draw(st.integers(0, len(files[name]) - 1))
    altered = bytearray(files[name])
    altered[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BundleError):
        RiskModel.load({**files, name: bytes(altered)})


@given(KINDS, st.data())
def test_a_bundle_cut_short_anywhere_is_refused(
    make_risk_model: Make, kind: str, data: st.DataObject
) -> None:
    files = make_risk_model(kind)[0].files
    name = data.draw(st.sampled_from(sorted(files)))
    length = data.draw(st.integers(0, len(files[name]) - 1))
    with pytest.raises(BundleError):
        RiskModel.load({**files, name: files[name][:length]})


@given(KINDS, st.data())
def test_a_bundle_without_one_of_its_files_is_refused(
    make_risk_model: Make, kind: str, data: st.DataObject
) -> None:
    files = make_risk_model(kind)[0].files
    gone = data.draw(st.sampled_from(sorted(files)))
    with pytest.raises(BundleError, match="manifest" if gone == "manifest.json" else gone):
        RiskModel.load({name: content for name, content in files.items() if name != gone})


@given(KINDS, st.text(min_size=1), st.binary())
def test_a_bundle_with_one_file_more_is_refused(
    make_risk_model: Make, kind: str, name: str, content: bytes
) -> None:
    files = make_risk_model(kind)[0].files
    with pytest.raises(BundleError, match="not listed"):
        RiskModel.load({**files, f"extra-{name}": content})


@given(COLUMNS, st.integers(2, 20), st.one_of(FINITE, st.integers(0, 5)))
def test_a_share_stated_is_never_more_than_the_truth(
    column: np.ndarray, most: int, value: float
) -> None:
    distribution = distribution_of(column, most=most)
    known = column[~np.isnan(column)]
    total = max(len(known), 1)
    assert distribution.share_below(value) <= np.count_nonzero(known < value) / total + 1e-12
    assert distribution.share_above(value) <= np.count_nonzero(known > value) / total + 1e-12
    assert len(distribution.values) <= most


@given(COLUMNS, st.data())
def test_shares_are_exact_where_every_value_is_kept(
    column: np.ndarray, data: st.DataObject
) -> None:
    distribution = distribution_of(column, most=len(column))
    known = column[~np.isnan(column)]
    value = data.draw(st.sampled_from(list(known)) if len(known) else FINITE)
    total = max(len(known), 1)
    assert distribution.share_below(value) == pytest.approx(np.count_nonzero(known < value) / total)
    assert distribution.share_above(value) == pytest.approx(np.count_nonzero(known > value) / total)


@given(COLUMNS, FINITE, FINITE)
def test_more_of_the_cohort_lies_below_a_greater_value(
    column: np.ndarray, one: float, other: float
) -> None:
    lower, higher = sorted([one, other])
    distribution = distribution_of(column, most=20)
    assert distribution.share_below(lower) <= distribution.share_below(higher)
    assert distribution.share_above(lower) >= distribution.share_above(higher)


def _cohort(scores: np.ndarray) -> Cohort:
    rows = np.zeros((len(scores), 0))
    return Cohort.of([], lambda place: rows[:, place], scores, as_of="2026-01-01", base_rate=0.5)


@given(SCORES, st.one_of(FINITE, st.integers(0, 5)))
def test_a_percentile_is_never_more_than_the_truth(scores: np.ndarray, raw: float) -> None:
    truth = 100 * np.count_nonzero(scores < raw) / len(scores)
    percentile = _cohort(scores).percentile(raw)
    assert 0 <= percentile <= 100
    assert percentile <= truth + 1e-9
    assert percentile > truth - 1 - 100 / len(scores) - 1e-9


@given(SCORES, FINITE, FINITE)
def test_a_higher_score_never_has_a_lower_percentile_or_band(
    scores: np.ndarray, one: float, other: float
) -> None:
    lower, higher = sorted([one, other])
    cohort = _cohort(scores)
    order = [name for name, _ in cohort.bands]
    assert cohort.percentile(lower) <= cohort.percentile(higher)
    places = [order.index(cohort.band(cohort.percentile(raw))) for raw in (lower, higher)]
    assert places == sorted(places)


@given(KINDS, SEEDS)
def test_a_probability_lies_in_its_range_and_never_falls_as_the_score_rises(
    make_risk_model: Make, kind: str, seed: int
) -> None:
    model, rows = make_risk_model(kind, seed=seed)
    raw = np.sort(np.append(model.raw_score(rows), [-1e300, 1e300]))
    probability = model.probability(raw)
    assert np.all((probability >= 0) & (probability <= 1))
    assert np.all(np.diff(probability) >= 0)

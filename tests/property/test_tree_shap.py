"""Laws of the explanation kernel: it agrees with LightGBM's own, and with the definition itself."""

from __future__ import annotations

from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, Any

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.tree_shap.explainer import TreeShap, explainer_of
from serving.tree_shap.forest import read_forest
from serving.tree_shap.model_text import Tree, cover_below, read_trees
from serving.tree_shap.quick_scorer import MOST_LEAVES, QuickScorer
from serving.tree_shap.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable

    Writer = Callable[..., tuple[str, Any]]

SEEDS = st.integers(0, 2**32 - 1)
TOLERANCE = 1e-9


def goes_left(tree: Tree, node: int, value: float) -> bool:
    """Where a value goes at a split, as LightGBM's tree.h says."""
    if tree.is_categorical[node]:
        if np.isnan(value) or not -1 < value < 2**31:
            return False
        first, end = tree.category_bounds[int(tree.threshold[node]) :][:2]
        word, bit = divmod(int(value), 32)
        return word < end - first and bool(int(tree.categories[first + word]) >> bit & 1)
    if abs(value) <= 1e-35 or (np.isnan(value) and tree.missing[node] != 2):
        value = 0.0
    is_missing = np.isnan(value) or (tree.missing[node] == 1 and value == 0.0)
    return bool(tree.default_left[node]) if is_missing else bool(value <= tree.threshold[node])


def expected(tree: Tree, row: Any, known: frozenset[int], node: int = 0) -> float:
    """Mean of the leaves by cover, of those that the known features allow."""
    if node < 0:
        return float(tree.leaf_value[~node])
    children = tree.children[node]
    if int(tree.feature[node]) in known:
        side = 0 if goes_left(tree, node, row[tree.feature[node]]) else 1
        return expected(tree, row, known, int(children[side]))
    cover = cover_below(tree, children)
    weights = cover / cover.sum() if cover.sum() else (0.5, 0.5)
    return sum(
        w * expected(tree, row, known, int(c)) for w, c in zip(weights, children, strict=True)
    )


def shapley_values(trees: tuple[Tree, ...], row: Any) -> Any:
    """Shapley's sum over all subsets of features, tree by tree, and last the base value."""
    everybody = range(len(row))
    found = np.zeros(len(row) + 1)
    for tree in trees:
        start = 0 if len(tree.feature) else -1
        value = {
            frozenset(s): expected(tree, row, frozenset(s), start)
            for size in range(len(row) + 1)
            for s in combinations(everybody, size)
        }
        found[-1] += value[frozenset()]
        for i in everybody:
            for s in (s for s in value if i not in s):
                order = factorial(len(s)) * factorial(len(row) - len(s) - 1) / factorial(len(row))
                found[i] += order * (value[s | {i}] - value[s])
    return found


def assert_same_scores(text: str, kernel: Any, rows: Any) -> None:
    """Every way to a raw score gives LightGBM's, to the bit: one by one, many at once, with reasons."""
    given = np.tile(rows, (7, 1))
    theirs = lightgbm.Booster(model_str=text).predict(given, raw_score=True, num_threads=1)
    ours = [Walk(text, kernel)(given), TreeShap(read_forest(text), kernel).explained(given)[0]]
    if max(len(tree.leaf_value) for tree in read_trees(text)[1]) <= MOST_LEAVES:
        ours.append(QuickScorer(text, kernel)(given))
    assert all(one.tolist() == np.asarray(theirs).tolist() for one in ours)


def native(text: str, rows: Any) -> Any:
    return lightgbm.Booster(model_str=text).predict(rows, pred_contrib=True, num_threads=1)


@given(SEEDS, st.integers(1, 9), st.integers(1, 5), st.sampled_from([1, 3, 50]), st.booleans())
@settings(max_examples=40)
def test_the_kernel_is_the_sum_over_subsets(
    kernel: Any, model_writer: Writer, seed: int, leaves: int, features: int, cover: int, deep: bool
) -> None:
    text, rows = model_writer(
        seed, trees=2, leaves=leaves, features=features, most_cover=cover, deep=deep
    )
    found = TreeShap(read_forest(text), kernel).contributions(rows[:3])
    trees = read_trees(text)[1]
    for row, contributions in zip(rows, found, strict=False):
        assert np.allclose(contributions, shapley_values(trees, row), rtol=0, atol=TOLERANCE)


@given(SEEDS, st.integers(1, 65), st.integers(1, 80), st.booleans())
def test_the_kernel_agrees_with_lightgbm_on_random_trees(
    kernel: Any, model_writer: Writer, seed: int, leaves: int, features: int, deep: bool
) -> None:
    text, rows = model_writer(seed, leaves=leaves, features=features, deep=deep)
    found = TreeShap(read_forest(text), kernel).contributions(rows)
    assert np.allclose(found, native(text, rows), rtol=0, atol=TOLERANCE)
    assert_same_scores(text, kernel, rows)


def test_trees_of_one_leaf_are_added_in_their_order(kernel: Any, model_writer: Writer) -> None:
    grown, rows = model_writer(0, trees=2, leaves=8)
    stump, _ = model_writer(1, trees=1, leaves=1)
    head, first, second = grown.split("\n\nend of trees")[0].split("\nTree=")
    between = stump.split("\nend of trees")[0].split("\nTree=")[1]
    text = "\nTree=".join([head, first, between, second]) + "\n\nend of trees\n"
    assert_same_scores(text, kernel, rows)


@given(
    SEEDS,
    st.integers(2, 40),
    st.sampled_from([{}, {"zero_as_missing": True}, {"use_missing": False}]),
)
@settings(max_examples=25)
def test_the_kernel_agrees_with_lightgbm_on_trained_models(
    kernel: Any, seed: int, leaves: int, missing: dict[str, bool]
) -> None:
    random = np.random.default_rng(seed)
    rows = np.round(random.normal(0, 2, (300, 6)))
    rows[:, 0] = random.integers(0, 45, 300)
    labels = (np.nan_to_num(rows[:, 1]) + rows[:, 0] % 3 + random.normal(size=300)) > 1
    rows[random.random(rows.shape) < 0.2] = np.nan
    parameters = {
        "objective": "binary",
        "num_leaves": leaves,
        "min_data_in_leaf": 3,
        "verbosity": -1,
    }
    data = lightgbm.Dataset(
        rows, labels, categorical_feature=[0], params={"verbosity": -1, **missing}
    )
    trained = lightgbm.train({**parameters, "num_threads": 1, **missing}, data, num_boost_round=8)
    rows[::9, 0] = 99  # a code that training never saw
    text = trained.model_to_string()
    found = TreeShap(read_forest(text), kernel).contributions(rows)
    assert np.allclose(found, native(text, rows), rtol=0, atol=TOLERANCE)
    assert_same_scores(text, kernel, rows)


@given(SEEDS)
@settings(max_examples=20)
def test_rows_explained_together_are_explained_as_alone(
    kernel: Any, model_writer: Writer, seed: int
) -> None:
    text, rows = model_writer(seed, leaves=20, features=10)
    tree_shap = TreeShap(read_forest(text), kernel)
    many = np.tile(rows, (100, 1))  # enough for threads
    alone = np.concatenate([tree_shap.contributions(row[None]) for row in rows])
    assert np.array_equal(tree_shap.contributions(many), np.tile(alone, (100, 1)))


@pytest.mark.parametrize(
    ("parameters", "shape"),
    [
        ({"objective": "multiclass", "num_class": 3}, "several scores"),
        ({"objective": "regression", "linear_tree": True}, "linear trees"),
        ({"objective": "regression", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5}, "averaged"),
    ],
)  # fmt: skip
def test_a_model_that_the_kernel_does_not_cover_is_left_to_lightgbm(
    kernel: Any, parameters: dict[str, Any], shape: str
) -> None:
    random = np.random.default_rng(0)
    rows, labels = random.normal(size=(200, 3)), random.integers(0, 3, 200)
    data = lightgbm.Dataset(rows, labels, params={"verbosity": -1, **parameters})
    trained = lightgbm.train({"verbosity": -1, "num_threads": 1, **parameters}, data, 3)
    assert explainer_of(trained.model_to_string(), kernel) is None, shape

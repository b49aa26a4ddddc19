"""A logistic regression solved by Newton's method on rows that need not be in memory together."""

from collections.abc import Callable, Iterable

import numpy as np

from training.figures.ranking import Floats

Batches = Callable[[], Iterable[tuple[Floats, Floats]]]
"""The rows anew each time: batches of a design, shape (batch, p), and the target, 0 or 1."""

_STEPS = 100
_CONVERGED = 1e-9
"""Of the greatest step in log-odds; Newton's steps square their error, so the next would be nothing."""


def solve_logistic(batches: Batches, ridge: Floats, start: Floats) -> Floats:
    """Coefficients, shape (p,), that minimise log loss plus half the ridge times their squares.

    Every step goes once over the rows and holds one batch and a matrix of (p, p). A step that
    makes the loss worse is halved.

    Parameters
    ----------
    batches
        The rows, the intercept's column of ones included.
    ridge
        Shape (p,), 0 or more; at most the intercept's is 0, so that the minimum is finite wherever
        both classes are seen.
    start
        Coefficients to begin from, shape (p,).

    References
    ----------
    Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, section 4.4.1.
    """
    held = start
    loss, gradient, curvature = _sums(batches, held, ridge)
    for _ in range(_STEPS):
        step = np.linalg.solve(curvature, gradient)
        while True:
            tried = held - step
            made = _sums(batches, tried, ridge)
            if made[0] <= loss + _CONVERGED * abs(loss):
                break
            step = step / 2
        held, (loss, gradient, curvature) = tried, made
        if np.abs(step).max() < _CONVERGED:
            break
    return held


def _sums(batches: Batches, held: Floats, ridge: Floats) -> tuple[float, Floats, Floats]:
    """Loss, its gradient and its curvature at some coefficients."""
    loss = float(ridge @ held**2) / 2
    gradient, curvature = ridge * held, np.diag(ridge)
    for design, target in batches():
        linear = design @ held
        size = np.exp(-np.abs(linear))
        fitted = np.where(linear > 0, 1.0, size) / (1 + size)
        loss += float(np.sum(np.maximum(linear, 0) - target * linear + np.log1p(size)))
        gradient += design.T @ (fitted - target)
        weighted = design * np.sqrt(fitted * (1 - fitted))[:, None]
        curvature += weighted.T @ weighted
    return loss, gradient, curvature

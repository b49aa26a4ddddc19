"""How well a list should do, from its probabilities alone, before any outcome is known."""

import numpy as np

from training.figures.ranking import Bools, Floats


def expected_precision(probability: Floats, selected: Bools) -> float:
    """Mean probability on the list: the precision that it has if the probabilities are right.

    Parameters
    ----------
    probability
        Shape (n,), in [0, 1].
    selected
        Shape (n,), who is on the list.

    References
    ----------
    Białek, Kuberski, Perrakis & Bifet (2024), "Estimating model performance under covariate shift
    without labels", arXiv 2401.08348: confidence-based performance estimation. It foresees what a
    shift of the features does, and is blind to a shift of what follows from them.
    """
    return float(probability[selected].mean())


def expected_auc(raw: Floats, probability: Floats) -> float | None:
    """Chance that one with the outcome is scored above one without, if the probabilities are right.

    None where they leave no chance of one or of the other. Ties count half.

    Parameters
    ----------
    raw, probability
        Shape (n,); what rows are ranked by, and the probability of the outcome.
    """
    _, block = np.unique(raw, return_inverse=True)
    with_outcome = np.bincount(block, probability)
    without = np.bincount(block, 1 - probability)
    below = np.cumsum(without) - without
    pairs = with_outcome.sum() * without.sum()
    return float((with_outcome * (below + without / 2)).sum() / pairs) if pairs > 0 else None

"""The normal distribution, without scipy, which only training brings."""

import math
from statistics import NormalDist

import numpy as np

from features.synthetic.timeline import Floats

_erf = np.frompyfunc(math.erf, 1, 1)
_quantile = np.frompyfunc(NormalDist().inv_cdf, 1, 1)


def normal_cdf(values: Floats) -> Floats:
    """Chance that a standard normal variable lies below each value."""
    return 0.5 * (1.0 + np.asarray(_erf(values / math.sqrt(2.0)), dtype=np.float64))


def normal_quantile(chances: Floats) -> Floats:
    """Value below which a standard normal variable lies with each chance in (0, 1)."""
    return np.asarray(_quantile(chances), dtype=np.float64)

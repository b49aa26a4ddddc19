"""LightGBM's quick way to score one row: what every prediction needs is set up once, for each thread."""

import ctypes
import weakref
from threading import local
from typing import Any

import lightgbm
import numpy as np
from lightgbm.basic import (  # type: ignore[attr-defined]  # where the package keeps its C library
    _LIB,
    _safe_call,
)
from numpy.typing import NDArray

_FLOAT64, _RAW_SCORE, _ALL_TREES = 1, 1, -1  # of LightGBM's C API
_PARAMETERS = b"num_threads=1 verbosity=-1"


class SingleRowScorer:
    """Raw score of one row at a time: the same number as `Booster.predict` gives, some 10 µs later.

    Two threads on one handle wait for each other or worse (LightGBM #3675, #3771), so that each
    thread has a handle of its own, let go with the thread or with this.
    """

    def __init__(self, booster: lightgbm.Booster) -> None:
        self._booster = booster  # a handle points into it
        self._features = booster.num_feature()
        self._own = local()

    def __call__(self, row: NDArray[np.float64]) -> float:
        """Raw score of a row, shape (features,) or (1, features)."""
        given = np.ascontiguousarray(row, dtype=np.float64)
        if given.size != self._features:
            raise ValueError(f"a row must have {self._features} values")
        try:
            handle: _Handle = self._own.handle
        except AttributeError:
            handle = self._own.handle = _Handle(self._booster, self._features)
        return handle.score(given)


class _Handle:
    """One thread's set-up, and room for its answer."""

    def __init__(self, booster: lightgbm.Booster, features: int) -> None:
        self._booster = booster
        self._config = ctypes.c_void_p()
        self._length, self._score = ctypes.c_int64(), ctypes.c_double()
        self._places = ctypes.byref(self._length), ctypes.byref(self._score)
        _safe_call(
            _LIB.LGBM_BoosterPredictForMatSingleRowFastInit(
                booster._handle,  # noqa: SLF001 - the package wraps no fast prediction
                *(_RAW_SCORE, 0, _ALL_TREES, _FLOAT64, ctypes.c_int32(features)),
                ctypes.c_char_p(_PARAMETERS),
                ctypes.byref(self._config),
            )
        )
        weakref.finalize(self, _let_go, self._config)

    def score(self, row: NDArray[np.float64]) -> float:
        """Raw score of a contiguous row."""
        data = ctypes.c_void_p(row.ctypes.data)
        _safe_call(_LIB.LGBM_BoosterPredictForMatSingleRowFast(self._config, data, *self._places))
        return self._score.value


def _let_go(config: Any) -> None:
    _LIB.LGBM_FastConfigFree(config)

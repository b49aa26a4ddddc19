"""The largest reasons of many rows: reason groups are summed and ranked at once, and only those shown are worded."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearth.risk_model import ReasonWords, RiskModel
from serving.answers import Value
from serving.files.tables import Columns
from serving.scores.group_words import FeatureWords, GroupWords, places_of
from serving.scores.reasons import RESTRICTED, RESTRICTED_TEXT, effect, scale_of

MOST = 3
"""Reasons given for a row."""


def leading_reasons(
    model: RiskModel,
    columns: Columns,
    contributions: NDArray[np.float64],
    *,
    sees_restricted: bool,
) -> list[list[str]]:
    """The three largest reasons of each row, each with its effect apart: three columns of texts.

    Parameters
    ----------
    columns
        Values by feature name, as they were scored.
    contributions
        Shape (rows, features + 1).
    sees_restricted
        Whether reasons from restricted sources are told apart; else they are summed into one.
    """
    wordings = [_Wording(model, words, columns, contributions) for words in model.reasons]
    totals = _by_group(model, contributions)
    codes = [words.group for words in model.reasons]
    if not sees_restricted:
        hidden = [j for j, words in enumerate(model.reasons) if words.sensitivity != "ordinary"]
        if hidden:
            restricted = totals[:, hidden].sum(axis=1, keepdims=True)
            totals = np.hstack([np.delete(totals, hidden, axis=1), restricted])
            wordings = [w for j, w in enumerate(wordings) if j not in hidden]
            codes = [*(c for j, c in enumerate(codes) if j not in hidden), RESTRICTED]
    by_code = np.array(sorted(range(len(codes)), key=lambda j: codes[j]), dtype=np.intp)
    ranked = by_code[np.argsort(-np.abs(totals[:, by_code]), axis=1, kind="stable")[:, :MOST]]
    scale = scale_of(model)
    texts: list[list[str]] = [[] for _ in range(MOST)]
    for i, places in enumerate(ranked.tolist()):
        for k in range(MOST):
            texts[k].append(
                _reason(wordings, i, places[k], float(totals[i, places[k]]), scale)
                if k < len(places)
                else ""
            )
    return texts


def _reason(
    wordings: Sequence["_Wording"], row: int, place: int, contribution: float, scale: str
) -> str:
    direction, strength = effect(contribution, scale)
    if direction == "neither":
        return ""
    text = wordings[place].of(row) if place < len(wordings) else RESTRICTED_TEXT
    return f"{text} [{direction} the score, {strength}]"


def _by_group(model: RiskModel, contributions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of each group's contributions, shape (rows, groups)."""
    place = {words.group: j for j, words in enumerate(model.reasons)}
    totals = np.zeros((len(contributions), len(place)))
    for j, feature in enumerate(model.features):
        totals[:, place[feature.group]] += contributions[:, j]
    return totals


class _Wording:
    """Words one group for the rows of a chunk; rows with the same values share theirs."""

    def __init__(
        self,
        model: RiskModel,
        words: ReasonWords,
        columns: Columns,
        contributions: NDArray[np.float64],
    ) -> None:
        places = [j for j, feature in enumerate(model.features) if feature.group == words.group]
        own = [model.features[j] for j in places]
        self._about = [feature.flag_of or feature.name for feature in own]
        self._weightiest = np.abs(contributions[:, places]).argmax(axis=1)
        stated = {feature.name for feature in own} | places_of(words)
        shown = {f.name: FeatureWords(model, f) for f in model.features if f.name in stated}
        names = [feature.name for feature in own if feature.flag_of is None]
        self._words = GroupWords(words, shown, names)
        self._columns = {f.name: columns[f.name] for f in model.features if f.name in stated}
        self._flags = {
            f.flag_of: columns[f.name]
            for f in model.features
            if f.flag_of is not None and f.flag_of in stated
        }
        self._known: dict[tuple[Value, ...], str] = {}

    def of(self, row: int) -> str:
        """What the record of one row says."""
        weightiest = self._about[self._weightiest[row]]
        values = tuple(self._value(name, row) for name in self._columns)
        key = (weightiest, *values)
        if key not in self._known:
            named = dict(zip(self._columns, values, strict=True))
            said = self._words.said(named, weightiest)
            self._known[key] = self._words.missing if said is None else said
        return self._known[key]

    def _value(self, name: str, row: int) -> Value:
        """The value as it was recorded; None where it was filled in."""
        if name in self._flags and self._flags[name][row] == 1:
            return None
        return _plain(self._columns[name][row])


def _plain(cell: Any) -> Value:
    """A cell of a column as a value; NaN stands for missing."""
    if cell is None or isinstance(cell, str):
        return cell
    number = float(cell)
    return None if math.isnan(number) else number

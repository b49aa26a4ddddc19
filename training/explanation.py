"""What moves the scores of a model: importance by reason group, and shap's plots."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from hearth.risk_model import FeatureSpec, Scorer
from training.ranking import Floats

_ROWS_SHOWN = 2_000
_FEATURES_SHOWN = 15
_DEPENDENCES = 4


@dataclass(frozen=True)
class GroupImportance:
    """How much one reason group moves scores.

    `mean_absolute` is the mean size of the group's summed contribution, on the scale of the raw
    score; `share` is its part of all groups', in [0, 1].
    """

    group: str
    mean_absolute: float
    share: float

    def as_json(self) -> dict[str, Any]:
        """Importance as importance.json holds it."""
        return asdict(self)


def importance_by_group(
    scorer: Scorer, features: tuple[FeatureSpec, ...], rows: Floats
) -> list[GroupImportance]:
    """Importance of each reason group over some rows, the greatest first.

    Contributions are summed within a group before their size is taken: two features that cancel
    in a row have told the reader nothing.

    References
    ----------
    Lundberg et al. (2020), Nature Machine Intelligence 2: 56-67.
    """
    contributions = scorer.contributions(rows)[:, :-1]
    groups = list(dict.fromkeys(feature.group for feature in features))
    sizes = {
        group: float(
            np.abs(contributions[:, [f.group == group for f in features]].sum(axis=1)).mean()
        )
        for group in groups
    }
    total = sum(sizes.values()) or 1.0
    found = [GroupImportance(group, size, size / total) for group, size in sizes.items()]
    return sorted(found, key=lambda item: (-item.mean_absolute, item.group))


def shap_figures(
    scorer: Scorer, features: tuple[FeatureSpec, ...], rows: Floats, *, seed: int
) -> Iterator[tuple[str, Figure]]:
    """Beeswarm by shap, and its dependence plots of the features that matter most.

    Parameters
    ----------
    scorer, features, rows
        What scores, what its columns are, and rows of the cohort.
    seed
        Draws the rows that are shown where there are many.

    Yields
    ------
    (str, Figure)
        File name without its ending, and the plot.
    """
    with _quiet():
        import shap  # noqa: PLC0415 - takes seconds, and only a run that draws needs it

    shown = _sample(rows, seed)
    contributions = scorer.contributions(shown)
    explained = shap.Explanation(
        values=contributions[:, :-1],
        base_values=contributions[:, -1],
        data=shown,
        feature_names=[feature.name for feature in features],
    )
    with _quiet():
        figure = _canvas(9, 0.35 * min(len(features), _FEATURES_SHOWN) + 2)
        shap.plots.beeswarm(
            explained,
            max_display=_FEATURES_SHOWN,
            ax=figure.add_subplot(),
            plot_size=None,
            show=False,
            group_remaining_features=len(features) > _FEATURES_SHOWN,
        )
        figure.tight_layout()
        yield "shap_beeswarm", figure
        strongest = np.argsort(-np.abs(explained.values).mean(axis=0))[:_DEPENDENCES]
        for place in strongest:
            figure = _canvas(7, 5)
            shap.plots.scatter(explained[:, int(place)], ax=figure.add_subplot(), show=False)
            figure.tight_layout()
            yield f"shap_dependence_{features[place].name}", figure


def _sample(rows: Floats, seed: int) -> Floats:
    if len(rows) <= _ROWS_SHOWN:
        return rows
    kept = np.random.default_rng(seed).choice(len(rows), _ROWS_SHOWN, replace=False)
    return rows[np.sort(kept)]


def _canvas(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence over shap 0.51, which sets colour maps in a way that matplotlib means to drop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        yield

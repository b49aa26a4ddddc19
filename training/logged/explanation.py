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
from training.data.examples import Examples
from training.data.rows import Rows
from training.figures.ranking import Floats

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


@dataclass(frozen=True)
class Explained:
    """Rows of a cohort, and what each feature added to their scores.

    Attributes
    ----------
    features
        What the columns are.
    rows
        Shape (n, features); at most 2,000, drawn by lot where the cohort has more.
    contributions
        Shape (n, features), on the scale of the raw score.
    base_value
        Shape (n,); with the contributions it adds up to the raw score.
    """

    features: tuple[FeatureSpec, ...]
    rows: Floats
    contributions: Floats
    base_value: Floats

    @classmethod
    def of(cls, scorer: Scorer, cohort: Examples, *, seed: int) -> "Explained":
        """Some of a cohort's scores explained; `seed` draws them."""
        shown = _sample(cohort.rows, seed).table()
        found = scorer.contributions(shown)
        return cls(cohort.features, shown, found[:, :-1], found[:, -1])

    def importance(self) -> list[GroupImportance]:
        """Importance of each reason group, the greatest first.

        Contributions are summed within a group before their size is taken: two features that
        cancel in a row have told the reader nothing.

        References
        ----------
        Lundberg et al. (2020), Nature Machine Intelligence 2: 56-67.
        """
        groups = list(dict.fromkeys(feature.group for feature in self.features))
        sizes = {group: self._size(group) for group in groups}
        total = sum(sizes.values()) or 1.0
        found = [GroupImportance(group, size, size / total) for group, size in sizes.items()]
        return sorted(found, key=lambda item: (-item.mean_absolute, item.group))

    def figures(self) -> Iterator[tuple[str, Figure]]:
        """Beeswarm by shap, and its dependence plots of the features that matter most.

        Yields
        ------
        (str, Figure)
            File name without its ending, and the plot.
        """
        with _quiet():
            import shap  # noqa: PLC0415 - takes seconds, and only a run that draws needs it

            explained = shap.Explanation(
                values=self.contributions,
                base_values=self.base_value,
                data=self.rows,
                feature_names=[feature.name for feature in self.features],
            )
            shown = min(len(self.features), _FEATURES_SHOWN)
            figure = _canvas(9, 0.35 * shown + 2)
            shap.plots.beeswarm(
                explained,
                max_display=_FEATURES_SHOWN,
                ax=figure.add_subplot(),
                plot_size=None,
                show=False,
                group_remaining_features=len(self.features) > _FEATURES_SHOWN,
            )
            figure.tight_layout()
            yield "shap_beeswarm", figure
            for place in self._strongest():
                figure = _canvas(7, 5)
                shap.plots.scatter(explained[:, place], ax=figure.add_subplot(), show=False)
                figure.tight_layout()
                yield f"shap_dependence_{self.features[place].name}", figure

    def _size(self, group: str) -> float:
        own = [feature.group == group for feature in self.features]
        return float(np.abs(self.contributions[:, own].sum(axis=1)).mean())

    def _strongest(self) -> list[int]:
        """Places of the features that move scores most; those that move none are left out."""
        sizes = np.abs(self.contributions).mean(axis=0)
        order = np.argsort(-sizes, kind="stable")[:_DEPENDENCES]
        return [int(place) for place in order if sizes[place] > 0]


def _sample(rows: Rows, seed: int) -> Rows:
    if len(rows) <= _ROWS_SHOWN:
        return rows
    kept = np.random.default_rng(seed).choice(len(rows), _ROWS_SHOWN, replace=False)
    return rows.where(np.sort(kept))


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

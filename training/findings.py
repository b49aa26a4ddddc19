"""What an analysis looks into, once every candidate was tested, and what it finds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from features.matrix import Matrix
from hearth.definition import ModelDefinition
from training.examples import Examples
from training.experiment import Experiment
from training.final import Final
from training.splits import LabelPeriod


@dataclass(frozen=True)
class Training:
    """Everything of one training that an analysis may look at.

    Attributes
    ----------
    matrix
        The tables the examples were read from, labels among them.
    examples
        All rows of the matrix, in its order.
    periods
        Label periods of the as-of dates on which any outcome is known.
    """

    definition: ModelDefinition
    matrix: Matrix
    examples: Examples
    periods: tuple[LabelPeriod, ...]
    experiment: Experiment
    final: Final


@dataclass(frozen=True)
class Finding:
    """What one analysis found.

    Attributes
    ----------
    name
        Its key under `analyses` in metrics.json.
    figures
        As JSON holds them; None where the data cannot say.
    plots
        File name without its ending, and the plot.
    sentences
        What a terminal and a report say of it, in plain English.
    """

    name: str
    figures: Mapping[str, Any]
    plots: Sequence[tuple[str, Figure]] = ()
    sentences: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """Figures and sentences as metrics.json holds them."""
        return {**self.figures, "sentences": list(self.sentences)}


Analysis = Callable[[Training], Finding | None]
"""None where an analysis has nothing to look into, as where the definition asks for none."""

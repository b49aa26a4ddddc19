"""What an analysis looks into, once every candidate was tested, and what it finds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from hearth.progress import Progress
from training.data.prepared import Prepared
from training.experiment import Experiment
from training.final import Final


@dataclass(frozen=True)
class Training(Prepared):
    """Everything of one training that an analysis may look at: its rows, and what came of them."""

    experiment: Experiment
    final: Final

    @classmethod
    def of(cls, prepared: Prepared, experiment: Experiment, final: Final) -> "Training":
        """Training that was made of these rows."""
        return cls(**vars(prepared), experiment=experiment, final=final)


@dataclass(frozen=True)
class Assessed(Prepared):
    """Rows of a trained version with the groups that they fall in, which none of its candidates saw.

    Attributes
    ----------
    groups
        Protected attribute → shape (rows of the matrix,), text; empty where none is declared.
    chosen
        Name of the candidate that the version uses.
    """

    groups: Mapping[str, npt.NDArray[np.str_]]
    chosen: str


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
    tags
        By which its run can be found in MLflow.
    """

    name: str
    figures: Mapping[str, Any]
    plots: Sequence[tuple[str, Figure]] = ()
    sentences: Sequence[str] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Figures and sentences as metrics.json holds them."""
        return {**self.figures, "sentences": list(self.sentences)}


Analysis = Callable[[Training], Finding | None]
"""None where an analysis has nothing to look into, as where the definition asks for none."""


@dataclass(frozen=True)
class Refit:
    """An analysis of a trained version that fits models anew; `hearth analyse` runs it.

    Attributes
    ----------
    run
        The analysis.
    nothing
        Why it has nothing to look into, which no test label is looked at to know; None where it has.
    """

    run: Callable[[Assessed, Progress], Finding]
    nothing: Callable[[Prepared], str | None] = lambda _: None

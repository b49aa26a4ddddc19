"""A search from its beginning to what came of it, on rows known before the first test date."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from features.artefacts import canonical_sha256, code_sha256
from hearth.definition import ModelDefinition, Search
from hearth.progress import Progress, silent
from hearth.settings import Settings
from training.data.examples import Examples
from training.figures.comparison import Difference
from training.search.decision import against_house, is_ahead
from training.search.folds import known_before_tests
from training.search.judge import Judge
from training.search.run import Tried, best_of, parameters_of, run_trials
from training.search.space import Parameters
from training.search.study import Kept, kept_study
from training.validation.splits import LabelPeriod

_ROOM = Path(__file__).parents[1]
_OTHERS = ("data", "figures", "learners", "validation")
_MODULES = (
    *sorted(Path(__file__).parent.glob("*.py")),
    *(path for name in _OTHERS for path in sorted((_ROOM / name).glob("*.py"))),
)
"""Code that has a say in what a trial comes to."""


@dataclass(frozen=True)
class Searched:
    """What a search tried, and what came of it.

    Attributes
    ----------
    study
        Name of the study, which says what it depends on.
    set_aside
        What changed since an earlier search; None where nothing did.
    metric
        The figure that was maximised.
    folds
        As-of dates it was judged on, all before the tests.
    budget
        How long it was to look.
    is_asked_for
        Whether the definition asks for just this search, so that a training uses what it finds.
    was_done
        Whether every trial had been made before.
    tried
        Every trial within the budget; the first is the house's own settings.
    importances
        Share of 1 that each dimension had in the better values, the largest first.
    parameters
        LightGBM parameters of the best trial.
    difference
        The best trial against the house's settings.
    """

    study: str
    set_aside: str | None
    metric: str
    folds: tuple[date, ...]
    budget: Search
    is_asked_for: bool
    was_done: bool = field(compare=False)
    tried: tuple[Tried, ...]
    importances: Mapping[str, float]
    parameters: Parameters
    difference: Difference

    @property
    def model(self) -> str:
        """The model it was made for."""
        return self.study.rpartition(" ")[0]

    @property
    def best(self) -> Tried:
        """The trial of highest value."""
        return best_of(self.tried)

    @property
    def is_ahead(self) -> bool:
        """Whether the best trial beats the house's settings with its whole interval."""
        return is_ahead(self.difference)

    @property
    def is_adopted(self) -> bool:
        """Whether trainings use the best trial's parameters: it is ahead, and the definition asks."""
        return self.is_asked_for and self.is_ahead


@dataclass(frozen=True)
class Rows:
    """What a search is made on; it looks at no row whose label was not known by the first test.

    Attributes
    ----------
    sha256
        Hash of the files the examples were read from.
    """

    examples: Examples
    periods: Sequence[LabelPeriod]
    sha256: str


def search(
    settings: Settings,
    definition: ModelDefinition,
    rows: Rows,
    budget: Search,
    progress: Progress = silent,
) -> Searched:
    """Run or resume a search, and compare the best that was tried with the house's settings.

    Raises
    ------
    DataError
        If no date before the tests has an earlier one to learn from.
    StoppedError
        If somebody stops it; what was tried is kept.
    """
    judge = Judge.of(definition, rows.examples, rows.periods)
    made_from, seed = _made_from(definition, rows), definition.learner.seed
    with kept_study(settings, definition.model, made_from, seed=seed) as kept:
        if kept.set_aside:
            progress(f"Search {definition.model}: {kept.set_aside}", 0, 1)
        before = len(kept.finished())
        tried = tuple(run_trials(judge, kept, budget, progress))
        was_done, importances = len(kept.finished()) == before, kept.importances(len(tried))
        best = parameters_of(definition, best_of(tried))
        difference = _verdict(judge, kept, best_of(tried).number, best)
    return Searched(
        study=kept.name,
        set_aside=kept.set_aside,
        metric=judge.objective.metric,
        folds=tuple(fold.day for fold in judge.folds),
        budget=budget,
        is_asked_for=budget == definition.learner.search,
        was_done=was_done,
        tried=tried,
        importances=importances,
        parameters=best,
        difference=difference,
    )


def _verdict(judge: Judge, kept: Kept, number: int, best: Parameters) -> Difference:
    """The best trial against the house's settings; fitted once, and then read from the study."""
    said = kept.verdict(number)
    if said is not None:
        return Difference(**said)
    found = against_house(judge, best)
    kept.keep_verdict(number, asdict(found))
    return found


def _made_from(definition: ModelDefinition, rows: Rows) -> dict[str, str]:
    """What a trial depends on: rows, the parts of the definition that have a say, seed and code."""
    periods = known_before_tests(definition, rows.periods)
    parts = {
        "learner": definition.learner.model_dump(mode="json", include={"parameters", "monotone"}),
        "capacity": definition.capacity.model_dump(mode="json"),
        "metric": definition.success.metric,
        "validation": definition.validation.model_dump(mode="json"),
        "periods": [[str(p.as_of), str(p.window_end), str(p.known_on)] for p in periods],
    }
    return {
        "matrix": rows.sha256,
        "definition": canonical_sha256(parts),
        "seed": str(definition.learner.seed),
        "code": code_sha256(*_MODULES),
    }

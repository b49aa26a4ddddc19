"""The parameters that every fit of a training uses: the definition's own, or what its search found."""

from dataclasses import dataclass, replace

from features.artefacts import canonical_sha256
from features.feature_parts import FEATURES
from features.matrix import LABELS, Matrix
from hearth.definition import Search
from hearth.progress import Progress, silent
from hearth.settings import Settings
from training.data.prepared import Prepared
from training.search import Rows, Searched, search


@dataclass(frozen=True)
class Settled:
    """A model's rows, the parameters in their definition settled, and the search that settled them."""

    prepared: Prepared
    search: Searched | None


def settle(settings: Settings, prepared: Prepared, progress: Progress = silent) -> Settled:
    """Rows and definition as they are to be fitted: a search that is asked for is run or resumed.

    Where the search finds nothing better than the definition's own parameters beyond noise, they
    stay.

    Parameters
    ----------
    settings
        Of the workspace, in which the study is kept.
    prepared
        All rows of the matrix; a search looks at none that were not known by the first test date.
    progress
        Told of each trial.

    Raises
    ------
    DataError
        If no date before the tests has an earlier one to learn from.
    StoppedError
        If somebody stops it; what was tried is kept.
    """
    definition = prepared.definition
    if definition.learner.search is None:
        return Settled(prepared, None)
    found = search_in(settings, prepared, definition.learner.search, progress)
    if not found.is_adopted:
        return Settled(prepared, found)
    learner = definition.learner.model_copy(update={"parameters": dict(found.parameters)})
    settled = definition.model_copy(update={"learner": learner})
    return Settled(replace(prepared, definition=settled), found)


def search_in(
    settings: Settings, prepared: Prepared, budget: Search, progress: Progress = silent
) -> Searched:
    """A search in these rows, run or resumed."""
    rows = Rows(prepared.examples, prepared.periods, _rows_sha256(prepared.matrix))
    return search(settings, prepared.definition, rows, budget, progress)


def _rows_sha256(matrix: Matrix) -> str:
    """Hash of the features and labels; protected attributes have no say."""
    files = matrix.manifest["files"].items()
    return canonical_sha256(
        {name: sha256 for name, sha256 in files if name == LABELS or name.startswith(FEATURES)}
    )

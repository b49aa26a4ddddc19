"""What a training or an analysis starts from: a model's rows, and when each outcome was known."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from features.artefacts import canonical_sha256, code_sha256, model_sha256
from features.matrix import Matrix, read_matrix
from hearth import risk_model
from hearth.catalogue import Catalogue
from hearth.definition import ModelDefinition
from hearth.errors import StateError
from hearth.settings import Settings
from training.data.examples import Examples, label_periods, read_examples
from training.experiment import splits_of
from training.validation.splits import LabelPeriod

_MODULES = sorted(
    path
    for package in (Path(__file__).parents[1], Path(risk_model.__file__).parent)
    for path in package.rglob("*.py")
)


@dataclass(frozen=True)
class Prepared:
    """A model's matrix as rows to learn from and to judge by.

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

    @property
    def labels_known_by(self) -> date:
        """Day to which the extract of outcomes reaches."""
        return date.fromisoformat(self.matrix.manifest["labels_known_by"])

    @property
    def test_dates(self) -> list[date]:
        """As-of dates whose labels a training judges by, earliest first."""
        splits = splits_of(self.definition, self.examples, self.periods)
        return [split.test.as_of for split in splits]


def current_matrix(
    catalogue: Catalogue, settings: Settings, model: str
) -> tuple[ModelDefinition, Matrix]:
    """Definition of a model, and its matrix.

    Raises
    ------
    NotFoundError
        If the matrix was never built.
    StateError
        If the definition has changed since the matrix was built.
    """
    definition = catalogue.model(model)
    matrix = read_matrix(settings, model)
    if matrix.manifest["definition_sha256"] != model_sha256(definition):
        raise StateError(
            f"models/{model}/model.yaml has changed since its matrix was built; run: hearth build {model}"
        )
    return definition, matrix


def prepare(definition: ModelDefinition, matrix: Matrix) -> Prepared:
    """Rows of a matrix, read and encoded."""
    examples = read_examples(matrix.parts, matrix.labels, matrix.manifest)
    periods = label_periods(examples, matrix.labels["window_end"], definition.label.matures_on)
    return Prepared(definition, matrix, examples, periods)


def training_key(definition: ModelDefinition, matrix: Matrix) -> str:
    """What a training is made from: matrix, definition, and the code of this room and of the bundle."""
    code = code_sha256(*_MODULES)
    return canonical_sha256([matrix.manifest["key"], model_sha256(definition), code])

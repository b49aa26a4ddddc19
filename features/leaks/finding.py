"""What a leak test found, and how grave it is."""

from dataclasses import dataclass
from enum import StrEnum

from hearth.errors import Fault


class Gravity(StrEnum):
    """Whether a finding stops the use of a matrix."""

    LEAK = "leak"
    LOOK = "worth a look"
    DECLARED = "declared"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing found: where, what and what to do; counts and names, never a person's data."""

    gravity: Gravity
    test: str
    file: str
    place: str
    found: str
    remedy: str

    @property
    def fault(self) -> Fault:
        """The finding as a fault of a file."""
        return Fault(self.file, self.place, self.found, self.remedy)


def contract_file(source: str) -> str:
    """File of a source's contract, as people name it."""
    return f"features/sources/{source}.yaml"


def definition_file(model: str) -> str:
    """File of a model's definition, as people name it."""
    return f"models/{model}/model.yaml"

"""The weights of the linkage model: their artefact, and those shipped for lists too small to learn from."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from features import artefacts
from features.linkage.likeness import LEVELS
from hearth.linkage_settings import LinkageSettings

WEIGHTS: Final = "weights.json"
SHIPPED: Final = Path(__file__).with_name("shipped_weights.json")


@dataclass(frozen=True)
class Weights:
    """How often pairs of one person (m) and of two (u) show each level of likeness.

    `prior` is the chance that a random pair is one person, in [0, 1]; `m` and `u` are by field,
    the likest level first. `by_frequency` says whether agreement on a rare name weighs more: in a
    short list nobody can tell which are rare.
    """

    prior: float
    m: dict[str, tuple[float, ...]]
    u: dict[str, tuple[float, ...]]
    by_frequency: bool = True


def weights_folder(state_dir: Path) -> Path:
    """Folder that holds the weights in use and their charts."""
    return state_dir / "linkage" / "weights"


def read_weights(state_dir: Path) -> Weights:
    """Weights in use."""
    folder = weights_folder(state_dir)
    artefacts.need_manifest(folder, "run `hearth ingest`")
    held = json.loads((folder / WEIGHTS).read_text(encoding="utf-8"))
    m, u = ({field: tuple(of) for field, of in held[part].items()} for part in "mu")
    return Weights(held["prior"], m, u, held["by_frequency"])


def shipped_weights(settings: LinkageSettings, *, spellings: int) -> Weights:
    """Weights by kind of comparison, where there is too little to learn from.

    Each reference is taken to have one of the council's own spellings, of which there are so many.
    """
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))["by"]

    def of(part: str) -> dict[str, tuple[float, ...]]:
        return {
            c.field: tuple(shipped[c.by][level.name][part] for level in LEVELS[c.by])
            for c in settings.comparisons
        }

    return Weights(1 / max(spellings, 2), of("m"), of("u"), by_frequency=False)

"""The dictionary of a model's features, written beside its matrix as HTML and JSON."""

from datetime import date
from pathlib import Path
from typing import Any

from features import artefacts
from features.dictionary.entries import entries
from features.dictionary.page import render_html
from features.feature_parts import FEATURES
from features.matrix import matrix_folder
from hearth.catalogue import Catalogue
from hearth.progress import Progress, silent
from hearth.settings import Settings

HTML, JSON = "dictionary.html", "dictionary.json"
SCHEMA_VERSION = 1
"""Of dictionary.json; rises when a key changes its meaning."""

_CODE = sorted(path for path in Path(__file__).parent.iterdir() if path.is_file())


def build_dictionary(
    catalogue: Catalogue, settings: Settings, model: str, *, progress: Progress = silent
) -> Path:
    """Write the dictionary of a model's features as its matrix holds them; what is current is left.

    Parameters
    ----------
    catalogue, settings
        The workspace.
    model
        Name of a model that was built.
    progress
        Told of each lot of features.

    Returns
    -------
    Path
        Folder with `dictionary.html`, `dictionary.json` and `manifest.json`.

    Raises
    ------
    NotFoundError
        If the model was never built.
    """
    definition, matrix = catalogue.model(model), matrix_folder(settings, model)
    built = artefacts.need_manifest(matrix, f"run `hearth build {model}`")
    made_from = {
        "matrix_key": built["key"],
        "models": {n: artefacts.model_sha256(m) for n, m in sorted(catalogue.models.items())},
        "sources": {n: artefacts.model_sha256(s) for n, s in sorted(catalogue.sources.items())},
        "code_sha256": artefacts.code_sha256(*_CODE),
    }
    key = artefacts.canonical_sha256(made_from)
    folder = settings.state_dir / "dictionaries" / model
    if artefacts.is_current(folder, key):
        return folder
    score_as_of = date.fromisoformat(built["score_as_of"])
    found = list(
        entries(catalogue, model, matrix / FEATURES, score_as_of=score_as_of, progress=progress)
    )
    facts: dict[str, Any] = {
        "model": model,
        "purpose": definition.purpose,
        "owner": definition.oversight.owner,
        "values_as_of": score_as_of.isoformat(),
        "features": len(found),
    }
    shown = [(term.replace("_", " ").capitalize(), str(value)) for term, value in facts.items()]
    with artefacts.made_aside(folder) as aside:
        content = {"schema_version": SCHEMA_VERSION, **facts, "entries": found}
        artefacts.write_json(aside / JSON, content)
        html = render_html(definition.title, shown, found)
        (aside / HTML).write_text(html, encoding="utf-8")
        files = {name: artefacts.file_sha256(aside / name) for name in (HTML, JSON)}
        artefacts.write_json(aside / artefacts.MANIFEST, {"key": key, **made_from, "files": files})
    return folder

"""The days to which the data of a matrix reach."""

from collections.abc import Mapping
from typing import Any

from features.ingest.snapshot import snapshot_manifest
from hearth.catalogue import Catalogue
from hearth.settings import Settings


def extract_dates(
    catalogue: Catalogue, settings: Settings, manifest: Mapping[str, Any]
) -> dict[str, str]:
    """Day of the extract of every source of a matrix, ISO, by source.

    It is the day that the contract states, or else the day on which the extract was taken in.
    """
    return {
        source: str(
            catalogue.source(source).read.extracted_on
            or snapshot_manifest(settings.state_dir, source)["run_on"]
        )
        for source in sorted(manifest["sources"])
    }

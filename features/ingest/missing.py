"""Extracts that are missing because the folder they lie in is: told as one fault."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePath

from hearth.errors import Fault

MISSING = "is not there"


def gathered(faults: Sequence[Fault], workspace: Path) -> list[Fault]:
    """The faults, those of several files missing with their folder made one fault of the folder."""
    by_folder = defaultdict[str, list[Fault]](list)
    for fault in faults:
        folder = PurePath(fault.file).parent
        if fault.found == MISSING and not (workspace / folder).exists():
            by_folder[str(folder)].append(fault)
    several = {folder: own for folder, own in by_folder.items() if len(own) > 1}
    told = {fault for own in several.values() for fault in own}
    return [
        *(fault for fault in faults if fault not in told),
        *(_of_folder(folder, len(own)) for folder, own in several.items()),
    ]


def _of_folder(folder: str, sources: int) -> Fault:
    remedy = (
        "put the extracts there, or mend read.file in their contracts; "
        f"if it is the synthetic council, run: hearth synthesise --out {folder}"
    )
    return Fault(folder, "", f"{MISSING}, and {sources} sources read files in it", remedy)

"""Which keys a row of the matrix follows in a source: people in a role, its address, or its area."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.cohort import FOLLOWED, Cohort
from features.group_features import Followed, latest_version
from features.known_rows import known_rows
from hearth.definition import Role
from hearth.errors import DefinitionError, Fault
from hearth.source_contract import SourceContract, SourceKind, Subject


class Follower:
    """Keys of the cohort in any source, with the area of each address found once."""

    def __init__(
        self, cohort: Cohort, sources: Mapping[str, SourceContract], state_dir: Path, *, file: str
    ) -> None:
        self._cohort = cohort
        self._sources = sources
        self._state_dir = state_dir
        self._file = file
        self._areas: dict[str, pa.Table] = {}

    def pairs(self, role: Role, contract: SourceContract, *, place: str) -> pa.Table:
        """Pairs of `row` and `key` by which the cohort follows a role in a source.

        Raises
        ------
        DefinitionError
            If the source is about areas and nothing says in which a home lies.
        """
        if contract.about is Subject.AREA:
            return self._areas_of(contract, place)
        return self._cohort.followed[role]

    def _areas_of(self, contract: SourceContract, place: str) -> pa.Table:
        """Area of each address, as known at the as-of date, from a source about homes that says it."""
        column = str(contract.key)
        if column not in self._areas:
            homes = self._source_with(column, place)
            rows = known_rows(homes, self._state_dir)
            followed = Followed.of(self._cohort.followed[Role.ADDRESS])
            latest = latest_version(self._cohort.rows, rows, followed)
            area = rows.table[column].take(pa.array(latest, mask=latest < 0))
            pairs = pa.table([np.arange(len(latest)), pc.cast(area, pa.string())], schema=FOLLOWED)
            self._areas[column] = pairs.filter(pc.is_valid(pairs["key"]))
        return self._areas[column]

    def _source_with(self, column: str, place: str) -> SourceContract:
        for _, contract in sorted(self._sources.items()):
            is_of_homes = contract.about in (Subject.PROPERTY, Subject.HOUSEHOLD)
            if is_of_homes and contract.kind is SourceKind.ATTRIBUTE and column in contract.columns:
                return contract
        found = f"is about areas, but no source says in which {column} a home lies"
        remedy = f"add the column {column} to a source of kind attribute about properties"
        raise DefinitionError([Fault(self._file, place, found, remedy)])

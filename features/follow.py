"""Which keys a row of the matrix follows in a source: people in a role, its address, or its area."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.cohort import FOLLOWED, Cohort
from features.followed import Followed
from features.group_features import latest_version
from features.known_rows import known_rows
from hearth.definition import ModelDefinition, Role
from hearth.errors import DefinitionError, Fault
from hearth.source_contract import SourceContract, Subject
from hearth.source_use import place_source


class Follower:
    """Keys of the cohort in any source, with the area of each address found once."""

    def __init__(
        self,
        cohort: Cohort,
        definition: ModelDefinition,
        sources: Mapping[str, SourceContract],
        state_dir: Path,
    ) -> None:
        self._cohort = cohort
        self._definition = definition
        self._sources = sources
        self._state_dir = state_dir
        self._areas: dict[str, pa.Table] = {}

    def pairs(self, role: Role, contract: SourceContract, *, place: str) -> pa.Table:
        """Pairs of `row` and `key` by which the cohort follows a role in a source.

        Raises
        ------
        DefinitionError
            If nobody is in that role, or nothing says in which area a home lies; `place` is where
            the definition asks for it.
        """
        if contract.about is Subject.AREA:
            return self._areas_of(contract, place)
        if role not in self._cohort.followed:
            found = f"follows {role}, which a {self._definition.unit} does not have here"
            known = ", ".join(sorted(self._cohort.followed))
            raise DefinitionError([self._fault(place, found, f"follow one of {known}")])
        return self._cohort.followed[role]

    def _areas_of(self, contract: SourceContract, place: str) -> pa.Table:
        """Area of each address, as known at the as-of date, from a source about homes that says it."""
        return self.areas(str(contract.key), place)

    def areas(self, column: str, place: str) -> pa.Table:
        """Pairs of `row` and `key`: the area of each address that one is known of, by this column.

        Raises
        ------
        DefinitionError
            If no source about homes has the column; `place` is where the definition asks for it.
        """
        if column not in self._areas:
            homes = self._homes_with(column, place)
            rows = known_rows(homes, self._state_dir, [column])
            followed = Followed.of(self._cohort.followed[Role.ADDRESS])
            latest = latest_version(self._cohort.rows, rows, followed)
            area = rows.table[column].take(pa.array(latest, mask=latest < 0))
            coded = pc.cast(area, pa.string()).dictionary_encode()
            row = np.arange(len(latest), dtype=np.int32)
            pairs = pa.table([row, coded], schema=FOLLOWED)
            self._areas[column] = pairs.filter(pc.is_valid(pairs["key"]))
        return self._areas[column]

    def _homes_with(self, column: str, place: str) -> SourceContract:
        contract = home_source_with(column, self._definition, self._sources)
        if contract is None:
            found = f"needs areas, but no source says in which {column} a home lies"
            remedy = (
                f"add the column {column} to a source of kind attribute about properties "
                f"that allows {self._definition.purpose}"
            )
            raise DefinitionError([self._fault(place, found, remedy)])
        return contract

    def _fault(self, place: str, found: str, remedy: str) -> Fault:
        return Fault(f"models/{self._definition.model}/model.yaml", place, found, remedy)


def home_source_with(
    column: str, definition: ModelDefinition, sources: Mapping[str, SourceContract]
) -> SourceContract | None:
    """First source, by name, that places homes in the areas of `column` and allows the model's purpose."""
    return place_source((column,), definition, sources)


def home_sources(
    definition: ModelDefinition, sources: Mapping[str, SourceContract]
) -> list[SourceContract]:
    """Sources that place homes in the areas that a model looks at, by name."""
    names = {group.source for group in definition.features}
    names |= {attribute.source for attribute in definition.fairness.attributes}
    areas = [sources[name] for name in sorted(names) if sources[name].about is Subject.AREA]
    columns = {str(area.key) for area in areas} | ({definition.area} - {None})
    found = [home_source_with(str(column), definition, sources) for column in columns]
    by_name = {contract.source: contract for contract in found if contract is not None}
    return [by_name[name] for name in sorted(by_name)]

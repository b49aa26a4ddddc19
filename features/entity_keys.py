"""Whom or what the rows of a source are about: by its key, or by linkage where it has none."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from features.linkage.addresses import written_keys
from features.linkage.persons import read_links
from hearth.source_contract import AddressLink, PersonLink, SourceContract


@dataclass(frozen=True)
class EntityKeys:
    """Entities of a source's rows; `links` where they are linked."""

    contract: SourceContract
    links: pa.Table | None

    @classmethod
    def read(cls, contract: SourceContract, state_dir: Path) -> "EntityKeys":
        """Keys of a source, with its links where it has some."""
        links = None if contract.link is None else read_links(state_dir, contract.source)
        return cls(contract, links)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the source that say the entity."""
        match self.contract.link:
            case PersonLink() as link:
                return (link.reference,)
            case AddressLink() as link:
                return tuple(column for _, column in link if column is not None)
            case _:
                return (str(self.contract.key),)

    def of(self, rows: pa.Table) -> pa.ChunkedArray:
        """Entity of each row, (rows,) string; null where it was not linked."""
        match self.contract.link:
            case PersonLink() as link:
                return self._linked(_text(rows, link.reference), "reference", "person_id")
            case AddressLink() as link:
                return self._linked(written_keys(link, rows), "address_key", "uprn")
            case _:
                return _text(rows, str(self.contract.key))

    def _linked(self, given: pa.ChunkedArray, by: str, entity: str) -> pa.ChunkedArray:
        if self.links is None:
            raise ValueError("links were not read")
        return self.links[entity].take(pc.index_in(given, value_set=self.links[by]))


def _text(rows: pa.Table, column: str) -> pa.ChunkedArray:
    return pc.cast(rows[column], pa.string())

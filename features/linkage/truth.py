"""What is truly so of linked people, where a folder says it, and the quality of links by it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from features import artefacts
from features.ingest.snapshot import read_snapshot
from features.linkage.evaluation import (
    EVERYBODY,
    LinkageQuality,
    differs_from_rest,
    evaluate_links_by,
    wilson,
)
from features.linkage.persons import read_links
from hearth.errors import NotFoundError
from hearth.pseudonyms import PseudonymMap
from hearth.source_contract import SourceContract

LINKS, PERSONS = "links.parquet", "persons.parquet"
ALL_SOURCES: Final = "all sources"
FEWEST: Final = 10
"""True links of a group below which no figure of it is given."""

_BANDS: Final = ((5, "0-4"), (11, "5-10"), (16, "11-15"), (18, "16-17"), (65, "18-64"))
_OLDEST, _UNKNOWN = "65 and over", "not known"


@dataclass(frozen=True)
class Line:
    """Quality of the links of one source for one group; of all sources and everybody too."""

    source: str
    attribute: str
    group: str
    quality: LinkageQuality
    differs: bool

    def figures(self) -> dict[str, Any]:
        """The line as plain figures; those of a group of fewer than 10 are left out."""
        told = self.quality.true >= FEWEST
        low, high = wilson(self.quality.right, self.quality.true)
        least, most = wilson(self.quality.right, self.quality.found)
        figures = {
            "precision": self.quality.precision,
            "precision_low": least,
            "precision_high": most,
            "recall": self.quality.recall,
            "recall_low": low,
            "recall_high": high,
            "f1": self.quality.f1,
            "found": self.quality.found,
            "right": self.quality.right,
            "true": self.quality.true,
        }
        return {
            "source": self.source,
            "attribute": self.attribute,
            "group": self.group,
            **{name: value if told else None for name, value in figures.items()},
            "differs_from_the_rest": told and self.differs,
        }


def evaluate(
    contracts: tuple[SourceContract, ...],
    spine: SourceContract,
    state_dir: Path,
    truth: Path,
    *,
    on: date,
    pseudonyms: PseudonymMap | None = None,
) -> list[Line]:
    """Quality of every source's links by ethnic group, age band and area of the true person.

    Parameters
    ----------
    contracts, spine
        Linked sources, and the council's own list.
    state_dir
        Where snapshots and links lie.
    truth
        Folder with `links.parquet` (`table`, `reference`, `person_id`) and, for ethnic groups,
        `persons.parquet` (`person_id`, `ethnic_group`).
    on
        Day by which ages are counted.
    pseudonyms
        The map by which persons' numbers were replaced in what was taken in, if they were.

    Raises
    ------
    NotFoundError
        If the folder holds no truth.
    """
    if not (truth / LINKS).is_file():
        raise NotFoundError(
            f"{truth} holds no {LINKS}; name the folder of the truth with --truth, or make up a "
            "council that has one with: hearth synthesise"
        )
    known = _as_taken_in(artefacts.read_table(truth / LINKS), pseudonyms)
    pairs = known.group_by(["table", "reference", "person_id"], use_threads=False).aggregate([])
    pairs = pairs.set_column(1, "reference", pc.cast(pairs["reference"], pa.string()))
    groups = _groups(spine, state_dir, known, _ethnic_groups(truth, pseudonyms), on)
    found: dict[tuple[str, str, str], LinkageQuality] = {}
    for contract in contracts:
        here = pairs.filter(pc.equal(pairs["table"], contract.source))
        links = read_links(state_dir, contract.source)
        for attribute, group_of in groups.items():
            for group, quality in evaluate_links_by(links, here, group_of).items():
                found[contract.source, attribute, group] = quality
    return list(_lines(found))


def _lines(found: dict[tuple[str, str, str], LinkageQuality]) -> Iterator[Line]:
    """A line each, and one of all sources together for each group."""
    everything: dict[tuple[str, str, str], LinkageQuality] = {}
    for (_, attribute, group), quality in found.items():
        key = (ALL_SOURCES, attribute, group)
        everything[key] = everything.get(key, LinkageQuality(0, 0, 0)) + quality
    together = {**everything, **found}
    groups = Counter((source, attribute) for source, attribute, _ in together)
    for (source, attribute, group), quality in together.items():
        total = together[source, EVERYBODY, EVERYBODY]
        differs = differs_from_rest(quality, total, groups=groups[source, attribute])
        yield Line(source, attribute, group, quality, differs)


def _as_taken_in(told: pa.Table, pseudonyms: PseudonymMap | None) -> pa.Table:
    """What is told of persons by number, by the pseudonyms of those who have one."""
    if pseudonyms is None:
        return told
    coded = pc.dictionary_encode(pc.cast(told["person_id"], pa.string()).combine_chunks())
    numbers = coded.dictionary.to_pylist()
    known = pseudonyms.known(numbers)
    words = pa.array([known.get(number, number) for number in numbers], pa.string())
    place = told.column_names.index("person_id")
    return told.set_column(place, "person_id", words.take(coded.indices))


def _ethnic_groups(truth: Path, pseudonyms: PseudonymMap | None) -> pa.Table | None:
    if not (truth / PERSONS).is_file():
        return None
    said = artefacts.read_table(truth / PERSONS).select(["person_id", "ethnic_group"])
    return _as_taken_in(said, pseudonyms)


def _groups(
    spine: SourceContract,
    state_dir: Path,
    links: pa.Table,
    said: pa.Table | None,
    on: date,
) -> dict[str, pa.Table]:
    """Group of each person by attribute: `person_id`, `group` and `is_in_spine`."""
    held = read_snapshot(state_dir, spine.source)
    own = pc.cast(held[str(spine.key)], pa.string())
    facts = pa.table(
        {"person_id": own, "born": held["date_of_birth"], "postcode": held["postcode"]}
    )
    # of several spells the last in the source's own order, which is by date
    last = facts.group_by("person_id", use_threads=False).aggregate(
        [("born", "last"), ("postcode", "last")]
    )
    persons = {"person_id": pc.unique(links["person_id"])}
    everybody = pa.table(persons)
    at = pc.index_in(everybody["person_id"], value_set=last["person_id"])
    known = everybody.append_column("is_in_spine", pc.is_valid(at))
    born, postcode = last["born_last"].take(at), last["postcode_last"].take(at)
    by = {
        EVERYBODY: pa.repeat(EVERYBODY, len(known)),
        "age": pa.array([_band(day, on) for day in born.to_pylist()]),
        "area": pc.fill_null(pc.utf8_slice_codeunits(postcode, 0, -2), _UNKNOWN),
    }
    if said is not None:
        of = pc.index_in(everybody["person_id"], value_set=said["person_id"])
        by["ethnic group"] = pc.fill_null(said["ethnic_group"].cast("string").take(of), _UNKNOWN)
    return {name: known.append_column("group", group) for name, group in by.items()}


def _band(born: date | None, on: date) -> str:
    if born is None:
        return _UNKNOWN
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return next((name for limit, name in _BANDS if age < limit), _OLDEST)

"""The single view of a household: who lives at a UPRN as known at a date, and what is held of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from features.artefacts import read_manifest
from features.home_kind import home_kinds
from features.households import ADULT_AT, read_households
from features.ingest.snapshot import snapshot_folder
from features.known_rows import (
    EVENT_DATE,
    KEY,
    KNOWLEDGE_DATE,
    ORDER,
    KnownRows,
    is_current,
)
from features.lawful_reading import Reading, identifying_columns
from features.linkage.persons import read_links
from features.rows_about import rows_about
from hearth.errors import LawError, NotFoundError
from hearth.source_contract import SourceContract, SourceKind, Subject
from hearth.source_use import classing_sources, residence_sources

HOME = "home"
"""Whom a record is about where it is about the address."""


@dataclass(frozen=True)
class Resident:
    """One person of a household.

    Attributes
    ----------
    known_in
        By source: the link confidence in [0, 1] of the weakest link to the person, or None where
        the source uses the council's own number.
    """

    person_id: str
    name: str | None
    age: int | None
    role: str
    since: date
    known_since: date
    second_home: bool
    known_in: dict[str, float | None]


@dataclass(frozen=True)
class Record:
    """One row of a source about a resident or the home, as known at the date."""

    happened: date
    known: date
    source: str
    about: str
    says: dict[str, Any]


@dataclass(frozen=True)
class HouseholdView:
    """Everything that may be shown of a household at a date, latest records first."""

    uprn: str
    as_of: date
    purpose: str
    kind: str
    why: str
    families: int
    residents: tuple[Resident, ...]
    records: tuple[Record, ...]
    sources_read: tuple[str, ...]
    sources_not_read: dict[str, str]


def household_view(
    sources: dict[str, SourceContract],
    state_dir: Path,
    uprn: str,
    as_of: date,
    reading: Reading,
    *,
    person: str | None = None,
) -> HouseholdView:
    """The household at a UPRN as known at a date, from the sources that may be read.

    Parameters
    ----------
    sources, state_dir
        The workspace's contracts, and where its artefacts lie.
    uprn, as_of
        The home and the date: rows known on or after it count for nothing.
    reading
        On what footing it is read.
    person
        Only this person, by pseudonym or its beginning, and nobody else's records; everybody
        and the home if None.

    Raises
    ------
    LawError
        If a source that says who lived where may not be read.
    NotFoundError
        If no source that may be read knows the home by then, or the person does not live there.
    """
    refused = _refused(sources, state_dir, reading)
    residences = residence_sources(sources)
    households = read_households(state_dir)
    everybody = households.residents_at(as_of)
    everybody = everybody.filter(pc.equal(everybody["uprn"], uprn))
    people = everybody
    if person is not None:
        people = everybody.filter(pc.equal(everybody["person_id"], _one_of(everybody, person)))
    persons = people["person_id"].to_pylist()
    wanted = {Subject.PERSON: persons}
    if person is None:
        wanted |= {Subject.PROPERTY: [uprn], Subject.HOUSEHOLD: [uprn]}
    held = [
        visible(rows_about(contract, state_dir, wanted[contract.about]), as_of)
        for name, contract in sorted(sources.items())
        if name not in refused and name not in residences and contract.about in wanted
    ]
    is_known = households.knows(uprn, as_of) or any(len(rows.table) for rows in held)
    _check_found(is_known, person, persons, reading, as_of)
    classed = [n for n in classing_sources(sources, reading.purpose) if n not in refused]
    classes = rows_about(sources[classed[0]], state_dir, [uprn]) if classed else None
    (kind,) = home_kinds(pa.array([uprn]), everybody, classes, as_of).to_pylist()
    records = [record for rows in held for record in _records(rows)]
    names = _names(sources, residences, state_dir, persons, as_of) if reading.names else {}
    confidence = {rows.contract.source: _confidence(rows, state_dir) for rows in held}
    return HouseholdView(
        uprn=uprn,
        as_of=as_of,
        purpose=reading.purpose,
        kind=kind["kind"],
        why=kind["why"],
        families=kind["families"],
        residents=tuple(
            _resident(row, names, confidence, residences, as_of) for row in people.to_pylist()
        ),
        records=tuple(sorted(records, key=lambda r: (r.happened, r.known, r.source), reverse=True)),
        sources_read=tuple(sorted([*residences, *(rows.contract.source for rows in held)])),
        sources_not_read=refused,
    )


def visible(rows: KnownRows, as_of: date) -> KnownRows:
    """Rows that happened and were known before a date; of an attribute the latest of each key."""
    day, kind, table = pa.scalar(as_of), rows.contract.kind, rows.table
    begun = pc.less_equal if kind is SourceKind.SPELL else pc.less
    known = pc.and_(begun(table[EVENT_DATE], day), pc.less(table[KNOWLEDGE_DATE], day))
    table = table.filter(pc.fill_null(known, False))
    table = table.filter(is_current(table, as_of))
    if kind in (SourceKind.ATTRIBUTE, SourceKind.AREA):
        table = table.sort_by([(KNOWLEDGE_DATE, "ascending"), (ORDER, "ascending")])
        last = {key: place for place, key in enumerate(table[KEY].to_pylist())}
        table = table.take(pa.array(sorted(last.values()), pa.int64()))
    return KnownRows(rows.contract, table)


def _refused(
    sources: dict[str, SourceContract], state_dir: Path, reading: Reading
) -> dict[str, str]:
    """Why, by source, each that is not read is not; LawError where who lives where is among them."""
    refused = reading.refusals(sources.values())
    residences = residence_sources(sources)
    if not residences:
        raise NotFoundError("no source of this workspace says who lived where")
    why = [f"{name} {refused[name]}" for name in residences if name in refused]
    if why:
        raise LawError(
            f"who lives where may not be read for {reading.purpose}: {'; '.join(why)}. "
            "Use a purpose that the source is held for, or have this one agreed and added"
        )
    for name in sorted(sources.keys() - refused.keys()):
        if read_manifest(snapshot_folder(state_dir, name)) is None:
            refused[name] = "was not ingested; run `hearth ingest`"
    return dict(sorted(refused.items()))


def _one_of(people: pa.Table, beginning: str) -> str:
    """The one person among these whose number begins so; NotFoundError where several do."""
    persons = people["person_id"].to_pylist()
    fitting = [one for one in persons if beginning and one.startswith(beginning)]
    if len(fitting) > 1 and beginning not in fitting:
        raise NotFoundError(f"the numbers of {len(fitting)} people there begin so; give more of it")
    return fitting[0] if len(fitting) == 1 else beginning


def _check_found(
    is_known: bool, person: str | None, persons: list[str], reading: Reading, as_of: date
) -> None:
    if not is_known:
        raise NotFoundError(
            f"no source held for {reading.purpose} knows a home of that UPRN before {as_of}; "
            "see that the number is right, and that its sources were ingested"
        )
    if person is not None and not persons:
        raise NotFoundError(f"nobody of that number is held to live there as known on {as_of}")


def _records(rows: KnownRows) -> Iterator[Record]:
    """What each row says, without keys, dates and what identifies a person."""
    contract = rows.contract
    is_of_person = contract.about is Subject.PERSON
    hidden = {
        *(identifying_columns(contract) if is_of_person else ()),
        contract.key,
        contract.row_key,
        contract.event_date,
        contract.knowledge_date,
        contract.starts_on,
        contract.end_knowledge_date,
    }
    shown = [name for name in contract.columns if name not in hidden]
    for row in rows.table.to_pylist():
        yield Record(
            happened=row[EVENT_DATE],
            known=row[KNOWLEDGE_DATE],
            source=contract.source,
            about=row[KEY] if is_of_person else HOME,
            says={name: row[name] for name in shown if row[name] is not None},
        )


def _names(
    sources: dict[str, SourceContract],
    residences: list[str],
    state_dir: Path,
    persons: list[str],
    as_of: date,
) -> dict[str, str]:
    """Name of each person on their latest row known by then, from the sources that say it."""
    found: dict[str, tuple[date, str]] = {}
    for name in residences:
        if not {"forename", "surname"} <= sources[name].columns.keys():
            continue
        for row in visible(rows_about(sources[name], state_dir, persons), as_of).table.to_pylist():
            said = " ".join(word for word in (row["forename"], row["surname"]) if word)
            told = (row[KNOWLEDGE_DATE], said)
            found[row[KEY]] = max(told, found.get(row[KEY], told))
    return {person: name for person, (_, name) in found.items()}


def _confidence(rows: KnownRows, state_dir: Path) -> dict[str, float | None]:
    """Weakest link confidence of each person in a source; None where it uses the council's number."""
    if rows.contract.about is not Subject.PERSON:
        return {}
    persons = set(rows.table[KEY].to_pylist())
    if rows.contract.link is None:
        return dict.fromkeys(persons)
    links = read_links(state_dir, rows.contract.source)
    links = links.filter(
        pc.is_in(links["person_id"], value_set=pa.array(sorted(persons), pa.string()))
    )
    weakest: dict[str, float | None] = {}
    for link in links.select(["person_id", "confidence"]).to_pylist():
        before = weakest.get(link["person_id"])
        now = link["confidence"]
        weakest[link["person_id"]] = now if before is None else min(before, now)
    return weakest


def _resident(
    row: dict[str, Any],
    names: dict[str, str],
    confidence: dict[str, dict[str, float | None]],
    residences: list[str],
    as_of: date,
) -> Resident:
    age = _age(row["date_of_birth"], as_of)
    adult = age is not None and row["date_of_birth"] <= ADULT_AT.before(as_of)
    known_in = {
        source: by[row["person_id"]] for source, by in confidence.items() if row["person_id"] in by
    }
    return Resident(
        person_id=row["person_id"],
        name=names.get(row["person_id"]),
        age=age,
        role="age unknown" if age is None else "adult" if adult else "child",
        since=row["start"],
        known_since=row["start_known"],
        second_home=row["second_home"],
        known_in={**dict.fromkeys(residences), **known_in},
    )


def _age(born: date | None, as_of: date) -> int | None:
    """Whole years; None where unknown or unborn."""
    if born is None or born > as_of:
        return None
    return as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))

"""Address texts matched to the addresses of the gazetteer, by uk-address-matcher's trained model."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from uk_address_matcher import AddressMatcher, SplinkStage

from features.linkage.address_rules import has_number, numbers_agree, words_agree

LEAST_WEIGHT = 6.0
"""Least match weight of a link, log2 of the odds that two texts are one address."""
LEAST_LEAD = 2.0
"""Least lead in match weight over the next address; both chosen by `make bench-addresses`."""
_CHUNK = 100_000  # addresses cleaned at a time, which bounds memory


class Outcome(StrEnum):
    """What became of an address text."""

    SAME_TEXT = "same text"
    MATCHED = "matched"
    SEVERAL_WITH_THE_TEXT = "several with the text"
    NO_CANDIDATE = "no candidate"
    TOO_WEAK = "too weak"
    NOT_ALONE = "not alone"
    NUMBER_DIFFERS = "number differs"
    NAME_DIFFERS = "name differs"


LINKED = frozenset({Outcome.SAME_TEXT, Outcome.MATCHED})
OUTCOMES = pa.schema(
    {
        "address_key": pa.string(),
        "outcome": pa.string(),
        "uprn": pa.string(),
        "match_weight": pa.float64(),
        "lead": pa.float64(),
        "confidence": pa.float64(),
    }
)


@dataclass(frozen=True)
class Thresholds:
    """What a match must reach to be a link."""

    weight: float = LEAST_WEIGHT
    lead: float = LEAST_LEAD


def match_addresses(
    written: pa.Table, gazetteer: pa.Table, *, thresholds: Thresholds = Thresholds()
) -> pa.Table:
    """What became of each address text.

    A text that the gazetteer holds once, with its postcode, is that address. The rest are matched
    by their words; the best candidate is a link if it weighs enough, leads the next by enough, and
    has the same numbers (or, where there are none, no other name). Ambiguity is never settled by
    lot: such texts stay unlinked.

    Parameters
    ----------
    written
        `address_key`, `address`, `postcode`, standardised; one row per different text.
    gazetteer
        The same with `uprn`; an address may have several spellings, one row each.
    thresholds
        What a match must reach.

    Returns
    -------
    Table
        As `OUTCOMES`, one row per text, by key: `uprn` is the best candidate even where it is no
        link; `match_weight` and `lead` in bits, null where no candidate or nobody else was weighed;
        `confidence` in [0, 1].
    """
    holders = gazetteer.group_by("address_key", use_threads=False)
    texts = holders.aggregate([("uprn", "count_distinct"), ("uprn", "min")])
    places = pc.index_in(written["address_key"], value_set=texts["address_key"])
    rest = written.filter(pc.is_null(places))
    found = [
        *_same_texts(written["address_key"], texts.take(places)),
        *(_judged(row, thresholds) for row in _weighed(rest, gazetteer)),
    ]
    return pa.Table.from_pylist(found, schema=OUTCOMES).sort_by("address_key")


def _same_texts(keys: pa.ChunkedArray, held: pa.Table) -> Iterator[dict[str, Any]]:
    counts, uprns = held["uprn_count_distinct"].to_pylist(), held["uprn_min"].to_pylist()
    for key, count, uprn in zip(keys.to_pylist(), counts, uprns, strict=True):
        if count is not None:
            outcome = Outcome.SAME_TEXT if count == 1 else Outcome.SEVERAL_WITH_THE_TEXT
            confidence = 1 / count
            yield {
                "address_key": key,
                "outcome": outcome,
                "uprn": uprn,
                "confidence": confidence,
            }


def _weighed(written: pa.Table, gazetteer: pa.Table) -> Iterator[Mapping[str, Any]]:
    """Best candidate of each text, with its weight and its lead over the next; nulls where none."""
    if not len(written) or not len(gazetteer):
        yield from written.to_pylist()
        return
    with (
        tempfile.TemporaryDirectory() as spill,
        duckdb.connect(config={"temp_directory": spill}) as connection,
    ):
        tables = {"written": (written, "address_key"), "gazetteer": (gazetteer, "uprn")}
        for name, (table, key) in tables.items():
            connection.register("given", table)
            connection.execute(
                f"CREATE TABLE {name} AS SELECT {key} AS unique_id, address AS address_concat, "  # noqa: S608 - names of ours
                "postcode FROM given"
            )
            connection.unregister("given")
        matcher = AddressMatcher(
            connection.table("gazetteer"),
            connection.table("written"),
            con=connection,
            stages=[SplinkStage()],
            cleaning_num_chunks=1 + max(len(written), len(gazetteer)) // _CHUNK,
            show_progress="off",
        )
        result = matcher.match().matches()
        best = result.select(
            "unique_id AS address_key, resolved_canonical_id AS uprn, match_weight, "
            "distinguishability AS lead, original_address_concat AS address, "
            "original_address_concat_canonical AS held"
        )
        for batch in best.to_arrow_reader():
            yield from batch.to_pylist()


def _judged(row: Mapping[str, Any], thresholds: Thresholds) -> dict[str, Any]:
    """A best candidate with what becomes of it."""
    weight, lead = row.get("match_weight"), row.get("lead")
    judged = {name: row.get(name) for name in OUTCOMES.names}
    if weight is None:
        return {**judged, "outcome": Outcome.NO_CANDIDATE, "uprn": None, "confidence": 0.0}
    return {**judged, "outcome": _outcome(row, thresholds), "confidence": _confidence(weight, lead)}


def _outcome(row: Mapping[str, Any], thresholds: Thresholds) -> Outcome:
    written, held, lead = row["address"], row["held"], row["lead"]
    if row["match_weight"] < thresholds.weight:
        return Outcome.TOO_WEAK
    if not numbers_agree(written, held):
        return Outcome.NUMBER_DIFFERS
    if not (has_number(written) or words_agree(written, held)):
        return Outcome.NAME_DIFFERS
    if lead is not None and lead < thresholds.lead:
        return Outcome.NOT_ALONE
    return Outcome.MATCHED


def _confidence(weight: float, lead: float | None) -> float:
    """Chance that the best candidate is meant, if it is one of the two best or none, by their odds."""
    against = 2.0**-weight + (0.0 if lead is None else 2.0**-lead)
    return float(1 / (1 + against))

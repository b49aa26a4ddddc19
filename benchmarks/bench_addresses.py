"""Addresses written with mistakes, matched back to the list they came from; neighbours must not be.

Five thousand real addresses of food businesses, each written with one kind of mistake, and beside
them addresses of the same streets that no list holds: another number, or another house name.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import harness
import pyarrow as pa
import pyarrow.parquet as pq

from features.linkage.address_matching import LEAST_LEAD, LEAST_WEIGHT, Thresholds, match_addresses
from features.linkage.address_text import address_keys, standardise_addresses
from features.synthetic.address_mistakes import MISTAKES, Written, mistaken, neighbours

ADDRESSES = Path(__file__).parents[1] / "tests/data/linkage/uk_fhrs_addresses_5k.parquet"
SEED = 20260922
NEIGHBOURS = 500  # of each kind: one to five addresses that are in the list
WEIGHTS = (-5.0, 0.0, 3.0, 6.0, 9.0, 12.0, 15.0, 20.0)
LEADS = (0.5, 2.0, 5.0)


def held() -> tuple[pa.Table, list[Written]]:
    """The list, whose like texts are one address, and each of its 5,000 addresses as meant."""
    with pq.ParquetFile(ADDRESSES) as file:
        table = file.read()
    standard = standardise_addresses(table["address_concat"], table["postcode"])
    standard = standard.append_column("address_key", address_keys(standard))
    first: dict[str, str] = {}
    for key, uprn in zip(
        standard["address_key"].to_pylist(), table["unique_id"].to_pylist(), strict=True
    ):
        first.setdefault(key, uprn)
    columns = (table["unique_id"], table["address_concat"], table["postcode"])
    rows = zip(*(c.to_pylist() for c in columns), standard["address_key"].to_pylist(), strict=True)
    meant = [Written(one, text, postcode, first[key], "") for one, text, postcode, key in rows]
    is_first = [one.meant == one.reference for one in meant]
    return standard.append_column("uprn", table["unique_id"]).filter(pa.array(is_first)), meant


def written() -> list[Written]:
    """The addresses with their mistakes, and as many neighbours of each kind as are asked for."""
    _, meant = held()
    beside = list(neighbours(meant, seed=SEED))
    kinds = sorted({one.mistake for one in beside})
    chosen = [
        one for kind in kinds for one in [b for b in beside if b.mistake == kind][::3][:NEIGHBOURS]
    ]
    return [*mistaken(meant, seed=SEED), *chosen]


def match() -> dict[str, Any]:
    """Every threshold's precision and recall, and those of each kind of mistake at the shipped one."""
    gazetteer, _ = held()
    asked = written()
    texts = [one.address for one in asked]
    postcodes = [one.postcode for one in asked]
    standard = standardise_addresses(
        pa.chunked_array([pa.array(texts)]), pa.chunked_array([pa.array(postcodes, pa.string())])
    )
    keys = address_keys(standard)
    different = standard.append_column("address_key", keys)
    different = different.group_by(different.column_names, use_threads=False).aggregate([])
    outcomes = match_addresses(different, gazetteer, thresholds=Thresholds(-99.0, 0.0))
    found = {row["address_key"]: row for row in outcomes.to_pylist()}
    results = [(one, found[key]) for one, key in zip(asked, keys.to_pylist(), strict=True)]
    table = [
        {"weight": weight, "lead": lead, **_judged(results, weight, lead)}
        for weight in WEIGHTS
        for lead in LEADS
    ]
    shipped = [
        {"mistake": kind, **_judged([r for r in results if r[0].mistake == kind])}
        for kind in (*MISTAKES, "no such number", "no such name")
    ]
    outcomes_counted = Counter(row["outcome"] for _, row in results)
    return {
        "thresholds": table,
        "kinds": shipped,
        "shipped": _judged(results),
        "outcomes": dict(outcomes_counted),
    }


def _judged(
    results: Iterable[tuple[Written, dict[str, Any]]],
    weight: float = LEAST_WEIGHT,
    lead: float = LEAST_LEAD,
) -> dict[str, Any]:
    """Precision and recall over addresses of the list, and how many neighbours were linked."""
    count: Counter[str] = Counter()
    for one, row in results:
        is_match = (
            row["outcome"] == "matched"
            and row["match_weight"] >= weight
            and (row["lead"] is None or row["lead"] >= lead)
        )
        is_linked = is_match or row["outcome"] == "same text"
        place = "of_list" if one.meant is not None else "neighbours"
        count[place] += 1
        count[f"{place}_linked"] += is_linked
        count["right"] += is_linked and row["uprn"] == one.meant
    linked = count["of_list_linked"]
    every = linked + count["neighbours_linked"]
    return {
        "addresses": count["of_list"],
        "precision": _share(count["right"], linked),
        "recall": _share(count["right"], count["of_list"]),
        "neighbours": count["neighbours"],
        "neighbours_linked": count["neighbours_linked"],
        "precision_with_neighbours": _share(count["right"], every),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def parent(_rest: Sequence[str]) -> None:
    """One run in its own process."""
    cost = harness.run(__file__, "match")
    said = cost.said
    shipped = said["shipped"]
    ratios = {
        "precision_5k": shipped["precision"],
        "recall_5k": shipped["recall"],
        "precision_with_neighbours": shipped["precision_with_neighbours"],
        "neighbours_linked": shipped["neighbours_linked"] / shipped["neighbours"],
        "wall_seconds": cost.wall_seconds,
        "peak_mb": cost.peak_mb,
    }
    rows = [*said["kinds"], *said["thresholds"], {"outcomes": said["outcomes"]}]
    harness.write_result("addresses", ratios, rows)


if __name__ == "__main__":
    sys.exit(harness.main({"match": match}, parent))

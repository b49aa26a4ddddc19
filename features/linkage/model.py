"""The linkage model: Splink's Fellegi–Sunter weights, estimated without labels, and pairs scored by them.

References: Fellegi & Sunter, "A Theory for Record Linkage" (1969); Splink 4 (Ministry of Justice).
"""

import logging
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from features.linkage.likeness import frequency_fields, level_settings
from features.linkage.weights import Weights, shipped_weights
from hearth.linkage_settings import Comparison, LinkageSettings
from hearth.private_files import make_private_folder

LEFT, RIGHT = "spellings_l", "spellings_r"
"""Tables that are linked: `unique_id` and the compared fields, one row for each spelling."""

_ANY_PRIOR = 1e-4  # until one is estimated
_MEMORY = "1GB"
_THREADS = 2
_PAIRS_A_SPELLING, _MOST_PAIRS = 4, 4_000_000
"""Random pairs from which u is counted."""
_LEAST_M, _LEAST_U = 1e-4, 1e-7
"""What was never seen among the pairs of training is rare, not impossible."""
_DIGITS = 6
"""Kept of a probability, so that the order of a sum does not show."""


@contextmanager
def opened(scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB in memory, which spills into a folder that goes with it."""
    make_private_folder(scratch)
    config: dict[str, Any] = {
        "memory_limit": _MEMORY,
        "threads": _THREADS,
        "temp_directory": str(scratch),
    }
    try:
        with duckdb.connect(":memory:", config=config) as connection:
            connection.execute("SET enable_progress_bar = false")
            connection.execute("SET preserve_insertion_order = false")
            yield connection
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def estimate(
    connection: duckdb.DuckDBPyConnection, settings: LinkageSettings, *, tables: Sequence[str]
) -> tuple[Weights, Linker]:
    """Weights estimated from the data alone, and the linker that holds them.

    The prior comes from the sure rules, u from random pairs, m by expectation maximisation over
    the pairs of each blocking rule in turn. A seed makes it repeatable.

    Parameters
    ----------
    connection
        Database with the tables.
    settings
        Comparisons, rules and seed, of the fields that the tables hold.
    tables
        Two tables to link, or one whose copies are to be found.
    """
    linker = linker_of(connection, settings, tables=tables)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on(*rule) for rule in settings.training.sure], recall=settings.training.recall
    )
    connection.execute("SET threads = 1")  # or the sample depends on which thread was first
    training.estimate_u_using_random_sampling(
        max_pairs=_pairs_for_u(connection, tables), seed=settings.training.seed
    )
    connection.execute(f"SET threads = {_THREADS}")
    taught = set[str]()
    for rule in settings.blocking:
        if _brings_pairs(connection, rule, tables):
            training.estimate_parameters_using_expectation_maximisation(
                block_on(*rule), estimate_without_term_frequencies=True
            )
            taught |= {c.field for c in settings.comparisons if c.field not in rule}
    return _weights(linker, settings, taught), linker


def score(
    connection: duckdb.DuckDBPyConnection,
    settings: LinkageSettings,
    weights: Weights,
    *,
    tables: Sequence[str],
    at_least: float,
) -> str:
    """Score the pairs that the blocking rules bring together; the name of the table that holds them.

    Parameters
    ----------
    connection, settings, tables
        As for `estimate`.
    weights
        Of every compared field.
    at_least
        Least match weight, log2 of the odds, of a pair that is kept.
    """
    linker = linker_of(connection, settings, tables=tables, weights=weights)
    return str(linker.inference.predict(threshold_match_weight=at_least).physical_name)


def linker_of(
    connection: duckdb.DuckDBPyConnection,
    settings: LinkageSettings,
    *,
    tables: Sequence[str],
    weights: Weights | None = None,
) -> Linker:
    """Splink's linker of these tables, with weights where there are some; it says nothing."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    creator = SettingsCreator(
        link_type="dedupe_only" if len(tables) == 1 else "link_only",
        comparisons=[_comparison(each, weights) for each in settings.comparisons],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in settings.blocking],
        retain_matching_columns=True,  # or Splink leaves out on what a pair agrees
        probability_two_random_records_match=_ANY_PRIOR if weights is None else weights.prior,
    )
    linker = Linker(
        list(tables),
        creator,
        DuckDBAPI(connection),
        set_up_basic_logging=False,
        input_table_aliases=list(tables),
    )
    if weights is None or weights.by_frequency:
        for field in frequency_fields(settings.comparisons):
            _register_frequencies(connection, linker, field, tables[0])
    return linker


def _register_frequencies(
    connection: duckdb.DuckDBPyConnection, linker: Linker, field: str, table: str
) -> None:
    """Frequencies of a field's values, from the first table, whichever tables are linked to it."""
    counted = connection.execute(
        f'SELECT "{field}", count(*) / sum(count(*)) OVER () AS "tf_{field}" '  # noqa: S608 - names are checked by the contract
        f'FROM {table} WHERE "{field}" IS NOT NULL GROUP BY 1 ORDER BY 1'
    ).to_arrow_table()
    linker.table_management.register_term_frequency_lookup(counted, field, overwrite=True)  # type: ignore[no-untyped-call] # Splink leaves it out


def _pairs_for_u(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> int:
    counts = [connection.table(table).count("*").fetchone() for table in tables]
    spellings = sum(int(count[0]) for count in counts if count)
    return min(_PAIRS_A_SPELLING * spellings, _MOST_PAIRS)


def _brings_pairs(
    connection: duckdb.DuckDBPyConnection, rule: Sequence[str], tables: Sequence[str]
) -> bool:
    """Whether a rule brings anybody together; from no pairs nothing can be learned."""
    agree = " AND ".join(f'l."{field}" = r."{field}"' for field in rule)
    once = "AND l.unique_id < r.unique_id" if len(tables) == 1 else ""
    found = connection.execute(
        f"SELECT 1 FROM {tables[0]} AS l JOIN {tables[-1]} AS r ON {agree} {once} LIMIT 1"  # noqa: S608 - names are checked by the contract
    )
    return found.fetchone() is not None


def _comparison(comparison: Comparison, weights: Weights | None) -> dict[str, Any]:
    by_frequency = weights is None or weights.by_frequency
    levels = level_settings(comparison, by_frequency=by_frequency)
    if weights is not None:
        m, u = weights.m[comparison.field], weights.u[comparison.field]
        for level, one, other in zip(levels[1:], m, u, strict=True):
            level |= {"m_probability": one, "u_probability": other}
            level |= {"fix_m_probability": True, "fix_u_probability": True}
    return {
        "output_column_name": comparison.field,
        "comparison_levels": levels,
        "comparison_description": f"{comparison.field} by {comparison.by}",
    }


def _weights(linker: Linker, settings: LinkageSettings, taught: Collection[str]) -> Weights:
    """Weights of a trained linker, rounded; m of a field that no rule taught is the shipped one."""
    shipped = shipped_weights(settings, spellings=1)
    trained = linker.misc.save_model_to_json()
    levels = {
        comparison["output_column_name"]: comparison["comparison_levels"][1:]
        for comparison in trained["comparisons"]
    }

    def of(part: str, least: float) -> dict[str, tuple[float, ...]]:
        return {
            field: tuple(_rounded(max(level.get(part) or least, least)) for level in levels[field])
            for field in levels
        }

    m = {**of("m_probability", _LEAST_M), **{f: shipped.m[f] for f in levels if f not in taught}}
    prior = _rounded(max(float(trained["probability_two_random_records_match"]), _LEAST_U))
    return Weights(prior, m, of("u_probability", _LEAST_U))


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")

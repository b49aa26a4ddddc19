"""Persons' numbers in an extract, replaced by pseudonyms before anything is kept of it."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from hearth.pseudonyms import PseudonymMap
from hearth.source_contract import SourceContract, Subject


def person_columns(
    contract: SourceContract, sources: Mapping[str, SourceContract]
) -> tuple[str, ...]:
    """Columns that hold the council's own numbers for persons: the key, and references to one."""
    named = [contract.key] if _has_numbers(contract) else []
    named += [
        reference.column
        for reference in contract.quality.references
        if _has_numbers(sources.get(reference.source))
    ]
    if contract.row_key in named:
        named.append(contract.supersedes)  # it names a row by the same number
    return tuple(dict.fromkeys(name for name in named if name is not None))


def pseudonymised(rows: pa.Table, columns: tuple[str, ...], pairs: PseudonymMap) -> pa.Table:
    """Rows with the numbers in these columns replaced; a person not met before gets a new pseudonym.

    Parameters
    ----------
    rows
        Rows of a source.
    columns
        Columns that hold persons' numbers.
    pairs
        The map that says, and keeps, who has which pseudonym.
    """
    for name in columns:
        coded = pc.dictionary_encode(pc.cast(rows[name], pa.string()).combine_chunks())
        numbers = coded.dictionary.to_pylist()
        pseudonyms = pairs.assign(numbers)
        words = pa.array([pseudonyms[number] for number in numbers], pa.string())
        rows = rows.set_column(rows.column_names.index(name), name, words.take(coded.indices))
    return rows


def _has_numbers(contract: SourceContract | None) -> bool:
    return contract is not None and contract.about is Subject.PERSON and contract.key is not None

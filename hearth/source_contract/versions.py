"""Rows that are versions of one record: which row replaces which, and which takes it back."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hearth.source_contract.conditions import misfits
from hearth.yaml_values import with_article

if TYPE_CHECKING:
    from hearth.source_contract.contract import SourceContract


def version_faults(contract: "SourceContract") -> Iterator[str]:
    """Faults of a contract in `supersedes` and `withdrawn`."""
    yield from _supersedes_faults(contract)
    yield from _withdrawn_faults(contract)


def _supersedes_faults(contract: "SourceContract") -> Iterator[str]:
    if contract.supersedes is None:
        return
    if contract.row_key is None:
        yield "supersedes: stands without row_key; name the column that names the row"
    if contract.knowledge_date is None:
        yield (
            "supersedes: stands without knowledge_date, by which the latest version is told; "
            "add the column that says when each version was known"
        )
    column, row_key = contract.supersedes, contract.row_key or ""
    if column not in contract.columns:
        yield f"supersedes: is {column}, which is not among the columns; add it to columns"
    elif row_key in contract.columns:
        wanted, found = contract.columns[row_key].type, contract.columns[column].type
        if found is not wanted:
            yield (
                f"supersedes: is {column}, {with_article(found)}, but {row_key} is "
                f"{with_article(wanted)}; give both one type"
            )
        if column != row_key and contract.columns[column].missing == "refused":
            yield (
                f"supersedes: is {column}, which no row may leave empty; "
                f"make columns.{column}.missing allowed, as a first version replaces nothing"
            )


def _withdrawn_faults(contract: "SourceContract") -> Iterator[str]:
    if contract.withdrawn is None:
        return
    if contract.supersedes is None:
        yield "withdrawn: stands without supersedes, which says what record a row takes back; add it"
    test, name = contract.withdrawn.test[0], contract.withdrawn.column
    if name not in contract.columns:
        yield f"withdrawn.column: is {name}, which is not among the columns; add it to columns"
        return
    for found, remedy in misfits(contract.withdrawn, contract.columns[name]):
        yield f"withdrawn.{test}: {found}; {remedy}"

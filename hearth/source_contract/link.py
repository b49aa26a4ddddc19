"""Columns by which rows without the council's own key are linked: to persons, or to UPRNs."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Discriminator, Field, Tag

from hearth.source_contract.columns import Column, ColumnType
from hearth.yaml_values import Name, Strict, with_article


class PersonLink(Strict):
    """Columns by which the persons of another body's table are linked to the council's own."""

    reference: Name = Field(description="Column with that body's own reference for the person.")
    forename: Name = Field(description="Column with the forename.")
    surname: Name = Field(description="Column with the surname.")
    date_of_birth: Name = Field(description="Column with the date of birth.")
    postcode: Name = Field(description="Column with the postcode.")
    number: Name | None = Field(
        default=None,
        description="Column with an identifying number that the council's own list holds too, under the same name.",
    )


class AddressLink(Strict):
    """Columns by which the addresses of a table without UPRNs are linked to the gazetteer."""

    address: Name = Field(description="Column with the address in one text.")
    postcode: Name | None = Field(
        default=None, description="Column with the postcode, where the address does not end in it."
    )


def _kind(value: Any) -> str:
    """Which kind of link is meant; the tag stands in brackets, which keep it out of messages."""
    if isinstance(value, BaseModel):
        return "[address]" if isinstance(value, AddressLink) else "[person]"
    is_of_persons = isinstance(value, Mapping) and not {"reference", "forename"}.isdisjoint(value)
    return "[person]" if is_of_persons else "[address]"


Link = Annotated[
    Annotated[PersonLink, Tag("[person]")] | Annotated[AddressLink, Tag("[address]")],
    Discriminator(_kind),
]


def link_faults(
    link: PersonLink | AddressLink, about: str, columns: Mapping[str, Column]
) -> Iterator[str]:
    """Faults of a link beside what its source is about and the columns it has."""
    is_of_addresses = isinstance(link, AddressLink)
    if is_of_addresses and about not in {"property", "household"}:
        yield (
            f"link: is of addresses, in a table about {with_article(about)}; "
            "link its persons by reference, name, date of birth and postcode, or mend about"
        )
    if not is_of_addresses and about != "person":
        yield (
            f"link: is of persons, in a table about {with_article(about)}; "
            "link its rows by address, or mend about"
        )
    for field, column in link:
        if column is None:
            continue
        if column not in columns:
            yield f"link.{field}: is {column}, which is not among the columns; add it to columns"
        elif is_of_addresses and columns[column].type is not ColumnType.STRING:
            yield (
                f"link.{field}: is {column}, {with_article(columns[column].type)}; "
                f"make columns.{column}.type a string"
            )

"""The source contract: what a table is, when its facts were known, and its law."""

from hearth.source_contract.columns import Column, ColumnType
from hearth.source_contract.contract import (
    RecordingLag,
    SourceContract,
    SourceKind,
    Subject,
)
from hearth.source_contract.extract import Read
from hearth.source_contract.law import Agreement, AgreementState, Law
from hearth.source_contract.link import AddressLink, Link, PersonLink
from hearth.source_contract.quality import Quality, Reference
from hearth.yaml_values import Name, Strict, share_of

__all__ = [
    "AddressLink",
    "Agreement",
    "AgreementState",
    "Column",
    "ColumnType",
    "Law",
    "Link",
    "Name",
    "PersonLink",
    "Quality",
    "Read",
    "RecordingLag",
    "Reference",
    "SourceContract",
    "SourceKind",
    "Strict",
    "Subject",
    "share_of",
]

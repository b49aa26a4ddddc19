"""Tables of the council: columns, keys, and how a frame of codes becomes an Arrow table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.synthetic import (
    care,
    early_years,
    inspections,
    licensing,
    money,
    neighbourhood,
    schooling,
    spine,
)
from features.synthetic.ethnicity import BROAD
from features.synthetic.names import FORENAMES, SURNAMES
from features.synthetic.places import ERAS, KINDS, TENURES, area_text, ward_text
from features.synthetic.recording import Frame
from features.synthetic.timeline import EXTRACT


class As(Enum):
    """How a column is written."""

    PERSON = auto()
    HOME = auto()
    DATE = auto()
    END = auto()
    """A date that is empty while it lies ahead of the extract."""
    WHOLE = auto()
    NUMBER = auto()
    FLAG = auto()
    TEXT = auto()
    FORENAME = auto()
    SURNAME = auto()
    REFERENCE = auto()
    AREA = auto()
    WARD = auto()


Column = As | tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One table of the council.

    Parameters
    ----------
    prefix
        Letters that begin the row keys; empty for a table that has none.
    known
        Column that says when a row became known; rows not known by the extract are left out.
    columns
        Column of the file → how it is written; a tuple holds the values of a category.
    missing
        Column → share of rows in which it is missing.
    body
        Letters that begin the references of the body that sends the table; empty for the council's.
    """

    name: str
    row_key: str
    prefix: str
    known: str
    columns: Mapping[str, Column]
    missing: Mapping[str, float] = field(default_factory=dict)
    body: str = ""


_IDENTITY: Final[dict[str, Column]] = {
    "reference": As.REFERENCE,
    "forename": As.TEXT,
    "surname": As.TEXT,
    "date_of_birth": As.DATE,
    "postcode": As.TEXT,
    "address": As.TEXT,
}
FIFTHS: Final = (
    "most_deprived_fifth",
    "second_fifth",
    "third_fifth",
    "fourth_fifth",
    "least_deprived_fifth",
)

TABLES: Final = {
    table.name: table
    for table in (
        Table("residents", "spell_id", "RS", "starts_known_on", {
            "person_id": As.PERSON, "forename": As.FORENAME, "surname": As.SURNAME,
            "date_of_birth": As.DATE, "home": As.HOME, "postcode": As.TEXT, "starts_on": As.DATE,
            "ends_on": As.END, "starts_known_on": As.DATE, "ends_known_on": As.END,
        }),
        Table("properties", "", "", "recorded_on", {
            "home": As.HOME, "address": As.TEXT, "postcode": As.TEXT, "area": As.AREA, "ward": As.WARD,
            "deprivation_decile": As.WHOLE, "deprivation_fifth": FIFTHS, "use": ("residential", "business"),
            "kind": KINDS, "era": ERAS, "tenure": TENURES, "recorded_on": As.DATE,
            "easting": As.WHOLE, "northing": As.WHOLE,
        }, {"era": 0.06}),
        Table("moves", "move_id", "MV", "recorded_on", {
            "person_id": As.PERSON, "moved_on": As.DATE, "recorded_on": As.DATE, "kind": spine.MOVE_KINDS,
        }),
        Table("equality_monitoring", "", "", "recorded_on", {
            "person_id": As.PERSON, "ethnic_group": BROAD, "sex": ("female", "male"),
            "disability": ("not_disabled", "disabled"),
            "free_school_meals": ("not_eligible", "eligible"), "recorded_on": As.DATE,
        }),
        Table("births", "", "", "registered_on", {
            "person_id": As.PERSON, "registered_on": As.DATE, "birth_weight": As.WHOLE,
            "gestation_weeks": As.WHOLE, "earlier_children": As.WHOLE,
        }, {"birth_weight": 0.02, "gestation_weeks": 0.04}),
        Table("two_year_review", "review_id", "TY", "received_on", {
            **_IDENTITY, "reviewed_on": As.DATE, "received_on": As.DATE,
            **dict.fromkeys(early_years.DOMAINS, As.WHOLE), "areas_below": As.WHOLE,
        }, {"postcode": 0.02, "communication": 0.03, "personal_social": 0.04}, body="HV"),
        Table("funded_hours", "claim_id", "FH", "received_on", {
            **_IDENTITY, "counted_on": As.DATE, "received_on": As.DATE,
            "entitlement": early_years.ENTITLEMENTS, "hours": As.WHOLE, "setting": early_years.SETTINGS,
        }, {"postcode": 0.02, "setting": 0.01}, body="EY"),
        Table("eyfs_profile", "profile_id", "EP", "received_on", {
            **_IDENTITY, "assessed_on": As.DATE, "received_on": As.DATE,
            "good_level_of_development": As.FLAG, "goals_met": As.WHOLE,
        }, {"postcode": 0.01}, body="UP"),
        Table("school_census", "census_id", "SC", "received_on", {
            **_IDENTITY, "census_on": As.DATE, "received_on": As.DATE, "year_group": As.WHOLE,
            "support": schooling.SUPPORT,
        }, {"postcode": 0.01}, body="UP"),
        Table("school_absence", "absence_id", "SA", "recorded_on", {
            "person_id": As.PERSON, "term_ended_on": As.DATE, "recorded_on": As.DATE,
            "sessions_possible": As.WHOLE, "sessions_missed": As.WHOLE, "unauthorised": As.WHOLE,
            "persistent": As.FLAG,
        }, {"unauthorised": 0.02}),
        Table("benefits", "event_id", "BE", "recorded_on", {
            "person_id": As.PERSON, "changed_on": As.DATE, "recorded_on": As.DATE,
            "benefit": money.BENEFITS, "change": money.CHANGES, "weekly_amount": As.NUMBER,
        }),
        Table("council_tax_accounts", "account_id", "CT", "recorded_on", {
            "home": As.HOME, "opened_on": As.DATE, "recorded_on": As.DATE, "liable": money.LIABLE,
            "discount": money.DISCOUNTS,
        }),
        Table("council_tax_arrears", "notice_id", "CA", "recorded_on", {
            "home": As.HOME, "issued_on": As.DATE, "recorded_on": As.DATE, "stage": money.STAGES,
            "amount": As.NUMBER,
        }),
        Table("social_care_contacts", "contact_id", "CC", "recorded_on", {
            "person_id": As.PERSON, "contact_on": As.DATE, "recorded_on": As.DATE, "step": care.CONTACTS,
        }),
        Table("noise_complaints", "complaint_id", "NC", "logged_on", {
            "home": As.HOME, "complained_on": As.DATE, "logged_on": As.DATE,
            "category": neighbourhood.NOISE, "decibels": As.WHOLE,
        }, {"decibels": 0.35}),
        Table("waste_complaints", "report_id", "WC", "logged_on", {
            "home": As.HOME, "reported_on": As.DATE, "logged_on": As.DATE, "category": neighbourhood.WASTE,
        }),
        Table("antisocial_behaviour", "report_id", "AB", "recorded_on", {
            "home": As.HOME, "reported_on": As.DATE, "recorded_on": As.DATE,
            "category": neighbourhood.BEHAVIOUR,
        }),
        Table("epc", "certificate_id", "EC", "published_on", {
            "home": As.HOME, "lodged_on": As.DATE, "published_on": As.DATE, "rating": neighbourhood.RATINGS,
            "score": As.WHOLE, "floor_area": As.WHOLE, "rented": As.FLAG,
        }, {"floor_area": 0.02}),
        Table("hmo_designations", "designation_id", "HD", "announced_on", {
            "home": As.HOME, "ward": As.WARD, "scheme": licensing.SCHEMES, "announced_on": As.DATE,
            "starts_on": As.DATE, "ends_on": As.DATE,
        }),
        Table("hmo_licences", "licence_id", "HL", "published_on", {
            "home": As.HOME, "granted_on": As.DATE, "expires_on": As.DATE, "published_on": As.DATE,
            "occupants_allowed": As.WHOLE,
        }),
        Table("hmo_applications", "step_id", "HA", "recorded_on", {
            "home": As.HOME, "stepped_on": As.DATE, "recorded_on": As.DATE, "step": licensing.STEPS,
        }),
        Table("hmo_exemptions", "notice_id", "HE", "recorded_on", {
            "home": As.HOME, "served_on": As.DATE, "lapses_on": As.DATE, "recorded_on": As.DATE,
        }),
        Table("housing_inspections", "inspection_id", "HI", "recorded_on", {
            "home": As.HOME, "inspected_on": As.DATE, "recorded_on": As.DATE,
            "reason": inspections.REASONS, "finding": inspections.FINDINGS,
        }),
    )
}  # fmt: skip
_RENAMED: Final = {"home": "uprn", "area": "lsoa"}
_KEYS_PER_BLOCK: Final = 10_000_000


def encode(table: Table, frame: Frame, uprn: npt.NDArray[np.int64], block: int) -> pa.Table:
    """Frame of codes as the Arrow table that is written.

    Parameters
    ----------
    frame
        Columns of the table; `row` holds each row's number within the block, −1 in a category or
        NaN in a number a missing value, and None a missing text.
    uprn
        UPRN of each home of the block.
    """
    arrays = {}
    if table.row_key:
        arrays[table.row_key] = _prefixed(table.prefix, frame["row"] + block * _KEYS_PER_BLOCK)
    for name, column in table.columns.items():
        arrays[_RENAMED.get(name, name)] = _encode(frame[name], column, uprn, table.body)
    return pa.table(arrays)


def _encode(
    values: npt.NDArray[Any], column: Column, uprn: npt.NDArray[np.int64], body: str
) -> pa.Array:
    if isinstance(column, tuple):
        codes = values.astype(np.int64)
        return pa.array(column).take(pa.array(codes, mask=codes < 0))
    return _ENCODERS[column](values, uprn, body)


def _prefixed(prefix: str, numbers: npt.NDArray[Any]) -> pa.Array:
    digits = pa.array(numbers.astype(np.int64)).cast(pa.string())
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, "") if prefix else digits


def _dates(days: npt.NDArray[Any], *, ahead_is_empty: bool) -> pa.Array:
    whole = days.astype(np.int32)
    return pa.array(whole, mask=(whole >= EXTRACT) if ahead_is_empty else None).cast(pa.date32())


def _whole(values: npt.NDArray[Any]) -> pa.Array:
    empty = np.isnan(values.astype(np.float64))
    return pa.array(np.where(empty, 0, values).astype(np.int64), mask=empty)


def _coded(values: npt.NDArray[Any], write: Any) -> pa.Array:
    codes, places = np.unique(values, return_inverse=True)
    return pa.array([write(code) for code in codes.tolist()], pa.string()).take(pa.array(places))


_ENCODERS: Final[dict[As, Any]] = {
    As.PERSON: lambda v, _u, _b: _prefixed("P", v),
    As.HOME: lambda v, u, _b: _prefixed("", u[v]),
    As.DATE: lambda v, _u, _b: _dates(v, ahead_is_empty=False),
    As.END: lambda v, _u, _b: _dates(v, ahead_is_empty=True),
    As.WHOLE: lambda v, _u, _b: _whole(v),
    As.NUMBER: lambda v, _u, _b: pa.array(v.astype(np.float64), from_pandas=True),
    As.FLAG: lambda v, _u, _b: pa.array(v.astype(bool)),
    As.TEXT: lambda v, _u, _b: pa.array(v, pa.string()),
    As.FORENAME: lambda v, _u, _b: pa.array(FORENAMES).take(pa.array(v)),
    As.SURNAME: lambda v, _u, _b: pa.array(SURNAMES).take(pa.array(v)),
    As.REFERENCE: lambda v, _u, b: _prefixed(b, v),
    As.AREA: lambda v, _u, _b: _coded(v, area_text),
    As.WARD: lambda v, _u, _b: _coded(v, ward_text),
}

"""What is planted in a synthetic council: its defects, its biases, or nothing at all."""

from dataclasses import dataclass
from enum import StrEnum


class Bias(StrEnum):
    """A bias planted with known truth."""

    MEASUREMENT = "measurement"
    """The profile of children of one group is recorded worse than it was."""
    SAMPLING = "sampling"
    """One group is missing from the council's records more often."""
    PROXY = "proxy"
    """A column of the funded-hours return all but names one group, which also does worse."""


@dataclass(frozen=True)
class Defects:
    """Shares of rows that carry each real-world defect, in [0, 1]."""

    late: float = 0.015
    duplicate: float = 0.003
    missing: float = 1.0
    """Multiplies each column's own share of missing values; 0 for none."""
    misspelt_name: float = 0.025
    changed_surname: float = 0.006
    wrong_birth_date: float = 0.006
    old_postcode: float = 0.03
    misspelt_address: float = 0.06


NO_DEFECTS = Defects(0, 0, 0, 0, 0, 0, 0, 0)


class DependsOn(StrEnum):
    """What decides where officers look."""

    RECORDED = "recorded"
    """Complaints and tenure as the tables hold them."""
    UNRECORDED = "unrecorded"
    """Besides, whether a home is let without its licence: tips that nobody writes down."""


@dataclass(frozen=True)
class Inspecting:
    """How officers go about it.

    Parameters
    ----------
    depends_on
        What decides where they look.
    effort
        Multiplies the chance of every home.
    planned
        Each April for the year ahead, by the complaints recorded until then; else each quarter
        anew, so that complaints of the year itself lead to visits too.
    """

    depends_on: DependsOn = DependsOn.RECORDED
    effort: float = 1.0
    planned: bool = False


@dataclass(frozen=True)
class Scenario:
    """One kind of synthetic council.

    Parameters
    ----------
    bias
        Bias that is planted against `group`; None plants none.
    null
        In a null council the outcome is as frequent and as foreseeable in every ethnic group, for
        girls and boys, with and without free school meals, and in every area.
    group
        Broad ethnic group against which a bias is planted.
    defects
        Real-world defects of the tables.
    inspecting
        How homes are chosen for an inspection.
    """

    bias: Bias | None = None
    null: bool = False
    group: str = "Asian"
    defects: Defects = Defects()
    inspecting: Inspecting = Inspecting()

"""Whether a stated probability means the same in every group."""

from collections.abc import Mapping
from dataclasses import dataclass

from governance.fairness.base_rates import BANDS, Stated
from governance.fairness.groups import GroupTable, Rate
from governance.fairness.outcomes import Grouping

_BANDS = {
    "all": "Everyone in the group",
    "listed": "On the list",
    "not_listed": "Not on the list",
}


@dataclass(frozen=True)
class CalibrationPoint:
    """Mean stated probability of some of a group, beside the share it came true for."""

    band: str
    stated: float | None
    came_true: Rate


@dataclass(frozen=True)
class GroupCalibration:
    """Calibration of one group: band by band, from the group's printed counts."""

    group: str
    points: tuple[CalibrationPoint, ...]


def calibrations(
    stated: Stated, groups: Mapping[str, Grouping], tables: Mapping[str, GroupTable]
) -> dict[str, tuple[GroupCalibration, ...]]:
    """Calibration within the groups of every attribute."""
    return {
        name: calibration_within_groups(stated, groups[name], table)
        for name, table in tables.items()
    }


def calibration_within_groups(
    stated: Stated, groups: Grouping, table: GroupTable
) -> tuple[GroupCalibration, ...]:
    """Stated against observed, for each group as a whole, on the list and off it.

    The bands are those of the group table, so that no count is printed here that
    is not printed there: finer bands would be further cut-offs, and two cut-offs
    a few people apart give those few away.

    Parameters
    ----------
    stated : Stated
    groups : Grouping
    table : GroupTable
        Of the same attribute.

    References
    ----------
    Pleiss, Raghavan, Wu, Kleinberg & Weinberger 2017, "On Fairness and Calibration".
    """
    return tuple(
        GroupCalibration(
            row.group,
            tuple(
                CalibrationPoint(
                    band,
                    None if came_true.interval is None else means[part],
                    came_true,
                )
                for part, band in _BANDS.items()
                for came_true in [row.rates[BANDS[part]]]
            ),
        )
        for row in table.rows
        for means in [stated.means(groups.codes == groups.names.index(row.group))]
    )

"""Whether a stated probability means the same in every group."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.fairness.groups import GroupRow, GroupTable, Rate
from governance.fairness.outcomes import Grouping, Outcomes

_BANDS = {
    "Everyone in the group": "base_rate",
    "On the list": "precision",
    "Not on the list": "false_omission_rate",
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


def calibration_within_groups(
    outcomes: Outcomes,
    probability: NDArray[np.float64],
    groups: Grouping,
    table: GroupTable,
) -> tuple[GroupCalibration, ...]:
    """Stated against observed, for each group as a whole, on the list and off it.

    The bands are those of the group table, so that no count is printed here that
    is not printed there: finer bands would be further cut-offs, and two cut-offs
    a few people apart give those few away.

    Parameters
    ----------
    outcomes : Outcomes
    probability : float64 array, shape (rows,), in [0, 1]
    groups : Grouping
    table : GroupTable
        Of the same attribute.

    References
    ----------
    Pleiss, Raghavan, Wu, Kleinberg & Weinberger 2017, "On Fairness and Calibration".
    """
    chosen = (np.ones(len(groups.codes), dtype=bool), outcomes.selected, ~outcomes.selected)

    def point(row: GroupRow, band: str, metric: str, rows: NDArray[np.bool_]) -> CalibrationPoint:
        came_true = row.rates[metric]
        stated = probability[
            rows & outcomes.observed & (groups.codes == groups.names.index(row.group))
        ]
        printed = came_true.interval is not None
        return CalibrationPoint(band, float(stated.mean()) if printed else None, came_true)

    return tuple(
        GroupCalibration(
            row.group,
            tuple(
                point(row, band, metric, rows)
                for (band, metric), rows in zip(_BANDS.items(), chosen, strict=True)
            ),
        )
        for row in table.rows
    )

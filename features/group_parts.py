"""What computes a feature group in a partition: its rows on disk, and its missing values filled."""

from dataclasses import dataclass

import pyarrow as pa

from features import imputation
from features.feature_parts import GroupColumns
from features.group_features import partition_features
from features.point_in_time.spill import Spill
from hearth.definition import FeatureGroup
from hearth.feature import Feature


@dataclass(frozen=True)
class SpilledGroup:
    """A feature group whose source's rows lie by partition on disk."""

    group: FeatureGroup
    features: list[Feature]
    spill: Spill

    def table(self, rows: pa.Table, part: int) -> pa.Table:
        """Columns of the rows of one partition."""
        pairs, events = self.spill.pairs(part), self.spill.events(part)
        return partition_features(self.group, self.features, rows, pairs, events)


@dataclass(frozen=True)
class FilledGroup:
    """A feature group with its missing values filled."""

    group: GroupColumns
    features: list[Feature]
    fills: imputation.Statistics

    def table(self, rows: pa.Table, part: int) -> pa.Table:
        """Columns of the rows of one partition."""
        made = self.group.table(rows, part)
        return imputation.fill(made, self.features, rows["as_of"], self.fills)

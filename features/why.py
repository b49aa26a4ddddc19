"""Why a row of the matrix is as it is: the rows of every source behind each feature value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features import artefacts
from features.around_group import around_columns
from features.assembly import Assembly
from features.cohort import Cohort
from features.feature_parts import FEATURES, read_parts
from features.follow import Follower
from features.followed import Followed
from features.group_features import event_batches, partition_features
from features.lawful_reading import Reading, identifying_columns
from features.matrix import matrix_folder
from features.other_homes import other_homes
from features.row_trace import SourceRow, TracedFeature, columns_looked_at, source_rows, trace
from features.rows_about import rows_about
from hearth.catalogue import Catalogue
from hearth.definition import Around, FeatureGroup, ModelDefinition
from hearth.errors import NotFoundError, StateError
from hearth.feature import Feature
from hearth.settings import Settings
from hearth.source_contract import SourceContract
from hearth.source_use import place_source

ANOTHER_HOME = "another home"
"""Whom a row is about that happened around the home: the neighbours' own numbers are not shown."""
Values = Mapping[str, float | str | None]


@dataclass(frozen=True)
class TracedGroup:
    """The features of one group, and every row about the keys it follows.

    `withheld` says why nothing is shown of it; None where it is shown. Of a group that looks around
    the home, `other_homes` is how many homes lie there, and its rows do not say at which.
    """

    group: str
    title: str
    source: str
    follows: str
    keys: tuple[str, ...]
    features: tuple[TracedFeature, ...] = ()
    rows: tuple[SourceRow, ...] = ()
    withheld: str | None = None
    other_homes: int | None = None


@dataclass(frozen=True)
class RowTrace:
    """Every feature of one entity at one as-of date, with the rows behind it.

    `values_from` is `matrix`, or `computed now` where the matrix does not hold this row or was made
    from other data than lie there now.
    """

    model: str
    entity: str
    as_of: date
    purpose: str
    values_from: str
    groups: tuple[TracedGroup, ...]

    @property
    def sources_read(self) -> tuple[str, ...]:
        """Sources whose rows are shown."""
        return tuple(sorted({g.source for g in self.groups if g.withheld is None}))


def trace_row(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    entity: str,
    as_of: date,
    *,
    reading: Reading,
    feature: str | None = None,
) -> RowTrace:
    """The rows behind the features of one entity at one as-of date.

    Parameters
    ----------
    catalogue, settings
        The workspace.
    model, entity, as_of
        The row of the matrix; the date may be one that the model has not.
    reading
        On what footing the rows are read; its purpose is the model's.
    feature
        Only this feature; all if None.

    Raises
    ------
    LawError
        If a source does not allow the model's purpose.
    NotFoundError
        If the entity is not in the cohort at the date, or there is no such feature.
    """
    catalogue.check_law(model, reading.on)
    definition = catalogue.model(model)
    known = [f.name for f in catalogue.features(model)]
    if feature is not None and feature not in known:
        raise NotFoundError(
            f"{model} has no feature {feature}; its features begin with its groups: "
            f"{', '.join(group.group for group in definition.features)}"
        )
    assembly = Assembly(catalogue, settings.state_dir, definition).at(as_of)
    tracer = _Tracer(
        catalogue,
        settings,
        assembly.definition,
        reading,
        _only(assembly.cohort, entity, as_of),
        assembly,
    )
    held = _matrix_values(settings, catalogue, definition, entity, as_of)
    groups = [
        tracer.group(place, group, held, feature)
        for place, group in enumerate(definition.features)
        if feature is None
        or feature in {f.name for f in assembly.features if f.group == group.group}
    ]
    values_from = "computed now" if held is None else "matrix"
    return RowTrace(model, entity, as_of, definition.purpose, values_from, tuple(groups))


@dataclass(frozen=True)
class _Tracer:
    """What the groups of one row are traced with; the cohort holds that row alone."""

    catalogue: Catalogue
    settings: Settings
    definition: ModelDefinition
    reading: Reading
    cohort: Cohort
    assembly: Assembly

    def group(
        self, place: int, group: FeatureGroup, held: Values | None, asked: str | None
    ) -> TracedGroup:
        """One group with its rows; withheld where its source may not be read."""
        contract = self.catalogue.source(group.source)
        title, follows = group.reason.title, str(group.follow)
        refused = self.reading.refusal(contract)
        if refused is not None:
            return TracedGroup(
                group.group, title, group.source, follows, (), withheld=f"{group.source} {refused}"
            )
        state_dir = self.settings.state_dir
        follower = Follower(self.cohort, self.definition, self.catalogue.sources, state_dir)
        pairs = follower.pairs(group.follow, contract, place=f"features[{place}].follow")
        keys = sorted(set(pairs["key"].to_pylist()))
        features = [f for f in self.assembly.features if f.group == group.group]
        others = None if group.around is None else self._others(group.around, keys)
        rows = rows_about(
            contract, state_dir, keys if others is None else others, assumed_known=_assumed(group)
        )
        values = held if held is not None else self._computed(group, features, pairs)
        wanted = [f for f in features if asked is None or f.name == asked]
        hidden = frozenset() if self.reading.names else identifying_columns(contract)
        shown = source_rows(rows, columns_looked_at(group, wanted), hidden)
        if others is not None:
            shown = (replace(row, about=ANOTHER_HOME) for row in shown)
        return TracedGroup(
            group.group,
            title,
            group.source,
            follows,
            tuple(keys),
            features=tuple(trace(group, wanted, rows, self._as_of, values)),
            rows=tuple(shown),
            other_homes=None if others is None else len(others),
        )

    @property
    def _as_of(self) -> date:
        return self.definition.as_of.first

    def _computed(
        self, group: FeatureGroup, features: Sequence[Feature], pairs: pa.Table
    ) -> Values:
        """Values of a group's features as the engine makes them, before any filling."""
        of_rows = [f for f in features if f.flag_of is None]
        contract, state_dir = self.catalogue.source(group.source), self.settings.state_dir
        if group.around is not None:
            made = around_columns(
                group,
                group.around,
                of_rows,
                self.cohort,
                pairs,
                rows_of=contract,
                homes_of=self._placing(group.around),
                state_dir=state_dir,
            )
        else:
            followed = Followed.of(pairs)
            batches = event_batches(
                group, of_rows, contract, state_dir, assumed_known=_assumed(group)
            )
            events = pa.concat_tables(_coded(batch, followed) for batch in batches)
            made = partition_features(group, of_rows, self.cohort.rows, followed.pairs, events)
        (values,) = made.to_pylist()
        return dict(values)

    def _others(self, around: Around, keys: Sequence[str]) -> list[str]:
        homes_of, state_dir = self._placing(around), self.settings.state_dir
        return [
            other
            for own in keys
            for other in other_homes(around, homes_of, state_dir, own, self._as_of)
        ]

    def _placing(self, around: Around) -> SourceContract:
        """Source that says where homes lie."""
        found = place_source(around.columns, self.definition, self.catalogue.sources)
        if found is None:
            raise StateError("no source says where homes lie; run `hearth check`")
        return found


def _coded(batch: pa.Table, followed: Followed) -> pa.Table:
    """Rows of the followed keys, with the keys as codes."""
    codes = pc.index_in(batch["key"], value_set=followed.keys)
    place = batch.schema.get_field_index("key")
    return batch.set_column(place, "key", codes).filter(pc.is_valid(codes))


def _assumed(group: FeatureGroup) -> date | None:
    return group.assume_known_from.date if group.assume_known_from else None


def _only(cohort: Cohort, entity: str, as_of: date) -> Cohort:
    """The cohort's row of one entity, alone."""
    found = np.flatnonzero(np.asarray(pc.equal(cohort.rows["entity_id"], entity)))
    if not len(found):
        raise NotFoundError(f"no such entity is in the cohort as known on {as_of}")
    row = pa.scalar(int(found[0]), pa.int64())
    followed = {}
    for role, pairs in cohort.followed.items():
        own = pairs.filter(pc.equal(pairs["row"], row))
        zero = pa.array(np.zeros(len(own), dtype=np.int64))
        followed[role] = own.set_column(0, "row", zero).combine_chunks()
    return Cohort(cohort.rows.take(pa.array(found)), followed)


def _matrix_values(
    settings: Settings, catalogue: Catalogue, definition: ModelDefinition, entity: str, as_of: date
) -> Values | None:
    """The row of the matrix, if it holds it and was made from the data and definition of now."""
    folder = matrix_folder(settings, definition.model)
    manifest = artefacts.read_manifest(folder)
    assembly = Assembly(catalogue, settings.state_dir, definition)
    now = assembly.made_from()
    if manifest is None or any(manifest[name] != made for name, made in now.items()):
        return None
    table = read_parts(folder / FEATURES, as_of=as_of)
    row = table.filter(pc.equal(table["entity_id"], entity)).to_pylist()
    return row[0] if row else None

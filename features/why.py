"""Why a row of the matrix is as it is: the rows of every source behind each feature value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features import artefacts
from features.assembly import Assembly
from features.cohort import Cohort
from features.feature_parts import FEATURES, read_parts
from features.follow import Follower
from features.followed import Followed
from features.group_features import event_batches, partition_features
from features.lawful_reading import Reading, identifying_columns
from features.matrix import matrix_folder
from features.row_trace import SourceRow, TracedFeature, columns_looked_at, source_rows, trace
from features.rows_about import rows_about
from hearth.catalogue import Catalogue
from hearth.definition import FeatureGroup, ModelDefinition
from hearth.errors import NotFoundError
from hearth.feature import Feature
from hearth.settings import Settings

Values = Mapping[str, float | str | None]


@dataclass(frozen=True)
class TracedGroup:
    """The features of one group, and every row about the keys it follows.

    `withheld` says why nothing is shown of it; None where it is shown.
    """

    group: str
    title: str
    source: str
    follows: str
    keys: tuple[str, ...]
    features: tuple[TracedFeature, ...] = ()
    rows: tuple[SourceRow, ...] = ()
    withheld: str | None = None


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
    at_date = _at(definition, as_of)
    assembly = Assembly(catalogue, settings.state_dir, at_date)
    tracer = _Tracer(
        catalogue, settings, at_date, reading, _only(assembly.cohort, entity, as_of), assembly
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
        assumed = group.assume_known_from.date if group.assume_known_from else None
        rows = rows_about(contract, state_dir, keys, assumed_known=assumed)
        values = held if held is not None else self._computed(group, features, pairs)
        wanted = [f for f in features if asked is None or f.name == asked]
        hidden = frozenset() if self.reading.names else identifying_columns(contract)
        columns = columns_looked_at(group, wanted)
        return TracedGroup(
            group.group,
            title,
            group.source,
            follows,
            tuple(keys),
            features=tuple(trace(group, wanted, rows, self._as_of, values)),
            rows=tuple(source_rows(rows, columns, hidden)),
        )

    @property
    def _as_of(self) -> date:
        return self.definition.as_of.first

    def _computed(
        self, group: FeatureGroup, features: Sequence[Feature], pairs: pa.Table
    ) -> Values:
        """Values of a group's features as the engine makes them, before any filling."""
        followed = Followed.of(pairs)
        of_rows = [f for f in features if f.flag_of is None]
        assumed = group.assume_known_from.date if group.assume_known_from else None
        contract = self.catalogue.source(group.source)
        found = []
        for batch in event_batches(
            group, of_rows, contract, self.settings.state_dir, assumed_known=assumed
        ):
            codes = pc.index_in(batch["key"], value_set=followed.keys)
            place = batch.schema.get_field_index("key")
            found.append(batch.set_column(place, "key", codes).filter(pc.is_valid(codes)))
        events = pa.concat_tables(found)
        made = partition_features(group, of_rows, self.cohort.rows, followed.pairs, events)
        (values,) = made.to_pylist()
        return dict(values)


def _at(definition: ModelDefinition, as_of: date) -> ModelDefinition:
    """The definition with this one as-of date."""
    one = definition.as_of.model_copy(update={"first": as_of, "last": as_of, "test_from": None})
    return definition.model_copy(update={"as_of": one})


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
    now = {
        "definition_sha256": artefacts.model_sha256(definition),
        "sources": assembly.provenance(),
        "households": assembly.households_key(),
    }
    if manifest is None or any(manifest[name] != made for name, made in now.items()):
        return None
    table = read_parts(folder / FEATURES, as_of=as_of)
    row = table.filter(pc.equal(table["entity_id"], entity)).to_pylist()
    return row[0] if row else None

"""One model's rows put together: cohort, features group by group, labels, protected attributes."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features import artefacts, imputation
from features.around_group import AroundGroup, around_columns
from features.cohort import Cohort, household_cohort, source_cohort
from features.feature_parts import GroupColumns
from features.follow import Follower, home_sources
from features.followed import Followed
from features.group_features import events_of, source_columns
from features.group_parts import FilledGroup, SpilledGroup
from features.households import Households, households_folder, read_households
from features.ingest.snapshot import snapshot_manifest
from features.known_rows import KnownRows, known_batches, known_rows
from features.label_maturity import check_maturity, outcomes_known_by
from features.labels import label_rows
from features.linkage.persons import links_folder
from features.point_in_time.partitions import Partitions, entities_in_partition
from features.point_in_time.spill import PartedPairs, Spill
from features.protected_attributes import protected_column
from hearth.catalogue import Catalogue
from hearth.definition import Around, AsOf, FeatureGroup, ModelDefinition
from hearth.errors import StateError
from hearth.feature import Feature
from hearth.progress import Progress
from hearth.source_contract import SourceContract
from hearth.source_use import class_source, needs_residence, place_source


class Assembly:
    """Reads what one model needs of the workspace, and computes its tables from it."""

    def __init__(self, catalogue: Catalogue, state_dir: Path, definition: ModelDefinition) -> None:
        self.definition = definition
        self.features: list[Feature] = catalogue.features(definition.model)
        self._catalogue = catalogue
        self._state_dir = state_dir
        self._needs_households = needs_residence(definition)

    def _provenance(self) -> dict[str, dict[str, str]]:
        """Hashes of the data, contract and links of each source.

        Raises
        ------
        NotFoundError, StateError
            If a source was never ingested, or not since its contract changed.
        """
        found = {}
        for contract in self._sources():
            manifest = snapshot_manifest(self._state_dir, contract.source)
            if manifest["contract_sha256"] != artefacts.model_sha256(contract):
                raise StateError(
                    f"features/sources/{contract.source}.yaml has changed since its source was "
                    "ingested; run `hearth ingest`"
                )
            found[contract.source] = {
                "data_sha256": manifest["data_sha256"],
                "contract_sha256": manifest["contract_sha256"],
            }
            if contract.link is not None:
                links = links_folder(self._state_dir, contract.source)
                found[contract.source]["links_sha256"] = artefacts.need_manifest(
                    links, "run `hearth ingest`"
                )["data_sha256"]
        return found

    def made_from(self) -> dict[str, Any]:
        """Hashes of the definition, of each source and of the households: what the data come from."""
        return {
            "definition_sha256": artefacts.model_sha256(self.definition),
            "sources": self._provenance(),
            "households": self._households_key(),
        }

    def _households_key(self) -> str | None:
        """Key of the households read, or None where the model asks for none."""
        if not self._needs_households:
            return None
        folder = households_folder(self._state_dir)
        return str(artefacts.need_manifest(folder, "run `hearth ingest`")["key"])

    def at(self, as_of: date) -> "Assembly":
        """The same model's assembly at one as-of date only."""
        only = AsOf(first=as_of, last=as_of, every=self.definition.as_of.every)
        definition = self.definition.model_copy(update={"as_of": only})
        return Assembly(self._catalogue, self._state_dir, definition)

    def of_rows(self, kept: npt.NDArray[np.bool_]) -> "Assembly":
        """The same assembly for some of its rows only."""
        part = Assembly(self._catalogue, self._state_dir, self.definition)
        part.cohort = self.cohort.of_rows(kept)
        return part

    @cached_property
    def cohort(self) -> Cohort:
        """Rows of the matrix."""
        households = self._households if self._needs_households else None
        wanted = self.definition.cohort.has_member
        if wanted is not None and households is not None:
            classed = class_source(self.definition, self._catalogue.sources)
            classes = None if classed is None else self._rows(classed)
            return household_cohort(self.definition, wanted, households, classes)
        tested = [condition.column for condition in self.definition.cohort.where]
        source = self._rows(str(self.definition.cohort.source), tested)
        return source_cohort(self.definition, source, households)

    @cached_property
    def partitions(self) -> Partitions:
        """Rows of the matrix in partitions of entities, the same for the same cohort."""
        size = entities_in_partition(len(self.features), len(self.definition.as_of.dates()))
        return Partitions.of(self.cohort.rows["entity_id"], size)

    def group_columns(self, scratch: Path, progress: Progress) -> list[GroupColumns]:
        """What computes each feature group, its source's rows laid out in `scratch` by partition."""
        parted, spilled = dict[int, PartedPairs](), list[SpilledGroup]()
        found: list[GroupColumns] = []
        for place, group in enumerate(self.definition.features):
            pairs, of_rows = self.pairs(place), self._of_rows(group)
            if group.around is not None:
                found.append(self._around(group, group.around, of_rows, pairs))
                continue
            if id(pairs) not in parted:
                parted[id(pairs)] = PartedPairs(Followed.of(pairs), self.partitions)
            spill = Spill(scratch / f"{group.group}.spill", parted[id(pairs)])
            spilled.append(SpilledGroup(group, of_rows, spill))
            found.append(spilled[-1])
        self._spill(spilled, progress)
        return [
            self._filled(columns, group)
            for columns, group in zip(found, self.definition.features, strict=True)
        ]

    def _spill(self, groups: Sequence[SpilledGroup], progress: Progress) -> None:
        """Lay out the rows of all groups; a source that several look at is read once."""
        by_source: dict[tuple[str, date | None], list[SpilledGroup]] = {}
        for one in groups:
            assumed = one.group.assume_known_from
            key = (one.group.source, None if assumed is None else assumed.date)
            by_source.setdefault(key, []).append(one)
        for done, ((source, known_from), alike) in enumerate(by_source.items()):
            progress(f"Read {source}", done, len(by_source))
            contract = self._catalogue.source(source)
            read = [c for one in alike for c in source_columns(one.group, one.features, contract)]
            with ExitStack() as files:
                writers = [(one, files.enter_context(one.spill.writing())) for one in alike]
                for batch in known_batches(
                    contract, self._state_dir, list(dict.fromkeys(read)), assumed_known=known_from
                ):
                    for one, write in writers:
                        write(events_of(one.group, one.features, contract, batch))
        progress("Read", len(by_source), len(by_source))

    def _of_rows(self, group: FeatureGroup) -> list[Feature]:
        """Features of a group that are made of rows; flags of filled values are not."""
        return [f for f in self.features if f.group == group.group and f.flag_of is None]

    @cached_property
    def areas(self) -> pa.Table | None:
        """Pairs of `row` and `key`: the area of each row's home; None where the definition asks for none."""
        area = self.definition.area
        return None if area is None else self._follower.areas(area, "area")

    @property
    def assessor_features(self) -> list[str]:
        """Names of the features of assessor groups, which the matrix holds and no model uses."""
        groups = {group.group for group in self.definition.features if group.assessor}
        return [feature.name for feature in self.features if feature.group in groups]

    def source_of(self, group: FeatureGroup) -> SourceContract:
        """Contract of a group's source."""
        return self._catalogue.source(group.source)

    def around_sources(self, group: FeatureGroup) -> tuple[SourceContract, SourceContract]:
        """Contracts of the rows that a group looks at around homes, and of where homes lie."""
        columns = () if group.around is None else group.around.columns
        homes = place_source(columns, self.definition, self._catalogue.sources)
        if homes is None:
            raise StateError(
                f"no source says where homes lie for {group.group}: run `hearth check`"
            )
        return self.source_of(group), homes

    @property
    def group_sources(self) -> list[SourceContract]:
        """Contracts of the sources of all feature groups, once each."""
        names = dict.fromkeys(group.source for group in self.definition.features)
        return [self._catalogue.source(name) for name in names]

    def pairs(self, place: int) -> pa.Table:
        """Keys that each row follows for the feature group at this place: `row` and `key`."""
        group = self.definition.features[place]
        contract = self._catalogue.source(group.source)
        return self._follower.pairs(group.follow, contract, place=f"features[{place}].follow")

    def _around(
        self, group: FeatureGroup, around: Around, features: list[Feature], pairs: pa.Table
    ) -> GroupColumns:
        rows, homes = self.around_sources(group)
        made = around_columns(
            group,
            around,
            features,
            self.cohort,
            pairs,
            rows_of=rows,
            homes_of=homes,
            state_dir=self._state_dir,
        )
        return AroundGroup(made, self.partitions)

    def _filled(self, columns: GroupColumns, group: FeatureGroup) -> GroupColumns:
        """The group with its missing values filled by its rule, where it has one.

        What fills them is taken over all rows of a date, so the group is computed for that once more.
        """
        filling = group.fill_missing
        if filling is None or not self.partitions.rows:
            return columns
        features = [feature for feature in self.features if feature.group == group.group]
        rows = self.cohort.rows.take(pa.array(self.partitions.order))
        parts = (
            columns.table(self.cohort.rows.take(pa.array(mine)), part)
            for part, mine in enumerate(self.partitions.rows)
        )
        fills = imputation.statistics(pa.concat_tables(parts), features, rows["as_of"], filling)
        return FilledGroup(columns, features, fills)

    @property
    def labels_known_by(self) -> date:
        """Day to which the extract of outcomes reaches."""
        contract = self._catalogue.source(self.definition.label.source)
        return outcomes_known_by(contract, self._state_dir)

    def label_table(self) -> pa.Table:
        """Labels, a row for each of the cohort's; DataError where the extract is not whole for them."""
        label = self.definition.label
        extracted_on = self.labels_known_by
        arm = [] if label.random_arm is None else [label.random_arm.column]
        source = self._rows(label.source, [label.outcome.column, *label.assessor, *arm])
        visits = None
        if label.visited is not None:
            tested = [condition.column for condition in label.visited.where]
            visits = self._rows(label.visited.source, tested)
        labels = label_rows(label, self.cohort, source, visits, extracted_on=extracted_on)
        check_maturity(self.definition, labels, source, extracted_on=extracted_on)
        return labels

    def protected_table(self) -> pa.Table:
        """Protected attributes, a row for each of the cohort's."""
        table = self.cohort.rows
        for i, attribute in enumerate(self.definition.fairness.attributes):
            place = f"fairness.attributes[{i}].assign"
            source = self._rows(attribute.source, [attribute.column])
            column = protected_column(attribute, self.cohort, source, self._follower, place=place)
            table = table.append_column(attribute.name, column)
        return table

    def declared_leaks(self) -> list[dict[str, Any]]:
        """Snapshots taken as known before they were, as the definition declares."""
        return [
            {
                "group": group.group,
                "source": group.source,
                "known_on": str(self._catalogue.source(group.source).known_on),
                "assumed_known_from": str(group.assume_known_from.date),
                "because": group.assume_known_from.because,
            }
            for group in self.definition.features
            if group.assume_known_from is not None
        ]

    def _sources(self) -> list[SourceContract]:
        """Contracts of every source read."""
        catalogue = self._catalogue
        named = catalogue.sources_of(self.definition.model)
        placing = home_sources(self.definition, catalogue.sources)
        return [*named, *(contract for contract in placing if contract not in named)]

    @cached_property
    def _households(self) -> Households:
        return read_households(self._state_dir)

    @cached_property
    def _follower(self) -> Follower:
        return Follower(self.cohort, self.definition, self._catalogue.sources, self._state_dir)

    def _rows(self, source: str, columns: Sequence[str] | None = None) -> KnownRows:
        return known_rows(self._catalogue.source(source), self._state_dir, columns)

"""One model's rows put together: cohort, features group by group, labels, protected attributes."""

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from features import artefacts, imputation
from features.cohort import Cohort, household_cohort, source_cohort
from features.follow import Follower, home_sources
from features.group_features import group_features
from features.households import Households, households_folder, read_households
from features.ingest.snapshot import snapshot_manifest
from features.known_rows import KnownRows, known_rows
from features.labels import label_rows
from features.linkage.persons import links_folder
from features.protected_attributes import protected_column
from hearth.catalogue import Catalogue
from hearth.definition import FeatureGroup, ModelDefinition
from hearth.errors import StateError
from hearth.feature import Feature
from hearth.progress import Progress
from hearth.source_contract import SourceContract
from hearth.source_use import class_source, needs_residence


class Assembly:
    """Reads what one model needs of the workspace, and computes its tables from it."""

    def __init__(self, catalogue: Catalogue, state_dir: Path, definition: ModelDefinition) -> None:
        self.definition = definition
        self.features: list[Feature] = catalogue.features(definition.model)
        self._catalogue = catalogue
        self._state_dir = state_dir
        self._needs_households = needs_residence(definition)

    def provenance(self) -> dict[str, dict[str, str]]:
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

    def households_key(self) -> str | None:
        """Key of the households read, or None where the model asks for none."""
        if not self._needs_households:
            return None
        folder = households_folder(self._state_dir)
        return str(artefacts.need_manifest(folder, "run `hearth ingest`")["key"])

    @cached_property
    def cohort(self) -> Cohort:
        """Rows of the matrix."""
        households = self._households if self._needs_households else None
        wanted = self.definition.cohort.has_member
        if wanted is not None and households is not None:
            classed = class_source(self.definition, self._catalogue.sources)
            classes = None if classed is None else self._rows(classed)
            return household_cohort(self.definition, wanted, households, classes)
        source = self._rows(str(self.definition.cohort.source))
        return source_cohort(self.definition, source, households)

    def feature_table(self, progress: Progress) -> pa.Table:
        """`entity_id`, `as_of` and the features in order, a row for each of the cohort's."""
        table, groups = self.cohort.rows, self.definition.features
        for done, group in enumerate(groups):
            progress(f"Build features of {self.definition.model}", done, len(groups))
            made = self._group_table(group, f"features[{done}].follow")
            for name in made.column_names:
                table = table.append_column(name, made[name])
        progress(f"Build features of {self.definition.model}", len(groups), len(groups))
        return table

    def label_table(self) -> pa.Table:
        """Labels, a row for each of the cohort's."""
        label = self.definition.label
        contract = self._catalogue.source(label.source)
        extracted_on = contract.read.extracted_on or self._last_known_on(contract)
        return label_rows(label, self.cohort, self._rows(label.source), extracted_on=extracted_on)

    def protected_table(self) -> pa.Table:
        """Protected attributes, a row for each of the cohort's."""
        table = self.cohort.rows
        for i, attribute in enumerate(self.definition.fairness.attributes):
            place = f"fairness.attributes[{i}].assign"
            source = self._rows(attribute.source)
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

    def _rows(self, source: str, assumed_known: date | None = None) -> KnownRows:
        return known_rows(
            self._catalogue.source(source), self._state_dir, assumed_known=assumed_known
        )

    def _group_table(self, group: FeatureGroup, place: str) -> pa.Table:
        features = [f for f in self.features if f.group == group.group]
        of_rows = [feature for feature in features if feature.flag_of is None]
        assumed = group.assume_known_from.date if group.assume_known_from else None
        source = self._rows(group.source, assumed)
        pairs = self._follower.pairs(group.follow, source.contract, place=place)
        made = group_features(group, of_rows, self.cohort, source, pairs)
        if group.fill_missing is None:
            return made
        as_of = self.cohort.rows["as_of"]
        fills = imputation.statistics(made, features, as_of, group.fill_missing)
        return imputation.fill(made, features, as_of, fills)

    def _last_known_on(self, contract: SourceContract) -> date:
        last = snapshot_manifest(self._state_dir, contract.source)["last_known_on"]
        return date.fromisoformat(last)

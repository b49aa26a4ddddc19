from datetime import date

import pyarrow as pa
import pytest

from features.cohort import source_cohort
from features.households import SCHEMA, Households
from features.known_rows import known_rows
from hearth.definition import Role
from hearth.errors import DataError

SCHEMES = """kind: spell
about: property
key: uprn
starts_on: begins
ends_on: ends
knowledge_date: announced
end_knowledge_date: end_announced
columns:
  uprn: {type: uprn}
  begins: {type: date}
  ends: {type: date, missing: allowed}
  announced: {type: date}
  end_announced: {type: date, missing: allowed}
"""


@pytest.fixture
def cohort(small_council):
    """Entities by as-of date of the letting model, drawn from one source."""

    def of(source, where=(), households=None):
        small_council.ingest(source)
        catalogue = small_council.catalogue
        definition = catalogue.model("letting")
        drawn = definition.cohort.model_copy(update={"source": source, "where": tuple(where)})
        definition = definition.model_copy(update={"cohort": drawn})
        rows = known_rows(catalogue.source(source), small_council.settings.state_dir)
        return source_cohort(definition, rows, households)

    return of


def _entities(cohort):
    return [(str(row["as_of"]), row["entity_id"]) for row in cohort.rows.to_pylist()]


def test_an_event_brings_its_entity_in_once_it_is_known(cohort, small_council):
    small_council.add("complaints", "c9,200,2021-08-01,2021-09-01,noise,60")
    assert _entities(cohort("complaints")) == [
        ("2021-09-01", "100"),
        ("2022-09-01", "100"),
        ("2022-09-01", "200"),
    ]


def test_the_latest_version_of_an_attribute_decides(cohort, small_council):
    small_council.add("homes", "100,E01,shop,4,2022-01-01")
    where = small_council.catalogue.model("letting").cohort.where
    assert _entities(cohort("homes", where)) == [
        ("2021-09-01", "100"),
        ("2021-09-01", "200"),
        ("2022-09-01", "200"),
    ]


def test_a_spell_counts_while_it_is_in_force(cohort, small_council):
    small_council.contract("schemes", SCHEMES)
    small_council.write(
        "schemes",
        "uprn,begins,ends,announced,end_announced\n"
        "100,2020-01-01,2022-01-01,2019-10-01,2019-10-01\n"
        "200,2020-01-01,2021-08-01,2019-10-01,2021-10-01\n"
        "300,2021-09-01,,2021-06-01,\n",
    )
    assert _entities(cohort("schemes")) == [
        ("2021-09-01", "100"),
        ("2021-09-01", "200"),
        ("2021-09-01", "300"),
        ("2022-09-01", "300"),
    ]


def test_members_of_a_property_are_the_people_living_there(cohort):
    spell = ("ann", "100", date(2022, 1, 1), None, date(2022, 1, 2), None, None)
    rows = [dict(zip(SCHEMA.names, spell, strict=False))]
    made = cohort("homes", households=Households.of(pa.Table.from_pylist(rows, schema=SCHEMA)))
    (pair,) = made.followed[Role.MEMBERS].to_pylist()
    assert pair["key"] == "ann"
    assert made.rows.to_pylist()[pair["row"]] == {"entity_id": "100", "as_of": date(2022, 9, 1)}


def test_a_cohort_of_nobody_is_refused(cohort, small_council):
    small_council.write(
        "visits", "uprn,visited_on,written_on,finding\n100,2023-01-01,2023-01-02,fine\n"
    )
    with pytest.raises(DataError, match=r"models/letting/model.yaml: `cohort` finds nobody"):
        cohort("visits")

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features import artefacts
from features.known_rows import KEY, known_rows
from features.linkage.address_evaluation import evaluate_addresses
from features.linkage.address_matching import LINKED, match_addresses
from features.linkage.address_text import address_keys, standardise_addresses
from features.linkage.addresses import gazetteer_of
from features.linkage.evaluation import LinkageQuality
from features.linkage.persons import links_folder
from features.synthetic.address_mistakes import Written, mistaken, neighbours
from hearth.errors import DefinitionError

NEIGHBOURS = ("no such number", "no such name")
ADDRESSES = Path(__file__).parents[3] / "data/linkage/uk_fhrs_addresses_5k.parquet"
HOMES = """kind: attribute
about: property
key: uprn
knowledge_date: recorded_on
columns:
  uprn: {type: uprn}
  address: {type: string}
  postcode: {type: string}
  lsoa: {type: string}
  use: {type: category, values: [home, shop]}
  rooms: {type: integer, missing: allowed}
  recorded_on: {type: date}
"""
NOISE = """kind: event
about: property
link: {address: place, postcode: postcode}
event_date: heard_on
knowledge_date: heard_on
columns:
  place: {type: string, missing: allowed}
  postcode: {type: string, missing: allowed}
  heard_on: {type: date}
"""
LIST = """uprn,address,postcode,lsoa,use,rooms,recorded_on
100,"Flat 1, 12 Kelp Street, Saltmouth",ZZ1 1AA,E01,home,4,2015-01-01
200,"14 Kelp Street, Saltmouth",ZZ1 1AA,E02,home,3,2015-01-01
300,"16 Kelp Street, Saltmouth",ZZ1 1AA,E02,shop,,2015-01-01
301,"16 Kelp Street, Saltmouth",ZZ1 1AA,E02,home,,2015-01-01
"""
HEARD = """place,postcode,heard_on
"flat 1, 12 KELP STREET, Saltmouth.",zz11aa,2021-01-01
"14 Kelp St, Saltmouth",ZZ1 1AA,2021-01-02
"16 Kelp Street, Saltmouth",ZZ1 1AA,2021-01-03
"18 Kelp Street, Saltmouth",ZZ1 1AA,2021-01-04
,ZZ1 1AA,2021-01-05
"""


@pytest.fixture
def by_address(small_council):
    """The small council, with one table of complaints that knows addresses only."""
    small_council.contract("homes", HOMES)
    small_council.write("homes", LIST)
    small_council.contract("heard", NOISE)
    small_council.write("heard", HEARD)
    return small_council


def test_rows_are_placed_at_the_home_whose_address_they_give(by_address):
    by_address.ingest("homes", "heard")
    state = by_address.settings.state_dir
    rows = known_rows(by_address.catalogue.source("heard"), state).table
    assert rows[KEY].to_pylist() == ["100", "200"]
    manifest = artefacts.need_manifest(links_folder(state, "heard"), "")
    counted = {outcome: n for outcome, n in manifest["outcomes"].items() if n}
    assert (manifest["rows"], manifest["rows_without_address"], manifest["linked"]) == (5, 1, 2)
    assert counted["same text"] == counted["matched"] == counted["several with the text"] == 1
    by_address.ingest("heard")  # nothing changed, so the links stand
    assert artefacts.need_manifest(links_folder(state, "heard"), "") == manifest


def test_there_is_one_list_of_addresses(by_address):
    sources = by_address.catalogue.sources
    assert gazetteer_of(sources).source == "homes"
    del sources["homes"]
    with pytest.raises(DefinitionError, match="lists addresses in: none"):
        gazetteer_of(sources)


@pytest.mark.slow
def test_real_addresses_are_found_despite_mistakes_and_their_neighbours_are_not():
    meant = _addresses(400)
    asked = [*mistaken(meant, seed=3), *list(neighbours(meant, seed=4))[:60]]
    listed, texts = _texts(meant), _texts(asked)
    outcomes = match_addresses(texts.select(["address_key", "address", "postcode"]), listed)
    found = {row["address_key"]: row for row in outcomes.to_pylist()}
    judged = Counter(
        (one.mistake in NEIGHBOURS, found[key]["uprn"] == one.meant)
        for one, key in zip(asked, texts["address_key"].to_pylist(), strict=True)
        if found[key]["outcome"] in LINKED
    )
    assert judged[False, True] / (judged[False, True] + judged[False, False]) >= 0.99
    assert judged[False, True] / len(meant) >= 0.93
    assert judged[True, False] <= 1


def _addresses(count: int) -> list[Written]:
    """Different addresses of the list, each in its place."""
    with pq.ParquetFile(ADDRESSES) as file:
        table = file.read(["unique_id", "address_concat", "postcode"])
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    every = [Written(one, text, postcode, one, "") for one, text, postcode in rows]
    keys = _texts(every)["address_key"].to_pylist()
    return list(dict(zip(keys, every, strict=True)).values())[:count]


def _texts(written: list[Written]) -> pa.Table:
    """Standardised addresses with their keys, and the reference of each as `uprn`."""
    columns = (
        pa.chunked_array([pa.array([getattr(one, name) for one in written], pa.string())])
        for name in ("address", "postcode")
    )
    standard = standardise_addresses(*columns)
    keyed = standard.append_column("address_key", address_keys(standard))
    return keyed.append_column("uprn", pa.array([one.reference for one in written]))


def test_links_of_addresses_are_judged_by_group():
    links = pa.table({"address_key": ["a", "b", "d"], "uprn": ["1", "9", "4"]})
    truth = pa.table(
        {
            "address_key": ["a", "b", "c", "d"],
            "uprn": ["1", "2", "3", None],
            "group": ["north", "north", "south", "south"],
        }
    )
    found = evaluate_addresses(links, truth)
    assert found["north"] == LinkageQuality(found=2, right=1, true=2)
    assert found["south"] == LinkageQuality(found=1, right=0, true=1)
    assert found["everybody"] == LinkageQuality(found=3, right=1, true=3)

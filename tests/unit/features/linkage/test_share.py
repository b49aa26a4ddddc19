"""What share of a source is linked, and what happens where it is too little."""

import pytest

from features.linkage.commands import share_linked
from features.linkage.persons import links_folder, read_links
from hearth.errors import DataError

NAMES = [f"{a}{b}" for a in ("Ada", "Bert", "Cleo", "Dora", "Egon") for b in ("lin", "mar", "nou")]
PEOPLE = [(f"{name}a", f"{name[::-1].title()}sen", n) for n, name in enumerate(NAMES * 2)]
HEADER = "pupil,forename,surname,born,postcode,missed_on,hours\n"


@pytest.fixture
def pupils(small_council):
    """The small council with thirty pupils more, each in its list and in the school's."""
    small_council.add(
        "residents",
        *(
            f"q{n},{first},{last},2012-{n % 12 + 1:02d}-{n % 28 + 1:02d},ZZ{n} 4AA,300,2015-01-01,,2015-02-01,"
            for first, last, n in PEOPLE
        ),
    )
    small_council.write("absence", HEADER + _pupils(swapped=0))
    return small_council


def test_it_is_told_how_many_are_linked_and_were_before(pupils):
    pupils.ingest("residents", "absence")
    assert _told(pupils) == "30 of 30 persons linked"
    pupils.write("absence", HEADER + _pupils(swapped=10))
    pupils.ingest("absence")
    assert _told(pupils) == "20 of 30 persons linked (30 of 30 before)"


def test_too_few_links_stop_the_ingest_and_leave_those_of_before(pupils):
    pupils.ingest("residents", "absence")
    before = read_links(pupils.settings.state_dir, "absence")
    pupils.write("absence", HEADER + _pupils(swapped=20))
    with pytest.raises(DataError, match="link_at_least` is 50%, and links of 33% were found"):
        pupils.ingest("absence")
    assert read_links(pupils.settings.state_dir, "absence").equals(before)
    refused = "10 of 30 persons linked: too few, the links of before stay (30 of 30)"
    assert _told(pupils) == refused


def test_links_refused_are_forgotten_once_the_extract_of_before_is_back(pupils):
    pupils.ingest("residents", "absence")
    pupils.write("absence", HEADER + _pupils(swapped=20))
    with pytest.raises(DataError, match="too few"):
        pupils.ingest("absence")
    pupils.write("absence", HEADER + _pupils(swapped=0))
    pupils.ingest("absence")
    assert _told(pupils) == "30 of 30 persons linked"


def test_a_contract_may_ask_for_fewer_links(pupils):
    text = (pupils.root / "features/sources/absence.yaml").read_text()
    path = pupils.root / "features/sources/absence.yaml"
    path.write_text(text + "quality: {link_at_least: 30%}\n")
    pupils.write("absence", HEADER + _pupils(swapped=20))
    pupils.ingest("residents", "absence")
    assert _told(pupils) == "10 of 30 persons linked"


def test_a_first_linking_with_too_few_leaves_no_links(pupils):
    pupils.write("absence", HEADER + _pupils(swapped=20))
    with pytest.raises(DataError, match="too few, so none is kept"):
        pupils.ingest("residents", "absence")
    folder = links_folder(pupils.settings.state_dir, "absence")
    assert [path.name for path in folder.iterdir()] == ["refused.json"]


def test_links_of_another_source_are_made_where_one_extract_is_refused(pupils):
    pupils.write("profiles", "not,what,it,was\n")
    with pytest.raises(DataError, match="profiles"):
        pupils.ingest("residents", "absence", "profiles")
    assert _told(pupils) == "30 of 30 persons linked"


def test_addresses_are_judged_alike(small_council):
    small_council.contract("homes", HOMES)
    streets = [f"{n} Kelp Street, Saltmouth" for n in range(1, 31)]
    rows = (f'{n + 1},"{street}",ZZ1 1AA,E01,3,home,2015-01-01' for n, street in enumerate(streets))
    small_council.write(
        "homes", "uprn,address,postcode,lsoa,rooms,use,recorded_on\n" + "\n".join(rows)
    )
    small_council.contract("heard", HEARD)
    heard = (f'"{street}",2021-01-01' for street in (f"The Tern {n}, Upway" for n in range(30)))
    small_council.write("heard", "place,heard_on\n" + "\n".join(heard))
    with pytest.raises(DataError, match="links of 0% were found: 0 of 30 addresses linked"):
        small_council.ingest("homes", "heard")


HOMES = """kind: attribute
about: property
key: uprn
knowledge_date: recorded_on
columns:
  uprn: {type: uprn}
  address: {type: string}
  postcode: {type: string}
  lsoa: {type: string}
  rooms: {type: integer}
  use: {type: category, values: [home, shop]}
  recorded_on: {type: date}
"""
HEARD = """kind: event
about: property
link: {address: place}
event_date: heard_on
knowledge_date: heard_on
columns:
  place: {type: string}
  heard_on: {type: date}
"""


def _pupils(*, swapped: int) -> str:
    """A row of every pupil, the last `swapped` of them as other people."""
    return "".join(
        f"s{n},{first},{last},2012-{n % 12 + 1:02d}-{n % 28 + 1:02d},ZZ{n} 4AA,2021-05-04,2\n"
        if n < len(PEOPLE) - swapped
        else f"s{n},Xu{n}vo,Yq{n}re,1931-02-03,QQ{n} 9QQ,2021-05-04,2\n"
        for first, last, n in PEOPLE
    )


def _told(council) -> str:
    share = share_linked(council.catalogue.source("absence"), council.settings.state_dir)
    return share.in_words()

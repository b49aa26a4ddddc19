import pyarrow as pa
import pytest

from features.linkage.address_rules import numbers_agree, words_agree
from features.linkage.address_text import address_keys, standardise_addresses


def _standard(address: str | None, postcode: str | None = None) -> tuple[str | None, str | None]:
    columns = (pa.chunked_array([pa.array([text], pa.string())]) for text in (address, postcode))
    (row,) = standardise_addresses(*columns).to_pylist()
    return row["address"], row["postcode"]


@pytest.mark.parametrize(
    ("address", "postcode", "standard"),
    [
        ("Flat 2, 14 High St.", "zz1  1aa", ("FLAT 2 14 HIGH ST", "ZZ11AA")),
        ("14 High St, ZZ1 1AA", None, ("14 HIGH ST", "ZZ11AA")),
        ("14 High St ZZ11AA", "not known", ("14 HIGH ST", "ZZ11AA")),
        ("St. Mary's  Café", None, ("ST MARYS CAFE", None)),
        ("10 - 12 Stoke-on-Sea", None, ("10-12 STOKE ON SEA", None)),
        (" , ", None, (None, None)),
        (None, "ZZ1 1AA", (None, "ZZ11AA")),
    ],
)
def test_one_address_has_one_text(address, postcode, standard):
    assert _standard(address, postcode) == standard


def test_an_address_without_postcode_has_another_key_than_with_it():
    columns = [
        pa.chunked_array([pa.array(values, pa.string())])
        for values in (["1 A St", "1 a st.", "1 A St", None], ["ZZ1 1AA", "zz11aa", None, None])
    ]
    one, same, bare, nothing = address_keys(standardise_addresses(*columns)).to_pylist()
    assert one == same
    assert bare not in {None, one}
    assert nothing is None


@pytest.mark.parametrize(
    ("written", "held", "agree"),
    [
        ("12 HIGH STREET", "12 HIGH STREET", True),
        ("14 HIGH STREET", "12 HIGH STREET", False),
        ("12 HIGH STREET", "FLAT 2 12 HIGH STREET", False),
        ("FLAT 2 12 HIGH STREET", "12 HIGH STREET", False),
        ("68 A HIGH STREET", "68A HIGH STREET", True),
        ("68 HIGH STREET", "68A HIGH STREET", False),
        ("12 N STREET", "12 NORTH STREET", True),
        ("10 TO 12 HIGH STREET", "10-12 HIGH STREET", True),
        ("UNIT 02 MILL LANE", "UNIT 2 MILL LANE", True),
        ("THE BELL HIGH STREET", "THE BELL 5 HIGH STREET", True),
    ],
)
def test_one_home_has_one_set_of_numbers(written, held, agree):
    assert numbers_agree(written, held) is agree


@pytest.mark.parametrize(
    ("written", "held", "agree"),
    [
        ("ROSE COTTAGE THE STREET", "IVY HOUSE THE STREET", False),
        ("ROSE COTTAGE THE STREET", "ROSE COTTAGE THE STREET ACLE NORWICH", True),
        ("TASTY BITES ROSE COTTAGE THE STREET", "ROSE COTTAGE THE STREET", True),
        ("ROSE COTAGE MILL RD", "ROSE COTTAGE MILL ROAD", True),
    ],
)
def test_two_house_names_are_two_houses(written, held, agree):
    assert words_agree(written, held) is agree

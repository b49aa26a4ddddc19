import pytest

from hearth.digest import canonical_json, sha256_of


def test_json_is_written_one_way():
    assert (
        canonical_json({"b": [1, 0.5, None], "a": "Zoë"}) == '{"a":"Zoë","b":[1,0.5,null]}'.encode()
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"bytes"])
def test_what_json_cannot_say_is_refused(value):
    with pytest.raises((TypeError, ValueError)):
        canonical_json(value)


def test_a_digest_is_the_published_one():
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # FIPS 180-4 example
    assert sha256_of(b"") == empty

"""Addresses and postcodes in one spelling, so that one address has one text."""

import hashlib

import pyarrow as pa
import pyarrow.compute as pc

_POSTCODE = r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}"  # outward and inward code, BS 7666
_AT_END = rf"(?:^| )(?P<found>{_POSTCODE})$"
_REWRITINGS = (
    (r"\p{M}+", ""),  # accents, once they stand apart from their letters
    (r"['’`]", ""),  # an apostrophe joins, any other mark parts
    (r"\b(?:NONE|NULL|N/A)\b", " "),
    (r"([0-9][A-Z]?) *[-–] *([0-9])", r"\1~\2"),  # a hyphen keeps its meaning between numbers only
    (r"[^A-Z0-9/&~]+", " "),
    ("~", "-"),
    (r"^ +| +$", ""),
)


def standardise_addresses(
    addresses: pa.ChunkedArray, postcodes: pa.ChunkedArray | None
) -> pa.Table:
    """Address and postcode of each row in one spelling.

    Parameters
    ----------
    addresses
        Addresses as written, (rows,) string.
    postcodes
        Their postcodes, (rows,) string; where one is missing or no postcode, or for all if None,
        it is what the address ends in.

    Returns
    -------
    Table
        `address` in capitals, without the postcode, and `postcode` in capitals without its space,
        (rows,) string; null where nothing is left.
    """
    texts = pc.utf8_upper(pc.utf8_normalize(addresses, form="NFKD"))
    for pattern, put in _REWRITINGS:
        texts = pc.replace_substring_regex(texts, pattern, put)
    ends_in = pc.struct_field(pc.extract_regex(texts, _AT_END), "found")
    texts = pc.replace_substring_regex(texts, _AT_END, "")
    given = pa.nulls(len(texts), pa.string()) if postcodes is None else postcodes
    postcode = pc.coalesce(_postcode(given), _postcode(ends_in))
    columns = {
        "address": pc.if_else(pc.equal(texts, ""), None, texts),
        "postcode": pc.cast(postcode, pa.string()),
    }
    return pa.table(columns)


def address_keys(standard: pa.Table) -> pa.ChunkedArray:
    """Hash of each standardised address with its postcode, (rows,) string; null where there is none."""
    texts = pc.binary_join_element_wise(
        standard["address"], pc.fill_null(standard["postcode"], ""), "|"
    )
    coded = pc.dictionary_encode(texts.combine_chunks())
    hashed = [
        None if text is None else hashlib.sha256(text.encode()).hexdigest()[:32]
        for text in coded.dictionary.to_pylist()
    ]
    return pa.chunked_array([pa.array(hashed, pa.string()).take(coded.indices)])


def _postcode(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    joined = pc.replace_substring_regex(pc.utf8_upper(texts), r"[^A-Z0-9]", "")
    fits = pc.match_substring_regex(joined, rf"^{_POSTCODE}$")
    return pc.if_else(fits, joined, None)

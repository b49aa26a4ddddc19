"""How right the links of addresses are, where the truth is known, by kind of address or area."""

from collections import Counter
from collections.abc import Mapping
from itertools import product

import pyarrow as pa

from features.linkage.evaluation import EVERYBODY, LinkageQuality


def evaluate_addresses(links: pa.Table, truth: pa.Table) -> Mapping[str, LinkageQuality]:
    """Quality of the links of each group of addresses, and of all (`everybody`).

    Parameters
    ----------
    links
        `address_key` and `uprn`, one row per linked address.
    truth
        `address_key`, `uprn` (null where the gazetteer does not have the address: to link it is
        wrong) and `group`, such as an area or a kind of mistake; one row per address.
    """
    found = dict(zip(*(links[name].to_pylist() for name in ("address_key", "uprn")), strict=True))
    names = ("address_key", "uprn", "group")
    count: Counter[tuple[str, str]] = Counter()
    for key, uprn, group in zip(*(truth[name].to_pylist() for name in names), strict=True):
        told = {
            "found": key in found,
            "right": found.get(key, "") == uprn,
            "true": uprn is not None,
        }
        for name, of in product(told, (group, EVERYBODY)):
            count[of, name] += told[name]
    return {
        group: LinkageQuality(*(count[group, name] for name in ("found", "right", "true")))
        for group in sorted({group for group, _ in count})
    }

"""Attributes as they stood: versions, and spells in force."""

from specs.spec import Spec, Topic

ROOMS = """
key | known      | rooms | tenure
a   | 2020-01-01 | 3     | owned
a   | 2021-01-01 | 4     | rented
a   | 2022-01-01 | -     | rented
b   | 2021-06-01 | 2     | owned
"""
LICENCES = """
key | starts     | ends       | known      | end_known  | kind
a   | 2021-01-01 | 2022-01-01 | 2021-01-10 | 2022-02-01 | small
a   | 2022-03-01 | -          | 2022-03-05 | -          | large
"""
TOPIC = Topic(
    "Attributes as they stood",
    """
A group of `attributes` takes the values of the latest version known before the as-of date; of spells,
those of the spell in force. A spell covers its first day, and not the day it ends.
""",
    (
        Spec(
            "Each as-of date has the version known before it",
            ROOMS,
            "attributes: [rooms, tenure]",
            """
            entity | as_of      | rooms | tenure
            a      | 2020-01-01 | -     | -
            a      | 2020-01-02 | 3     | owned
            a      | 2021-01-01 | 3     | owned
            a      | 2021-06-01 | 4     | rented
            c      | 2022-06-01 | -     | -
            """,
        ),
        Spec(
            "A value that is missing in the latest version is missing",
            ROOMS,
            "attributes: [rooms, tenure]",
            """
            entity | as_of      | rooms | tenure
            a      | 2022-06-01 | -     | rented
            """,
        ),
        Spec(
            "Of several people the latest version of any counts",
            ROOMS,
            "attributes: [rooms]",
            """
            entity | as_of      | follows | rooms
            home   | 2021-03-01 | a b     | 4
            home   | 2021-12-01 | a b     | 2
            """,
        ),
        Spec(
            "A spell is in force from its first day, once known, to the day before it ends",
            LICENCES,
            "attributes: [kind]",
            """
            entity | as_of      | kind
            a      | 2021-01-10 | -
            a      | 2021-01-11 | small
            a      | 2021-12-31 | small
            a      | 2022-03-06 | large
            """,
        ),
        Spec(
            "A spell whose end is not known yet is still in force",
            LICENCES,
            "attributes: [kind]",
            """
            entity | as_of      | kind
            a      | 2022-01-15 | small
            a      | 2022-02-01 | small
            a      | 2022-02-02 | -
            """,
            note="It ended on 1 January 2022, and the council learned of it on 1 February.",
        ),
        Spec(
            "Of several spells in force the one that began last stands",
            """
            key | starts     | ends | known      | end_known | kind
            a   | 2020-01-01 | -    | 2020-01-01 | -         | small
            a   | 2021-01-01 | -    | 2021-01-01 | -         | large
            """,
            "attributes: [kind]",
            """
            entity | as_of      | kind
            a      | 2020-06-01 | small
            a      | 2021-06-01 | large
            """,
        ),
    ),
)

"""Protected attributes of the cohort, in a table of their own, joined for assessment only."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features import artefacts
from features.cohort import Cohort
from features.follow import Follower
from features.followed import Followed
from features.group_features import latest_version
from features.known_rows import KnownRows
from hearth.definition import ProtectedAttribute, Role
from hearth.settings import Settings

PROTECTED = "protected.parquet"
NOT_RECORDED, YES, NO = "not recorded", "yes", "no"
SEVERAL = "more than one"
"""Group of a household whose members are of different groups."""


def read_protected(settings: Settings, model: str) -> pa.Table:
    """Protected attributes of a model's rows: `entity_id`, `as_of`, and a string column for each."""
    folder = settings.state_dir / "matrices" / model
    artefacts.need_manifest(folder, f"run `hearth build {model}`")
    return artefacts.read_table(folder / PROTECTED)


def protected_column(
    attribute: ProtectedAttribute,
    cohort: Cohort,
    source: KnownRows,
    follower: Follower,
    *,
    place: str,
) -> pa.Array:
    """Group of each row of the cohort by one attribute, (rows,) string.

    A household is in a group if all its people whose group is held are; of yes and no, if any is.
    Who lives in it is as known at the as-of date; what is known of them is as held at the
    extract, because an assessment looks back and wants the fullest record.
    """
    role = _role(attribute, cohort)
    pairs = follower.pairs(role, source.contract, place=place)
    followed = Followed.of(pairs)
    held = _words(_held(source, followed, attribute.column))
    encoded = held.combine_chunks().dictionary_encode()
    words = encoded.dictionary.take(pc.sort_indices(encoded.dictionary))
    rank = np.asarray(pc.fill_null(pc.index_in(held, value_set=words), -1), dtype=np.int64)
    group = rank[followed.code]
    told = group >= 0
    least = np.full(len(cohort.rows), len(words), dtype=np.int64)
    greatest = np.full(len(cohort.rows), -1, dtype=np.int64)
    np.minimum.at(least, followed.row[told], group[told])
    np.maximum.at(greatest, followed.row[told], group[told])
    named = pa.concat_arrays([words, pa.array([SEVERAL, NOT_RECORDED])])
    is_settled = (least == greatest) | (greatest == pc.index(words, YES).as_py())
    chosen = np.where(is_settled, greatest, len(words))
    return named.take(pa.array(np.where(greatest < 0, len(words) + 1, chosen)))


def _held(source: KnownRows, followed: Followed, column: str) -> pa.ChunkedArray:
    """Latest value of each followed key, (keys,); null where none is held."""
    size = len(followed.keys)
    whenever = pa.table({"as_of": pa.repeat(pa.scalar(date.max), size)})
    own = Followed(followed.keys, *2 * [np.arange(size, dtype=np.int32)])
    known = KnownRows(source.contract, source.table.filter(pc.is_valid(source.table[column])))
    place = latest_version(whenever, known, own)
    return known.table[column].take(pa.array(place, mask=place < 0))


def _role(attribute: ProtectedAttribute, cohort: Cohort) -> Role:
    """Whom the attribute is read of."""
    if attribute.assign == "any_member":
        return Role.MEMBERS
    if attribute.assign == "named_person":
        return Role.CHILD if Role.CHILD in cohort.followed else Role.PERSON
    return Role.ADDRESS


def _words(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Values as the names of groups: yes and no, whole numbers, or the words themselves."""
    if pa.types.is_boolean(values.type):
        return pc.if_else(values, YES, NO)
    return pc.cast(values, pa.string())

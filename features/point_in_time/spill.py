"""Events split by partition on disk: a source streams through once, however large it is."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.followed import Followed
from features.point_in_time.events import KEY, Codes, Ints, sorted_by_code
from features.point_in_time.partitions import Partitions


class Vocabulary:
    """Words met so far, each with a code; a column of words becomes one of codes."""

    def __init__(self) -> None:
        self.words: pa.Array = pa.array([], pa.string())

    def codes(self, column: pa.ChunkedArray) -> pa.Array:
        """Code of each word, null where it is missing."""
        encoded = column.combine_chunks()
        if not pa.types.is_dictionary(encoded.type):
            encoded = encoded.dictionary_encode()
        met = pc.cast(encoded.dictionary, pa.string())
        new = met.filter(pc.invert(pc.is_in(met, value_set=self.words)))
        if len(new):
            self.words = pa.concat_arrays([self.words, new])
        return pc.index_in(met, value_set=self.words).take(encoded.indices)


class PartedPairs:
    """Pairs of a row and a key it follows, by partition; one for all sources followed alike.

    Attributes
    ----------
    keys
        The different keys of all partitions.
    keys_of
        Codes of the keys that each partition's rows follow, ascending.
    pairs_of
        Pairs of each partition, `row` and `key`, both counted from the partition's first.
    """

    def __init__(self, followed: Followed, partitions: Partitions) -> None:
        self.keys = followed.keys
        self.keys_of: list[Codes] = []
        self.pairs_of: list[pa.Table] = []
        local_row = np.empty(len(partitions.of_row), dtype=np.int32)
        start, place = sorted_by_code(partitions.of_row[followed.row], len(partitions.rows))
        for part, rows in enumerate(partitions.rows):
            local_row[rows] = np.arange(len(rows), dtype=np.int32)
            mine = place[start[part] : start[part + 1]]
            keys, key = self._local(followed.code[mine])
            self.keys_of.append(keys)
            self.pairs_of.append(pa.table({"row": local_row[followed.row[mine]], KEY: key}))

    def local_keys(self, part: int, code: Codes) -> Codes:
        """Keys of a partition counted from its first, by their codes."""
        local = np.empty(len(self.keys), dtype=np.int32)
        local[self.keys_of[part]] = np.arange(len(self.keys_of[part]), dtype=np.int32)
        return local[code]

    def _local(self, code: Codes) -> tuple[Codes, Codes]:
        """Different codes, ascending, and each code's place among them."""
        is_used = np.zeros(len(self.keys), dtype=bool)
        is_used[code] = True
        used = np.flatnonzero(is_used).astype(np.int32)
        local = np.empty(len(self.keys), dtype=np.int32)
        local[used] = np.arange(len(used), dtype=np.int32)
        return used, local[code]

    def partitions_of_keys(self) -> tuple[Ints, Codes]:
        """Where the partitions of each key begin, and the partitions."""
        lengths = [len(keys) for keys in self.keys_of]
        part = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        key = np.concatenate([*self.keys_of, np.zeros(0, dtype=np.int32)])
        start, place = sorted_by_code(key, len(self.keys))
        return start, part[place]


class Spill:
    """Events of one source by partition, in one file of record batches.

    An event of a key that rows of several partitions follow stands in each of them.
    """

    def __init__(self, path: Path, parted: PartedPairs) -> None:
        self._path = path
        self._parted = parted
        self._where: list[list[tuple[int, int]]] = [[] for _ in parted.keys_of]
        self._vocabularies: dict[str, Vocabulary] = {}
        self._schema: pa.Schema | None = None

    def write(self, batches: Iterable[pa.Table]) -> None:
        """Split the events of a source, given a batch at a time; column `key` holds its own keys."""
        with self.writing() as add:
            for batch in batches:
                add(batch)

    @contextmanager
    def writing(self) -> Iterator[Callable[[pa.Table], None]]:
        """What splits one batch after the other, as `write` does."""
        start, part = self._parted.partitions_of_keys()
        keys = self._parted.keys
        with self._path.open("wb") as file:

            def add(batch: pa.Table) -> None:
                code = pc.index_in(pc.cast(batch[KEY], keys.type), value_set=keys)
                place = batch.schema.get_field_index(KEY)
                kept = batch.set_column(place, KEY, code).filter(pc.is_valid(code))
                encoded = self._encoded(kept).combine_chunks()
                self._schema = encoded.schema
                self._split(file, encoded, start, part)

            yield add

    def events(self, part: int) -> pa.Table:
        """Events of one partition, their keys counted from the partition's first."""
        if self._schema is None:
            raise ValueError("nothing was written")
        with self._path.open("rb") as file:
            found = [self._read(file, *where) for where in self._where[part]]
        table = pa.Table.from_batches(found, schema=self._schema)
        local = self._parted.local_keys(part, np.asarray(table[KEY]))
        table = table.set_column(table.schema.get_field_index(KEY), KEY, pa.array(local))
        for name, vocabulary in self._vocabularies.items():
            place = table.schema.get_field_index(name)
            codes = table[name].combine_chunks()
            words = pa.DictionaryArray.from_arrays(codes, vocabulary.words)
            table = table.set_column(place, name, words)
        return table

    def pairs(self, part: int) -> pa.Table:
        """Pairs of `row` and `key` of one partition, both counted from the partition's first."""
        return self._parted.pairs_of[part]

    def _encoded(self, batch: pa.Table) -> pa.Table:
        """The batch with codes for words."""
        for place, field in enumerate(batch.schema):
            kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
            if pa.types.is_string(kind):
                vocabulary = self._vocabularies.setdefault(field.name, Vocabulary())
                codes = vocabulary.codes(batch[field.name])
                batch = batch.set_column(place, field.name, codes)
        return batch

    def _split(self, file: BinaryIO, batch: pa.Table, start: Ints, part: Codes) -> None:
        """Append the events of each partition as a batch of its own, and note where it lies."""
        code = np.asarray(batch[KEY], dtype=np.int64)
        lengths = start[code + 1] - start[code]
        if np.all(lengths == 1):
            event, own = None, part[start[code]]
        else:
            event = np.repeat(np.arange(len(code)), lengths)
            before = np.repeat(start[code] - (np.cumsum(lengths) - lengths), lengths)
            own = part[np.arange(len(event)) + before]
        begins, order = sorted_by_code(own, len(self._where))
        taken = batch.take(pa.array(order if event is None else event[order])).combine_chunks()
        (whole,) = taken.to_batches() or [None]
        for at in np.flatnonzero(np.diff(begins)):
            piece = whole.slice(int(begins[at]), int(begins[at + 1] - begins[at]))
            message = piece.serialize()
            self._where[at].append((file.tell(), message.size))
            file.write(message)

    def _read(self, file: BinaryIO, offset: int, size: int) -> pa.RecordBatch:
        file.seek(offset)
        return pa.ipc.read_record_batch(pa.py_buffer(file.read(size)), self._schema)

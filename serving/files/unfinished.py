"""A file being written: its finished parts beside it, so that a run that was killed goes on from them."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from hearth.private_files import make_private_file, make_private_folder
from serving.files.tables import Columns, join_tables, write_table

_STATE = "state.json"


class _State(msgspec.Struct, frozen=True):
    """What the parts are of: the key of everything they rest on, and the rows there are in all."""

    key: str
    rows: int


class UnfinishedFile:
    """Parts of a file in a folder beside it, in their order; a part is whole or not there.

    Parts of another key, as of another input or another version of a model, are never gone on from.
    """

    def __init__(self, target: Path, key: str) -> None:
        self._target, self._key = target, key
        self._folder = target.with_name(f".partial-{target.name}")

    def rows(self) -> int | None:
        """Rows that the file will hold, if an earlier run of the same key found them fit."""
        try:
            state = msgspec.json.decode((self._folder / _STATE).read_bytes(), type=_State)
        except (OSError, msgspec.MsgspecError):
            return None
        return state.rows if state.key == self._key else None

    def begin(self, rows: int) -> None:
        """Clear what another run left, and note what the parts will be of."""
        self.remove()
        make_private_folder(self._folder)
        state = msgspec.json.encode(_State(self._key, rows))
        _write_whole(self._folder / _STATE, lambda file: file.write_bytes(state))

    def parts(self) -> list[Path]:
        """Parts that are whole, in their order."""
        return list(self._whole())

    def add(self, columns: Columns) -> None:
        """One part more, durable on return."""
        number = len(self.parts())
        _write_whole(
            self._part(number), lambda file: write_table(file, columns, header=number == 0)
        )

    def join(self) -> Path:
        """All parts as one file, aside until it may have its name."""
        whole = self._folder / f"whole{self._target.suffix}"
        _write_whole(whole, lambda file: join_tables(file, self.parts()))
        return whole

    def remove(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _whole(self) -> Iterator[Path]:
        number = 0
        while (part := self._part(number)).exists():
            yield part
            number += 1

    def _part(self, number: int) -> Path:
        return self._folder / f"part-{number:06}{self._target.suffix}"


def _write_whole(file: Path, write: Callable[[Path], object]) -> None:
    """A file that has its name only once all of it is on the disk."""
    aside = file.with_name(f"aside-{file.name}")
    make_private_file(aside)
    write(aside)
    with aside.open("rb+") as opened:
        os.fsync(opened.fileno())
    aside.replace(file)

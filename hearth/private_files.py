"""Folders and files that nobody but their owner may open: what is in them is about people."""

from pathlib import Path

_FOLDER, _FILE = 0o700, 0o600


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing; one that is there stays as it is."""
    if not folder.is_dir():
        make_private_folder(folder.parent)
        folder.mkdir(mode=_FOLDER, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Make an empty file, for another program to fill; one that is there stays as it is."""
    if not path.exists():
        make_private_folder(path.parent)
        path.touch(mode=_FILE, exist_ok=True)


def keep_private(folder: Path) -> None:
    """Take a folder, and all that is in it, from everybody but the owner."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(_FOLDER if path.is_dir() else _FILE)

"""The archive of an evidence pack: a zip file that the same members always make, byte for byte.

Nothing is compressed, so no member can be larger than the file; every header is written the same
way, so that a byte altered anywhere, in a member or between members, is seen and named.
"""

import io
import re
import zipfile
from collections.abc import Mapping

from hearth.errors import EvidenceError, Fault

MOST_BYTES = 512 * 1024 * 1024
"""Of a pack: reports and records of one version are some megabytes."""

MOST_MEMBERS = 5_000
STRUCTURE = "the archive itself"
"""How a fault names what lies between members: headers, the directory, bytes after the end."""

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
"""A member's path: no way up or out, and nothing that a terminal or another system would misread."""

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment a zip file can say
_UNIX, _READABLE = 3, 0o100644 << 16
_REMEDY = "have the pack made anew, and brought to you on a way nobody alters it"


def write_archive(members: Mapping[str, bytes]) -> bytes:
    """The archive of these members, in the order of their names; ValueError if one is not plain."""
    if not all(map(_PLAIN.fullmatch, members)):
        raise ValueError(
            "a member of a pack has letters, digits and `._-` in its path, and nothing else"
        )
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            archive.writestr(entry, members[name])
    return whole.getvalue()


def read_archive(content: bytes, file: str) -> dict[str, bytes]:
    """Members of an archive by name; nothing is unpacked to the disk.

    Parameters
    ----------
    content
        Bytes of the file.
    file
        What faults call it.

    Raises
    ------
    EvidenceError
        If it is no archive as `write_archive` makes them: too large, compressed, with names that
        lead elsewhere or stand twice, or with a byte altered; each fault names where.
    """
    if len(content) > MOST_BYTES:
        raise _error(file, STRUCTURE, f"has more than {MOST_BYTES} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = _members(archive, len(content), file)
    except EvidenceError:
        raise
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, RuntimeError):
        # zipfile tells of a damaged file in all of these ways
        raise _error(file, STRUCTURE, "cannot be read as an archive") from None
    _check_nothing_between(content, members, file)
    return members


def _members(archive: zipfile.ZipFile, size: int, file: str) -> dict[str, bytes]:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(names) > MOST_MEMBERS:
        raise _error(file, STRUCTURE, f"has more than {MOST_MEMBERS} members")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _error(file, twice[0], "stands in the archive twice")
    for entry in entries:
        if not _PLAIN.fullmatch(entry.filename):
            raise _error(
                file, STRUCTURE, "has a member whose name no pack gives, or leads out of it"
            )
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
            raise _error(file, entry.filename, "is compressed, which no pack is")
    if sum(entry.file_size for entry in entries) > size:
        raise _error(file, STRUCTURE, "says its members are larger than the whole file")
    return {entry.filename: _content(archive, entry, file) for entry in entries}


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str) -> bytes:
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, EOFError, ValueError, OSError, NotImplementedError, RuntimeError):
        raise _error(file, entry.filename, "was altered") from None


def _check_nothing_between(content: bytes, members: Mapping[str, bytes], file: str) -> None:
    """Refuse an archive that these members would not make: a byte of a header altered, or one added."""
    expected = write_archive(members)
    if expected == content:
        return
    pairs = zip(expected, content, strict=False)
    at = next(
        (place for place, (one, other) in enumerate(pairs) if one != other),
        min(len(expected), len(content)),
    )
    raise _error(file, STRUCTURE, f"was altered at byte {at}, outside of its members")


def _error(file: str, place: str, found: str) -> EvidenceError:
    return EvidenceError([Fault(file, place, found, _REMEDY)])

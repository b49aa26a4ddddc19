"""A command that cannot go on says what to do, and leaves nothing half-written."""

import errno
import signal
from contextlib import suppress

import pytest

from hearth.cli.endings import disk_full_message

FILE = "data/complaints.csv"
EXTRACT = "complaint_id,uprn,made_on,logged_on,category,decibels,upheld,note\n" + "".join(
    f"c{n},{100 + n},2021-01-{n + 1:02d},2021-02-01,music,60,true,\n" for n in range(20)
)


def _full(*_given, **_options):
    raise OSError(errno.ENOSPC, "No space left on device")


def _stopped(*_given, **_options):
    raise KeyboardInterrupt


@pytest.fixture
def ingest(made, hearth):
    made.text(FILE, EXTRACT)
    return lambda: hearth("ingest", "complaints")


@pytest.mark.parametrize(
    ("breaks", "code", "told"),
    [(_full, 1, "The disk is full."), (_stopped, 130, "Stopped.")],
    ids=["full disk", "ctrl-C"],
)
def test_a_step_cut_off_says_so_leaves_nothing_and_runs_again(
    made, ingest, monkeypatch, breaks, code, told
):
    with monkeypatch.context() as patched:
        patched.setattr("features.artefacts.pq.write_table", breaks)
        ended = ingest()

    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith(
        f"{told} What was finished is kept, and nothing stands half-written"
    )
    assert not list((made.root / ".hearth" / "snapshots").rglob("*.parquet"))
    assert ingest().code == 0


def test_what_to_run_again_is_named(ingest, monkeypatch):
    monkeypatch.setattr("features.artefacts.pq.write_table", _stopped)

    assert "run the same `hearth ingest` again" in ingest().err


def _swallowed(*_given, **_options):
    with suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def _broken_off(*_given, **_options):
    _swallowed()
    raise AssertionError


@pytest.fixture
def heeds_ctrl_c():
    before = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a background job may ignore it
    yield
    assert signal.signal(signal.SIGINT, before) is signal.default_int_handler


@pytest.mark.parametrize("breaks", [_swallowed, _broken_off])
def test_ctrl_c_ends_a_command_that_swallows_it_or_breaks_of_it(
    heeds_ctrl_c, ingest, monkeypatch, breaks
):
    with monkeypatch.context() as patched:
        patched.setattr("features.artefacts.pq.write_table", breaks)
        ended = ingest()

    assert ended.code == 130
    assert ended.err.startswith("Stopped.")
    assert ingest().code == 0


def _broken(*_given, **_options):
    raise AssertionError


def test_what_breaks_of_itself_is_no_stop(ingest, monkeypatch):
    monkeypatch.setattr("features.artefacts.pq.write_table", _broken)

    with pytest.raises(AssertionError):
        ingest()


def _wrapped(cause):
    error = RuntimeError("the library could not go on")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "is_full"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), True),
        (_wrapped(OSError(errno.ENOSPC, "No space left on device")), True),
        (RuntimeError("(sqlite3.OperationalError) database or disk is full"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (_wrapped(ValueError("something else")), False),
    ],
)
def test_a_full_disk_is_known_through_whatever_wraps_it(error, is_full):
    assert (disk_full_message(error) is not None) == is_full

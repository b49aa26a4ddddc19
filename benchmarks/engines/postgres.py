"""A PostgreSQL of the benchmark's own, with default settings, on a private socket."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SERVERS = Path("/usr/lib/postgresql")


class Server:
    """A server that can be stopped while others are measured."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="hearth-pg-"))  # a socket's path has 107 bytes
        # the server refuses to run as root
        self._account: dict[str, Any] = {"user": "postgres"} if os.geteuid() == 0 else {}
        if self._account:
            shutil.chown(self._folder, "postgres")
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"postgresql://postgres@/postgres?host={self._folder}"

    @contextmanager
    def running(self) -> Iterator[str]:
        """Started, for as long as needed; gives its URL."""
        options = f"-c listen_addresses= -k {self._folder}"
        self._run("pg_ctl", "start", "-w", "-l", str(self._folder / "log"), "-o", options)
        try:
            yield self.url
        finally:
            self._run("pg_ctl", "stop", "-w", "-m", "fast")

    def remove(self) -> None:
        """Delete its files."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [self._binaries / program, "-D", self._folder / "data", *arguments]
        subprocess.run(
            command, check=True, cwd=self._folder, stdout=subprocess.DEVNULL, **self._account
        )


def installed() -> Path | None:
    """Programs of the newest PostgreSQL here, or None."""
    found = sorted(_SERVERS.glob("*/bin/initdb"), key=lambda file: float(file.parts[-3]))
    return found[-1].parent if found else None

"""The house rules that no linter knows."""

from __future__ import annotations

import re
import socket
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("hearth", "features", "training", "serving", "governance")
LONGEST_MODULE = 400  # past 300 style.md says look for the seam; past 400 there is one
EXEMPTION = re.compile(r"#\s*(noqa: [A-Z0-9, ]+|type: ignore\[[a-z0-9, -]+\])(?P<reason>.*)$")


@cache
def _tracked(*patterns: str) -> list[Path]:
    """The files git knows, with those about to be committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def _modules() -> list[Path]:
    return [file for room in ROOMS for file in _tracked(f"{room}/*.py", f"{room}/**/*.py")]


def test_no_module_is_too_long_to_read() -> None:
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in _modules()
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_every_lint_exemption_gives_its_reason() -> None:
    bare = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in _modules()
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if (found := EXEMPTION.search(line)) and len(found["reason"].split()) < 2
    ]
    assert bare == []


def test_every_part_of_the_floor_has_its_place() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    placed = re.findall(r"hearth\.(\w+)", " ".join(contracts[0]["layers"]))
    parts = {
        file.relative_to(ROOT / "hearth").parts[0].removesuffix(".py")
        for file in _tracked("hearth/*.py")
    }
    assert parts - {"__init__"} - set(placed) == set()


def test_every_dependency_gives_its_reason() -> None:
    listed = (ROOT / "pyproject.toml").read_text().split("[build-system]")[0].splitlines()
    dependencies = [line for line in listed if re.match(r'    "(?!hearth-council)[a-z]', line)]
    assert [line for line in dependencies if "#" not in line] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-serving.lock"])
def test_the_lock_pins_hashes_and_names_no_address(name: str) -> None:
    lock = (ROOT / name).read_text()
    assert "://" not in lock
    assert "--hash=sha256:" in lock
    assert not re.search(r"^-", lock, flags=re.MULTILINE)


def test_what_serves_is_pinned_as_what_is_tested() -> None:
    tested = set(re.findall(r"^\S+==\S+", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    served = (ROOT / "requirements-serving.lock").read_text()
    assert set(re.findall(r"^\S+==\S+", served, re.MULTILINE)) - tested == set()


def test_the_front_end_lock_names_no_address() -> None:
    lock = ROOT / "package-lock.json"
    assert '"resolved"' not in lock.read_text()


@pytest.mark.parametrize("words", [r"\bimport pickle\b", r"\bjoblib\.load\b", r"\bcloudpickle\b"])
def test_nothing_unpickles(words: str) -> None:
    assert [str(file) for file in _modules() if re.search(words, file.read_text())] == []


def test_spelling_is_british() -> None:
    american = re.compile(
        r"\b(standardiz|normaliz|recogniz|summariz|behavior\b|anonymiz|optimiz(?!er)|catalog\b)",
        re.IGNORECASE,
    )
    prose = [file for file in _tracked("*.md", "docs/**/*.md", "models/**/*.md") if file.is_file()]
    found = [
        f"{file.relative_to(ROOT)}: {hit[0]}"
        for file in prose
        if (hit := american.search(file.read_text()))
    ]
    assert found == []


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_nothing_beyond_this_machine_can_be_reached() -> None:
    with socket.socket() as beyond, pytest.raises(SocketConnectBlockedError):
        beyond.connect(("192.0.2.1", 80))  # TEST-NET-1, RFC 5737: nobody is there


def test_loopback_and_unix_sockets_can_be_reached(tmp_path: Path) -> None:
    for family, address in (
        (socket.AF_INET, ("127.0.0.1", 0)),
        (socket.AF_UNIX, str(tmp_path / "s")),
    ):
        with socket.socket(family) as server, socket.socket(family) as client:
            server.bind(address)
            server.listen()
            client.connect(server.getsockname())

"""Which code made a version: release, commit where it is known, a hash of every source file, the lock file."""

from importlib.metadata import version as version_of_package
from pathlib import Path

from governance.evidence.pack import as_json
from hearth.digest import sha256_of

_ROOT = Path(__file__).parents[2]
_ROOMS = ("features", "governance", "hearth", "serving", "training")
_KINDS = {".py", ".j2", ".css", ".csv", ".html"}
_LOCK = "requirements.lock"


def code_version() -> dict[str, bytes]:
    """Members that say which code runs here: code.json, and the lock file where there is one."""
    sources = sorted(
        path for room in _ROOMS for path in (_ROOT / room).rglob("*") if path.suffix in _KINDS
    )
    said = {
        "hearth_version": version_of_package("hearth-council"),
        "commit": _commit(_ROOT),
        "sources": {
            path.relative_to(_ROOT).as_posix(): sha256_of(path.read_bytes()) for path in sources
        },
    }
    lock = _ROOT / _LOCK
    members = {"code.json": as_json(said)}
    return members | ({_LOCK: lock.read_bytes()} if lock.is_file() else {})


def _commit(root: Path) -> str | None:
    """The commit that is checked out; None where the code did not come by git."""
    git = root / ".git"
    if git.is_file():  # a worktree: the file says where its own folder is
        git = Path(git.read_text(encoding="utf-8").partition("gitdir:")[2].strip())
    if not (git / "HEAD").is_file():
        return None
    head = (git / "HEAD").read_text(encoding="utf-8").strip()
    if not head.startswith("ref: "):
        return head
    shared = git / "commondir"
    common = git / shared.read_text(encoding="utf-8").strip() if shared.is_file() else git
    return _of_reference(common, head.removeprefix("ref: "))


def _of_reference(git: Path, reference: str) -> str | None:
    if (git / reference).is_file():
        return (git / reference).read_text(encoding="utf-8").strip()
    packed = git / "packed-refs"
    lines = packed.read_text(encoding="utf-8").splitlines() if packed.is_file() else []
    found = (line.partition(" ") for line in lines)
    return next((commit for commit, _, name in found if name == reference), None)

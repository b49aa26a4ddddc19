"""The kernel's machine code: compiled once for a processor, kept as an object file, run without numba.

Numba's own cache is a pickle, which the service refuses. An object file is code of ours all the same:
it is read only where nobody but its owner, who must be us or root, may write. Its first 32 bytes are
the SHA-256 of the rest, so that a file cut short is no file.
"""

import ctypes
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hearth.errors import StateError
from hearth.private_files import make_private_folder
from serving.tree_shap.forest import LANES

_HERE = Path(__file__).parent
_SOURCES = ("compiler.py", "forest.py", "loops.py", "quick_loops.py", "vectors.py")
_OTHERS_WRITE = 0o022
_DIGEST = hashlib.sha256().digest_size
_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_int64
_PROTOTYPE = ctypes.CFUNCTYPE(  # as `loops.SIGNATURE`; Python's lock is let go for the call
    _NUMBER, *(_POINTER, _NUMBER, _NUMBER, _NUMBER), *(17 * (_POINTER,)), _NUMBER
)

_OF_RAW_SCORES = (
    _NUMBER,
    *(_POINTER, _NUMBER, _NUMBER, _POINTER, _POINTER, _NUMBER),
    *(5 * (_POINTER,)),
)  # as `loops.RAW_SCORES`
_OF_QUICK_SCORES = (
    _NUMBER,
    *(_POINTER, _NUMBER, _NUMBER, *(4 * (_POINTER,)), _NUMBER),
    *(7 * (_POINTER,)),
)  # as `quick_loops.QUICK_SCORES`
RAW_SCORES_NAME, QUICK_SCORES_NAME = "hearth_raw_scores", "hearth_quick_scores"
"""Names of the functions for raw scores, in the object file."""

Explain = Callable[..., int]
RawScores = Callable[..., int]


@dataclass(frozen=True)
class MachineCode:
    """The kernel for each number of quadrature points, and raw scores. `engine` keeps the code in memory.

    `raw_scores` lets Python's lock go for the call; `raw_score`, the same for a row, is too short for that.
    `quick_scores` is for many rows, of trees that are not too large.
    """

    explain: Mapping[int, Explain]
    raw_scores: RawScores
    raw_score: RawScores
    quick_scores: RawScores
    engine: Any


def can_compile() -> bool:
    """Whether what compiles the kernel is installed (it is not imported), and files have owners."""
    return (
        os.name == "posix" and find_spec("numba") is not None and find_spec("llvmlite") is not None
    )


def folders_of(state_dir: Path) -> tuple[Path, ...]:
    """Where the code may be: beside its source, as Python keeps its own, or in the workspace."""
    return (_HERE / "__pycache__", state_dir / "compiled")


def ready_kernel(state_dir: Path, say: Callable[[str], None]) -> MachineCode | None:
    """The kernel, after compiling it, in a process of its own, if need be.

    None where numba is not installed, or, which `say` is told, where it cannot be compiled: reasons are
    then LightGBM's own, the same and slower.
    """
    if can_compile() and find(state_dir) is None:
        say("Compiling the explanation kernel for this processor; this happens once.")
        command = [sys.executable, "-m", "serving.tree_shap", str(state_dir)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
        if done.returncode != 0:
            why = done.stderr.strip().rpartition("\n")[2]
            say(f"The explanation kernel could not be compiled, and reasons take longer: {why}")
    return load_kernel(state_dir)


def find(state_dir: Path) -> Path | None:
    """The object file for this release and this processor, where one is ready."""
    files = (folder / _file_name() for folder in folders_of(state_dir))
    return next((file for file in files if file.is_file() and _is_sound(file)), None)


def compile_kernel(folders: Sequence[Path]) -> Path:
    """The object file, made and put, aside and renamed, into the first folder that is ours to write to.

    Raises
    ------
    StateError
        If there is no such folder.
    """
    from serving.tree_shap.compiler import object_code  # noqa: PLC0415 - it loads numba

    folder = next(filter(_can_keep, folders), None)
    if folder is None:
        raise StateError(
            "no folder to keep compiled code in is writable by its owner alone; tried "
            + ", ".join(map(str, folders))
        )
    file = folder / _file_name()
    aside = file.with_suffix(f".{os.getpid()}")
    made = object_code(_machine())
    aside.write_bytes(hashlib.sha256(made).digest() + made)
    aside.chmod(0o644 if folder == folders[0] else 0o600)
    return aside.replace(file)


def load_kernel(state_dir: Path) -> MachineCode | None:
    """The kernel, where it was made ready for this release and this processor; nothing is compiled."""
    file = find(state_dir) if can_compile() else None
    return None if file is None else _load(file)


@cache
def _load(file: Path) -> MachineCode | None:
    """The functions of an object file, once for a process; None where LLVM does not find them in it."""
    import llvmlite.binding as llvm  # noqa: PLC0415 - only where there is a kernel

    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(file.read_bytes()[_DIGEST:]))
    engine.finalize_object()
    places = {lanes: engine.get_function_address(function_name(lanes)) for lanes in LANES}
    scores = engine.get_function_address(RAW_SCORES_NAME)
    quick = engine.get_function_address(QUICK_SCORES_NAME)
    if not all((scores, quick, *places.values())):
        return None
    return MachineCode(
        MappingProxyType({lanes: _PROTOTYPE(place) for lanes, place in places.items()}),
        ctypes.CFUNCTYPE(*_OF_RAW_SCORES)(scores),
        ctypes.PYFUNCTYPE(*_OF_RAW_SCORES)(scores),
        ctypes.CFUNCTYPE(*_OF_QUICK_SCORES)(quick),
        engine,
    )


def function_name(lanes: int) -> str:
    """Name of the function for a number of quadrature points, in the object file."""
    return f"hearth_tree_shap_{lanes}"


def _machine() -> Any:
    """LLVM's description of this processor."""
    import llvmlite.binding as llvm  # noqa: PLC0415 - only where there is a kernel

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    name, features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=name, features=features, opt=3, jit=True, codemodel="jitdefault"
    )


def _file_name() -> str:
    """A name that changes with all that the code depends on."""
    import llvmlite.binding as llvm  # noqa: PLC0415 - only where there is a kernel

    said = [version("numba"), version("llvmlite"), llvm.get_default_triple()]
    said += [llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()]
    source = b"".join((_HERE / name).read_bytes() for name in _SOURCES)
    key = hashlib.sha256("\n".join(said).encode() + source).hexdigest()
    return f"tree_shap-{key[:32]}.o"


def _is_sound(file: Path) -> bool:
    """Whether nobody else can have written the file, and it is whole."""
    content = file.read_bytes() if _is_ours(file) else b""
    return hashlib.sha256(content[_DIGEST:]).digest() == content[:_DIGEST]


def _can_keep(folder: Path) -> bool:
    try:
        make_private_folder(folder)
    except OSError:
        return False
    return _is_ours(folder) and os.access(folder, os.W_OK)


def _is_ours(path: Path) -> bool:
    """Whether it, and the folder it is in, belong to us or root, and others cannot write there."""
    return all(
        found.st_uid in {0, os.geteuid()} and not found.st_mode & _OTHERS_WRITE
        for found in (path.stat(), path.parent.stat())
    )

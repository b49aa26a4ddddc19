"""From the loops to an object file. It loads numba, and runs in a process of its own ahead of any request."""

from typing import Any

import llvmlite.binding as llvm
import numba

from hearth.errors import StateError
from serving.tree_shap.forest import LANES
from serving.tree_shap.loops import SIGNATURE, make_explain
from serving.tree_shap.machine_code import function_name

_IN_EVERY_PROCESS = {"memset", "memcpy"}


def object_code(machine: Any) -> bytes:
    """Machine code of the kernel for each number of points, as one object file."""
    modules = [llvm.parse_assembly(_assembly(lanes)) for lanes in LANES]
    for module in modules[1:]:
        modules[0].link_in(module)
    foreign = {f.name for f in modules[0].functions if f.is_declaration} - _IN_EVERY_PROCESS
    if any(not name.startswith("llvm.") for name in foreign):
        raise StateError(f"the kernel's code calls what is not in it: {', '.join(sorted(foreign))}")
    made: bytes = machine.emit_object(modules[0])
    return made


def _assembly(lanes: int) -> str:
    """LLVM's text of the kernel, its function under a name of ours."""
    compiled = numba.cfunc(SIGNATURE, error_model="numpy")(make_explain(lanes))
    text: str = compiled.inspect_llvm()
    return text.replace(f"@{compiled.native_name}(", f"@{function_name(lanes)}(")

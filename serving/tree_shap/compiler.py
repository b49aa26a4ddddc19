"""From the loops to an object file. It loads numba, and runs in a process of its own ahead of any request."""

from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
import numba

from hearth.errors import StateError
from serving.tree_shap.forest import LANES
from serving.tree_shap.loops import RAW_SCORES, SIGNATURE, make_explain, raw_scores
from serving.tree_shap.machine_code import QUICK_SCORES_NAME, RAW_SCORES_NAME, function_name
from serving.tree_shap.quick_loops import QUICK_SCORES, quick_scores

_IN_EVERY_PROCESS = {"memset", "memcpy"}


def object_code(machine: Any) -> bytes:
    """Machine code of the kernel for each number of points, and of raw scores, as one object file."""
    modules = [
        llvm.parse_assembly(_assembly(SIGNATURE, make_explain(lanes), function_name(lanes)))
        for lanes in LANES
    ]
    for kind, loop, name in (
        (RAW_SCORES, raw_scores, RAW_SCORES_NAME),
        (QUICK_SCORES, quick_scores, QUICK_SCORES_NAME),
    ):
        modules.append(llvm.parse_assembly(_assembly(kind, loop, name)))
    for module in modules[1:]:
        modules[0].link_in(module)
    foreign = {f.name for f in modules[0].functions if f.is_declaration} - _IN_EVERY_PROCESS
    if any(not name.startswith("llvm.") for name in foreign):
        raise StateError(f"the kernel's code calls what is not in it: {', '.join(sorted(foreign))}")
    made: bytes = machine.emit_object(modules[0])
    return made


def _assembly(signature: Any, loop: Callable[..., Any], name: str) -> str:
    """LLVM's text of a loop, its function under a name of ours."""
    compiled = numba.cfunc(signature, error_model="numpy")(loop)
    text: str = compiled.inspect_llvm()
    return text.replace(f"@{compiled.native_name}(", f"@{name}(")

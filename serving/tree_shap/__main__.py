"""`python -m serving.tree_shap [FOLDER]` compiles the kernel ahead, as a container's build does.

Without a folder the code is kept beside its source, where every workspace finds it.
"""

import sys
from pathlib import Path

from serving.tree_shap.machine_code import compile_kernel, find, folders_of

state_dir = Path(*sys.argv[1:2])
compiled = find(state_dir) or compile_kernel(folders_of(state_dir)[: len(sys.argv)])
sys.stdout.write(f"{compiled}\n")

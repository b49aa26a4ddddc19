"""How many cores this process may use."""

import os


def core_count() -> int:
    """Cores this process may run on, one at least: all of the machine's unless it is held to some."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

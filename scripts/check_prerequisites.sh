#!/bin/sh
# What must stand on the machine before set-up, each with what to do when it doesn't.
# Usage: check_prerequisites.sh PYTHON
set -eu
python=$1

refuse() {
    printf 'hearth: %s\n' "$1" >&2
    exit 1
}

command -v "$python" >/dev/null 2>&1 ||
    refuse "no $python on this machine. Hearth needs Python 3.11 or newer: install python3 (Debian, Ubuntu: apt-get install python3 python3-venv), or name one: make PYTHON=/path/to/python3.12"

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    refuse "$python is $("$python" -V 2>&1); Hearth needs Python 3.11 or newer. Install one and name it: make PYTHON=python3.12"

"$python" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
    refuse "$python cannot make virtual environments. Install its venv package (Debian, Ubuntu: apt-get install python3-venv)"

# LightGBM's Linux wheel is linked against GNU OpenMP and does not bring it along.
"$python" -c 'import ctypes, sys; sys.platform == "linux" and ctypes.CDLL("libgomp.so.1")' >/dev/null 2>&1 ||
    refuse "libgomp.so.1 (GNU OpenMP) is missing, and LightGBM needs it. Install it (Debian, Ubuntu: apt-get install libgomp1; Red Hat: dnf install libgomp)"

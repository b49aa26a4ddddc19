#!/bin/sh
# The service's tests where only what the container installs is, and what runs tests: in an environment of its
# own, thrown away afterwards, with locked versions. Nothing of mlflow, pandas, shap, fairlearn, scikit-learn,
# duckdb or pyarrow is there to be imported.
# Usage: test_slim.sh UV [PYTEST ARGUMENTS]
set -eu
uv=$1
shift
slim=$(mktemp -d)
trap 'rm -rf "$slim"' EXIT INT TERM
"$uv" venv --quiet --python "${PYTHON:-python3}" "$slim"
"$uv" pip install --quiet --python "$slim/bin/python" --constraint requirements.lock -r requirements-serving.lock \
    pytest pytest-randomly pytest-xdist pytest-socket hypothesis httpx2 jsonschema schemathesis
for name in mlflow pandas shap fairlearn sklearn duckdb pyarrow; do
    if "$slim/bin/python" -c "import $name" 2>/dev/null; then
        echo "hearth: $name is in the slim environment" >&2
        exit 1
    fi
done
if [ $# -eq 0 ]; then
    # test_batch.py reads and writes Parquet, for which pyarrow must be there; test_workbench_pages.py
    # shows what training has kept, and makes it first
    set -- tests/unit/serving tests/contract tests/unit/hearth/audit_log tests/unit/hearth/identity \
        tests/end_to_end/test_workers.py tests/end_to_end/test_champion_change.py \
        tests/end_to_end/test_slim_service.py --ignore=tests/unit/serving/test_batch.py \
        --ignore=tests/unit/serving/test_workbench_pages.py
fi
PYTHONPATH=. MLFLOW_ALLOW_PICKLE_DESERIALIZATION=false \
    "$slim/bin/python" -m pytest -q -n 2 --dist loadgroup "$@"

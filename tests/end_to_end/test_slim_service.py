"""`hearth serve` where no heavy library can be imported and nothing can be unpickled."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from urllib.error import HTTPError

import pytest

pytestmark = pytest.mark.slow

GUARDED = """
import sys

HEAVY = {"mlflow", "pandas", "shap", "fairlearn", "sklearn", "duckdb", "pyarrow"}

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in HEAVY:
            raise ModuleNotFoundError(f"{name} is not to be imported here", name=name)

def refuse_pickles(event, arguments):
    if event == "pickle.find_class":
        raise RuntimeError("something was unpickled")

sys.meta_path.insert(0, Refusing())
sys.addaudithook(refuse_pickles)
from hearth.cli.main import main
sys.argv = ["hearth", "serve", "--port", "0"]
main()
"""


@pytest.fixture
def guarded(council, repository):
    """Address and keys of the service, started as the command line starts it."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(repository),
        "HEARTH_WORKSPACE": str(council.settings.workspace),
        "HEARTH_API_KEY_PEPPER": "a-pepper-for-tests-only",
    }
    (council.settings.workspace / "models").mkdir()
    (council.settings.workspace / "features" / "sources").mkdir(parents=True)
    process = subprocess.Popen(
        [sys.executable, "-c", GUARDED],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = iter(process.stdout.readline, "")
    found = next(filter(None, (re.search(r"http://\S+", line) for line in said)), None)
    assert found is not None, process.stderr.read()
    yield found[0], council.keys, process
    process.kill()
    process.communicate()


def ask(address, key=None, body=None):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        address, content, headers | {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_it_is_ready_scores_with_reasons_and_shows_pages(guarded):
    address, keys, process = guarded
    assert ask(f"{address}/health/ready")[0] == 200
    path = f"{address}/v1/models/school_readiness/scores"
    status, text = ask(path, keys["caseworker"], {"subject": "100012345678"})
    assert status == 201
    assert json.loads(text)["explanation"]["reasons"]
    assert ask(path, keys["caseworker"], {"subjects": ["100012345678"]})[0] == 201
    assert "Sign in" in ask(f"{address}/models")[1]
    assert ask(f"{address}/openapi.json", keys["caseworker"])[0] == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0

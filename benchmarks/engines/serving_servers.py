"""The services that are measured side by side, each in a process of its own on a port of its own."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import lightgbm
import mlflow.lightgbm
import mlflow.pyfunc
from mlflow.types import ColSpec, Schema

from engines import hearth_variants
from engines.serving_model import NAME, ServingModel
from features.store import FeatureStore

BENCHMARKS = Path(__file__).parents[1]
PEPPER = "a-pepper-for-benchmarks-only"
_STARTED_WITHIN_S = 180
_SCORES = f"/v1/models/{NAME}/scores"


@dataclass(frozen=True)
class Server:
    """A service that answers: where, and how it is to be asked."""

    port: int
    path: str
    headers: Mapping[str, str]
    process: subprocess.Popen[bytes]
    log: IO[bytes]

    def at(self, below: str) -> "Server":
        """The same service, asked at a path below."""
        return replace(self, path=f"{self.path}/{below}")

    def ask(self, body: bytes) -> Any:
        """What it answers to one body.

        Raises
        ------
        RuntimeError
            If that is not a success.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": "application/json", **self.headers}
        connection.request("POST", self.path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status not in {200, 201}:
            raise RuntimeError(f"{self.path} answered {answer.status}: {text[:300]!r}")
        return json.loads(text)


@contextmanager
def hello(body: bytes) -> Iterator[Server]:
    """The least a FastAPI app can do, under the server that Hearth ships."""
    program = [sys.executable, "-m", "uvicorn", "--app-dir", str(BENCHMARKS), "hello_app:app"]
    quiet = ["--no-access-log", "--log-level", "error", "--loop", "uvloop", "--http", "httptools"]
    with _started([*program, *quiet, "--port", "{port}"], "/score", body) as server:
        yield server


@contextmanager
def hearth(
    model: ServingModel, folder: Path, body: bytes, *variants: str, records_url: str = ""
) -> Iterator[Server]:
    """Hearth as `hearth serve` ships it; with `unaudited` or `native`, but for that."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / ".hearth").mkdir(parents=True)
    url = records_url or f"sqlite:///{folder / '.hearth' / 'records.db'}"
    key = model.publish(url, PEPPER)
    environment = {
        "HEARTH_API_KEY": key,
        "HEARTH_API_KEY_PEPPER": PEPPER,
        "HEARTH_RECORDS_URL": url,
        "HEARTH_REQUESTS_A_MINUTE": "1000000000",
        "HEARTH_LOG_LEVEL": "error",
        "PYTHONPATH": str(BENCHMARKS.parent),
    }
    program = [sys.executable, "-c", "from hearth.cli.main import main; main()"]
    program = [*program, "-w", str(folder)]
    if "unaudited" in variants:
        _precompute(model, folder, program, environment)
    command = [*program, "serve", "--port", "{port}"]
    if variants:
        command = [sys.executable, hearth_variants.__file__, str(folder), "{port}", *variants]
    headers = {"Authorization": f"Bearer {key}"}
    with _started(command, _SCORES, body, headers=headers, environment=environment) as server:
        yield server


def _precompute(
    model: ServingModel, folder: Path, program: Sequence[str], environment: Mapping[str, str]
) -> None:
    """Scores of subjects "0", "1" and so on, made beforehand, to be looked up."""
    store = FeatureStore(f"sqlite:///{folder / '.hearth' / 'feature_store.db'}")
    rows = [(str(i), values, {}) for i, values in enumerate(model.values())]
    today = datetime.now(UTC).date()
    store.replace(NAME, today, rows, refreshed_on=today)
    command = [*program, "precompute", NAME]
    subprocess.run(
        command, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL
    )


@contextmanager
def mlflow_server(model: ServingModel, kind: str, body: bytes) -> Iterator[Server]:
    """`mlflow models serve` of the booster (`score`), or of a pyfunc with shap (`explain`)."""
    saved = model.folder / f"mlflow-{kind}"
    if not saved.exists():
        _save_for_mlflow(model, kind, saved)
    program = [sys.executable, "-m", "mlflow", "models", "serve", "--env-manager", "local"]
    where = ["-m", str(saved), "--host", "127.0.0.1", "--port", "{port}"]
    quiet = {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
    }
    with _started([*program, *where], "/invocations", body, environment=quiet) as server:
        yield server


@contextmanager
def bentoml(model: ServingModel, folder: Path, body: bytes) -> Iterator[Server]:
    """A BentoML service that runs shap, in an environment of its own, made once.

    Raises
    ------
    OSError, subprocess.CalledProcessError
        If BentoML cannot be installed there.
    """
    if not (folder / "made").exists():
        venv.create(folder, with_pip=True, clear=True)
        install = [folder / "bin" / "pip", "install", "--quiet", "bentoml", "lightgbm", "shap"]
        subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
        (folder / "made").touch()
    program = [str(folder / "bin" / "bentoml"), "serve", "bento_service:Explained"]
    where = ["--working-dir", str(Path(__file__).parent), "--port", "{port}", "--host", "127.0.0.1"]
    environment = {
        "BENCHMARK_BOOSTER": str(model.booster),
        "BENTOML_DO_NOT_TRACK": "true",
        "BENTOML_HOME": str(folder / "home"),
        "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
    }
    with _started([*program, *where], "/explain", body, environment=environment) as server:
        yield server


def _save_for_mlflow(model: ServingModel, kind: str, saved: Path) -> None:
    booster = lightgbm.Booster(model_file=str(model.booster))
    named = list(model.values()[0])
    signature = mlflow.models.ModelSignature(Schema([ColSpec("double", name) for name in named]))
    if kind == "score":
        mlflow.lightgbm.save_model(booster, str(saved), signature=signature)
    else:
        mlflow.pyfunc.save_model(
            str(saved),
            python_model=str(Path(__file__).with_name("shap_pyfunc.py")),
            artifacts={"booster": str(model.booster)},
            signature=signature,
            pip_requirements=["lightgbm", "shap"],
        )


@contextmanager
def _started(
    command: Sequence[str],
    path: str,
    body: bytes,
    *,
    headers: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """A service once it has answered a first request; ended afterwards, with all it started."""
    port = free_port()
    log = tempfile.TemporaryFile()  # noqa: SIM115 - closed below, when its writer has ended
    process = subprocess.Popen(
        [part.replace("{port}", str(port)) for part in command],
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=log,
        start_new_session=True,
    )
    server = Server(port, path, headers or {}, process, log)
    try:
        _wait(server, body)
        yield server
    finally:
        os.killpg(process.pid, 15)
        process.wait()
        log.close()


def _wait(server: Server, body: bytes) -> None:
    until = time.monotonic() + _STARTED_WITHIN_S
    while True:
        try:
            server.ask(body)
        except OSError as error:
            if server.process.poll() is not None or time.monotonic() > until:
                server.log.seek(0)
                said = server.log.read()[-2_000:].decode()
                raise RuntimeError(f"{server.path} did not start: {said}") from error
            time.sleep(0.2)
        else:
            return


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])

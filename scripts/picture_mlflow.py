"""Pictures of a workspace in MLflow's own pages: a model's runs, a run with its plots, the registry.

    .venv/bin/python scripts/picture_mlflow.py --workspace . --model rental_standards --out docs/images

It serves the workspace's tracking database on this machine while it takes them, with Debian's
chromium. The pages are looked at by a person; nothing here judges them.
"""

import argparse
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from hearth.registry import open_registry
from hearth.settings import Settings, load_settings

_SIZE = {"width": 1360, "height": 860}
_WITHOUT_ASSISTANT = {"x": 0, "y": 0, "width": 1005, "height": 860}
_LONGEST_START_S = 120


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, default=Path())
    parser.add_argument("--model", required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    settings = load_settings(given.workspace)
    places = _places(settings, given.model)
    with _served(settings) as address, sync_playwright() as browsers:
        chromium = browsers.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = chromium.new_page(viewport=_SIZE)
        for name, (place, sign) in places.items():
            _picture(page, f"{address}/#/{place}", sign, given.out / f"{name}.png")
        chromium.close()


def _places(settings: Settings, model: str) -> dict[str, tuple[str, str]]:
    """Where in MLflow each picture is taken, and what must be there by then, by its name."""
    client = open_registry(settings)
    experiment = client.get_experiment_by_name(model)
    newest = client.get_model_version_by_alias(model, "challenger")
    runs = f"experiments/{experiment.experiment_id}/runs"
    last = max(
        path.name
        for path in (settings.state_dir / "mlartifacts" / model / newest.run_id).rglob(
            "precision_down_the_list_*.png"
        )
    )
    return {
        "mlflow_runs": (runs, f"text={model} v{newest.version}"),
        "mlflow_run": (f"{runs}/{newest.run_id}/artifacts/plots/{last}", f"text={last}"),
        "mlflow_registry": (f"models/{model}/versions/{newest.version}", "text=Schema"),
    }


@contextmanager
def _served(settings: Settings) -> Iterator[str]:
    """Address of MLflow's pages, served to this machine alone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["-m", "mlflow", "ui", "--backend-store-uri", settings.mlflow_url]
    where = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(  # noqa: S603 - MLflow itself, on our own database
        [sys.executable, *command, *where],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait(address: str) -> None:
    until = time.monotonic() + _LONGEST_START_S
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{address}/health").close()  # noqa: S310 - our own address
        except urllib.error.URLError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("MLflow's pages did not start in two minutes")


def _picture(page: Page, address: str, sign: str, path: Path) -> None:
    page.goto(address, timeout=_LONGEST_START_S * 1_000)
    page.locator(sign).first.wait_for(timeout=_LONGEST_START_S * 1_000)
    page.wait_for_timeout(15_000)  # what is drawn comes after the words
    paths = page.get_by_text("file://")  # of this machine
    paths.evaluate_all("found => found.forEach(each => each.style.visibility = 'hidden')")
    page.screenshot(path=path, clip=_WITHOUT_ASSISTANT)
    with Image.open(path) as taken:
        taken.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
            path, optimize=True
        )


if __name__ == "__main__":
    main()

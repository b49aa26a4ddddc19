"""`hearth serve` but for one thing: nothing recorded, or LightGBM's own explanations, or both.

No setting can do that; here the app is handed a writer that writes nothing, or no kernel.
"""

import asyncio
import sys
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

import serving.app
import serving.commands
from hearth.cli.context import utc_now
from hearth.settings import load_settings


class SilentWriter:
    """An audit writer that keeps every promise at once and writes nothing."""

    def __init__(self, *_given: Any, **_told: Any) -> None:
        pass

    def submit(self, *_given: Any, **_options: Any) -> "Future[None]":
        """Kept at once."""
        done: Future[None] = Future()
        done.set_result(None)
        return done

    async def record(self, *_given: Any, **_options: Any) -> None:
        """Lets others on the loop go first, as a writer does."""
        await asyncio.sleep(0)

    record_all = record

    def __enter__(self) -> "SilentWriter":
        return self

    def __exit__(self, *_error: object) -> None:
        pass


def main(workspace: str, port: str, *variants: str) -> None:
    """Serve a workspace as `hearth serve` does, with these variants."""
    if "native" in variants:
        serving.app.load_kernel = lambda _: None
    if "unaudited" in variants:
        serving.commands.create_app = partial(serving.app.create_app, open_writer=SilentWriter)
    settings = load_settings(Path(workspace))
    serving.commands.serve(settings, utc_now, host="127.0.0.1", port=int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The least a FastAPI app can do with a score request: take its body and answer a few words.

Run it as `uvicorn --app-dir benchmarks hello_app:app --no-access-log`; it is the ceiling that scoring is
measured against.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

app = FastAPI()


@app.post("/score")
async def hello(body: dict[str, Any]) -> dict[str, str | int]:
    """Says hello and how many fields came, which needs the body read."""
    return {"hello": "world", "fields": len(body)}

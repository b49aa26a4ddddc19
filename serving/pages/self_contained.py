"""Pages that are one file with their styles in them, such as reports: served byte for byte."""

import base64
import hashlib
import re

from fastapi import Response

_HTML = "text/html; charset=utf-8"
_STYLE = re.compile(rb"<style[^>]*>(.*?)</style>", re.DOTALL)


def self_contained(html: bytes, *, media_type: str = _HTML) -> Response:
    """The page under a policy that lets it use the styles written in it, by their hash, and nothing else."""
    hashes = " ".join(f"'sha256-{_digest(style)}'" for style in _STYLE.findall(html)) or "'none'"
    policy = (
        f"default-src 'none'; style-src {hashes}; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy}
    return Response(html, media_type=media_type, headers=headers)


def _digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()

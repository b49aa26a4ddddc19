"""Renders the specs into docs/reference: `python tests/spec/render.py`."""

from specs.pages import FOLDER, PAGES, page

if __name__ == "__main__":
    for name in PAGES:
        (FOLDER / name).write_text(page(name), encoding="utf-8")

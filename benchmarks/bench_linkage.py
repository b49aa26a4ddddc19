"""Linkage of persons beside the truth: public lists of made-up people, and made-up councils.

The lists are searched for copies of the same person, with and without their identifying number.
In a council the tables of schools, early years and health are linked to the council's own list;
taking the extracts in is measured apart.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import harness
import known_persons

from features.artefacts import need_manifest
from features.commands import ingest
from features.linkage.commands import evaluate_links, relink
from features.linkage.evaluation import EVERYBODY
from features.linkage.persons import links_folder
from features.linkage.truth import ALL_SOURCES
from features.linkage.weights import weights_folder
from features.synthetic.council import synthesise as make_council
from hearth.catalogue import load_catalogue
from hearth.settings import load_settings
from hearth.source_contract import PersonLink

SOURCES = Path(__file__).parents[1] / "features" / "sources"
SPINE = "residents"
RUN_ON = date(2026, 11, 2)
TRUTH = Path("data/council/truth")


def find_copies(name: str, with_number: bool) -> dict[str, Any]:
    """Copies found in a public list."""
    return known_persons.find_copies(name, with_number=with_number)


def synthesise(households: int) -> None:
    """Workspace of a made-up council: its own list and every table that is linked to it."""
    root = _workspace(households)
    shutil.rmtree(root, ignore_errors=True)
    (root / "features" / "sources").mkdir(parents=True)
    for name, contract in load_catalogue(SOURCES.parents[1]).sources.items():
        if name == SPINE or isinstance(contract.link, PersonLink):
            shutil.copy(SOURCES / f"{name}.yaml", root / "features" / "sources")
    make_council(root / "data" / "council", households=households, seed=1)


def take_in(households: int) -> None:
    """Snapshots of the extracts; the links that come with them are thrown away."""
    root = _workspace(households)
    settings = load_settings(root)
    ingest(load_catalogue(root), settings, run_on=RUN_ON, pseudonyms=None)
    shutil.rmtree(settings.state_dir / "links")
    shutil.rmtree(settings.state_dir / "linkage")


def link(households: int) -> dict[str, Any]:
    """Weights learned, and every source linked."""
    root = _workspace(households)
    catalogue, state_dir = load_catalogue(root), load_settings(root).state_dir
    relink(catalogue, state_dir)
    links = [
        need_manifest(links_folder(state_dir, name), "link first")
        for name, contract in catalogue.sources.items()
        if contract.link is not None
    ]
    weights = need_manifest(weights_folder(state_dir), "link first")
    return {
        "own_spellings": weights["spellings"]["own"],
        "other_spellings": weights["spellings"]["other"],
        "references": sum(each["references"] for each in links),
        "linked": sum(each["linked"] for each in links),
    }


def evaluate(households: int) -> dict[str, Any]:
    """Quality of the links by group, over all sources."""
    root = _workspace(households)
    state_dir = load_settings(root).state_dir
    made = evaluate_links(load_catalogue(root), state_dir, root / TRUTH, on=RUN_ON)
    lines = [line.figures() for line in made.lines if line.source == ALL_SOURCES]
    areas = sorted((line for line in lines if line["attribute"] == "area"), key=_recall)
    shown = [line for line in lines if line["attribute"] != "area"]
    # of the many areas the one found least often and the one found most often
    return {"lines": [*shown, areas[0], areas[-1]], "differences": made.differences}


def _recall(line: dict[str, Any]) -> float:
    return 1.0 if line["recall"] is None else line["recall"]


def compare(arguments: Sequence[str]) -> None:
    """Every list with and without its number, and councils of the sizes asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, nargs="+", default=[20_000])
    asked = parser.parse_args(arguments)
    rows, ratios = list[dict[str, Any]](), dict[str, float]()
    for name in known_persons.LISTS:
        for with_number in (True, False):
            cost = harness.run(__file__, "find_copies", name=name, with_number=with_number)
            label = name if with_number else f"{name}_without_number"
            ratios[f"f1_{label}"] = cost.said["f1"]
            rows.append({"list": label, **_figures(cost)})
    for households in asked.households:
        harness.run(__file__, "synthesise", households=households)
        taken = harness.run(__file__, "take_in", households=households)
        rows.append({"step": "take in and link", "households": households, **_figures(taken)})
        linked = harness.run(__file__, "link", households=households)
        rows.append({"step": "link", "households": households, **_figures(linked)})
        said = harness.run(__file__, "evaluate", households=households).said
        rows += [{"households": households, **line} for line in said["lines"]]
        rows += [{"households": households, "said": sentence} for sentence in said["differences"]]
        everybody = next(line for line in said["lines"] if line["attribute"] == EVERYBODY)
        ratios[f"f1_council_{households // 1000}k"] = everybody["f1"]
    harness.write_result("linkage", ratios, rows)


def _figures(cost: harness.Cost) -> dict[str, Any]:
    measured = {
        "wall_seconds": cost.wall_seconds,
        "cpu_seconds": cost.cpu_seconds,
        "peak_mb": cost.peak_mb,
    }
    return {
        **cost.said,
        **{name: round(value, 2) for name, value in measured.items()},
    }


def _workspace(households: int) -> Path:
    return harness.WORK / f"linkage_{households}"


if __name__ == "__main__":
    harness.main(
        {
            "find_copies": find_copies,
            "synthesise": synthesise,
            "take_in": take_in,
            "link": link,
            "evaluate": evaluate,
        },
        compare,
    )

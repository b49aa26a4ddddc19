"""What the command line asks of governance and needs frames for: the report of a version."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version as version_of_package
from pathlib import Path
from typing import Any

import pandas as pd

from governance.approval.states import State
from governance.approval.submission import (
    MANIFEST,
    analyses_folder,
    check_trained_on_matrix,
    matrix_folder,
    report_folder,
    run_folder,
)
from governance.assessment import Earlier, Evidence, Provenance, assess
from governance.beside import files_beside, read_beside, without_in_use
from governance.report.files import HTML, JSON, PDF, render_files
from governance.report.pdf import Printer, render_pdf, why_no_pdf
from hearth.catalogue import Catalogue
from hearth.digest import canonical_json, sha256_of
from hearth.errors import BoundError, BundleError, DataError, Fault, NotFoundError, StateError
from hearth.progress import Progress, silent
from hearth.risk_model.files import check_files, read_folder, with_manifest, write_folder
from hearth.settings import Settings

INPUTS = "inputs.json"
_EARLIER = "Report of the version before"


@dataclass(frozen=True)
class Reported:
    """A version's report: where it lies, whether it was there already, and its verdicts.

    Attributes
    ----------
    is_bar_met : bool
        Whether the success bar of the definition was met.
    verdicts : dict of str to int
        How many comparisons between groups read so.
    given_away : tuple of str
        Tables that beside the report of the version before give away few people.
    why_no_pdf : str, optional
        What to install for a PDF to be made; None where there is one.
    """

    folder: Path
    was_current: bool
    is_bar_met: bool
    verdicts: dict[str, int]
    given_away: tuple[str, ...]
    why_no_pdf: str | None


def report(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    version: str,
    *,
    now: datetime,
    in_use: str | None = None,
    bound: State | None = None,
    anew: bool = False,
    out: Path | None = None,
    progress: Progress = silent,
    printer: Printer = render_pdf,
) -> Reported:
    """Make the fairness report of a trained version, unless it is there and nothing has changed.

    A report made where no PDF could be is made again once one can. One that a submission or approval
    is bound to stays as it is.

    Parameters
    ----------
    catalogue, settings
        The workspace.
    model, version : str
        A version that training has left under `runs/`.
    now : datetime
        Printed as the day it was made.
    in_use : str, optional
        The version in use, to compare with.
    bound : State, optional
        State of the version that another report would void; see `closing.state_bound`.
    anew : bool
        Whether to make the report again all the same.
    out : Path, optional
        Folder to write the report as of now into, bound to nothing; that of the version if None.
    progress : Progress
    printer : Printer
        Makes the PDF; where it finds nothing to make it with, the report is made without one.

    Raises
    ------
    NotFoundError
        If the version was not trained, or the matrix not built.
    StateError
        If the matrix was built again since the version was trained, or `out` holds something else.
    BoundError
        If the version is `bound` to a report that would change.
    DataError
        If the scored rows or protected attributes cannot be used.
    """
    definition = catalogue.model(model)
    run, matrix = run_folder(settings, model, version), matrix_folder(settings, model)
    files = {
        "Bundle manifest": run / "bundle" / MANIFEST,
        "Matrix manifest": matrix / MANIFEST,
        "Scored rows": run / "scored.parquet",
        "Metrics": run / "metrics.json",
        "Protected attributes": matrix / "protected.parquet",
    }
    for path in files.values():
        if not path.exists():
            raise NotFoundError(
                f"{model} version {version} has no {path.name}; "
                f"run: hearth build {model}, then hearth train {model}"
            )
    check_trained_on_matrix(settings, model, version)
    beside = files_beside(settings, definition, version, in_use)
    hashes = {name: sha256_of(path.read_bytes()) for name, path in (files | beside).items()}
    found = sorted(analyses_folder(settings, model, version).glob("*.json"))
    hashes |= {f"Analysis: {path.stem}": sha256_of(path.read_bytes()) for path in found}
    hashes["Model definition"] = sha256_of(canonical_json(definition.model_dump(mode="json")))
    earlier = _earlier(settings, model, version)
    if earlier:
        hashes[_EARLIER] = sha256_of(earlier.read_bytes())
    hashes["Code of the report"] = _code_sha256()
    inputs = {"hashes": hashes}
    folder = report_folder(settings, model, version) if out is None else out.resolve()
    metrics = _read_json(files["Metrics"])
    if out is not None:
        _check_aside(settings, folder)
    elif _is_current(folder, inputs, is_in_use=in_use == version, is_bound=bound is not None):
        return _reported(folder, was_current=True)
    elif bound is not None and not anew:
        raise _bound_error(model, version, bound, _changed(folder, hashes))
    evidence = Evidence(
        definition=definition,
        version=version,
        scored=pd.read_parquet(files["Scored rows"]),
        protected=pd.read_parquet(files["Protected attributes"]),
        metrics=metrics,
        matrix=_read_json(files["Matrix manifest"]),
        provenance=Provenance(
            hashes=hashes,
            hearth_version=version_of_package("hearth-council"),
            made_on=f"{now:%-d %B %Y}",
            command=f"hearth report {model} --version {version}",
        ),
        analyses={path.stem: _read_json(path)["found"] for path in found},
        earlier=Earlier(earlier.parent.name, _read_json(earlier)) if earlier else None,
        beside=read_beside(beside, in_use),
        titles={name: source.title for name, source in catalogue.sources.items()},
    )
    assessment = assess(evidence, progress)
    content = render_files(assessment, now=now, printer=printer, progress=progress)
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_folder(folder, with_manifest({**content, INPUTS: canonical_json(inputs)}))
    return _reported(folder, was_current=False)


def _reported(folder: Path, *, was_current: bool) -> Reported:
    said = _read_json(folder / JSON)
    missing = None if (folder / PDF).exists() else why_no_pdf()
    rows = (said.get("differencing") or {}).get("rows", ())
    tables = tuple(dict.fromkeys(row["table"] for row in rows))
    met = bool(said["success"]["met"])
    return Reported(folder, was_current, met, said["verdicts"], tables, missing)


def _earlier(settings: Settings, model: str, version: str) -> Path | None:
    """Report of the last version before this one that has one."""
    found = {
        int(path.parent.name): path
        for path in report_folder(settings, model, version).parent.glob(f"*/{JSON}")
        if path.parent.name.isdecimal()
    }
    before = [number for number in found if version.isdecimal() and number < int(version)]
    return found[max(before)] if before else None


def _check_aside(settings: Settings, out: Path) -> None:
    """Nothing, if a report can be written there and replaces no more than one written aside before."""
    if out.is_relative_to(settings.state_dir.resolve()):
        raise StateError(f"{out.name} is where Hearth keeps its own files; name another folder")
    if out.exists() and any(out.iterdir()) and not all((out / n).exists() for n in (HTML, INPUTS)):
        raise StateError(f"{out.name} holds something other than a report; name another folder")


def _bound_error(model: str, version: str, state: State, changed: list[str]) -> BoundError:
    what = "approval" if state is State.APPROVED else "submission"
    command = f"hearth report {model} --version {version}"
    return BoundError(
        f"{model} version {version} is {state}, and the {what} is bound to its report, which was left as it "
        f"is; made now it would differ (changed: {', '.join(changed) or 'its own files'}). To read it as "
        f"of now, bound to nothing: {command} --out FOLDER. To make the bound one anew, by which the "
        f"{what} is void: {command} --anew"
    )


def _changed(folder: Path, hashes: Mapping[str, str]) -> list[str]:
    """Names of the inputs that are not those of the report that stands there."""
    path = folder / INPUTS
    held = _read_json(path)["hashes"] if path.exists() else {}
    return sorted(n for n in held.keys() | hashes.keys() if held.get(n) != hashes.get(n))


def _is_current(
    folder: Path, inputs: Mapping[str, Any], *, is_in_use: bool, is_bound: bool
) -> bool:
    """Whether a whole report stands there, made from just these inputs, with a PDF if one can be made.

    That of the version in use stays as it is, whatever it was compared with; one that is bound, without
    a PDF too.
    """
    if not (folder / INPUTS).exists():
        return False
    try:
        files = read_folder(folder)
        check_files(files)
    except BundleError:
        return False
    held = json.loads(files[INPUTS])
    has_pdf = is_bound or PDF in files or why_no_pdf() is not None
    if is_in_use:
        return _settled(held) == _settled(inputs) and has_pdf
    return held == inputs and has_pdf


def _settled(inputs: Mapping[str, Any]) -> dict[str, str]:
    """Hashes of what an approval stands on: not of the versions that the report looks across at."""
    hashes = without_in_use(inputs["hashes"])
    return {name: digest for name, digest in hashes.items() if name != _EARLIER}


def _code_sha256() -> str:
    """SHA-256 of this room's sources, so that changed code makes its reports anew."""
    sources = sorted(Path(__file__).parent.rglob("*.*"))
    return sha256_of(
        b"".join(path.read_bytes() for path in sources if path.suffix in {".py", ".j2", ".css"})
    )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except ValueError:
        raise DataError([Fault(path.name, "", "is not JSON", "make it again")]) from None

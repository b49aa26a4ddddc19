"""What the command line asks of features: take in the extracts, and build a model's matrix."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from pathlib import Path

from features.artefacts import read_manifest
from features.households import build_households
from features.ingest.intake import take_snapshot
from features.ingest.missing import gathered
from features.ingest.refusals import forget_refusal, note_refusal
from features.ingest.snapshot import Ingested, snapshot_folder
from features.linkage.addresses import gazetteer_of, link_addresses
from features.linkage.commands import ingested_with, relink
from features.linkage.persons import spine_of
from features.matrix import build_matrix
from hearth.catalogue import Catalogue, agreement_faults
from hearth.errors import DataError, Fault, LawError
from hearth.progress import Progress, silent
from hearth.pseudonyms import PseudonymMap
from hearth.settings import Settings
from hearth.source_contract import AddressLink, PersonLink, SourceContract
from hearth.source_use import residence_sources


def ingest(
    catalogue: Catalogue,
    settings: Settings,
    *,
    run_on: date,
    pseudonyms: PseudonymMap | None,
    sources: Sequence[str] | None = None,
    accept_shrink: Collection[str] = (),
    tell: Callable[[Ingested], None] = lambda _: None,
    progress: Progress = silent,
) -> list[Ingested]:
    """Take a snapshot of each source, link its persons and addresses, and set up the households.

    Parameters
    ----------
    catalogue, settings
        The workspace.
    run_on
        Day of the run.
    pseudonyms
        The map by which persons' numbers are replaced; they stay as they are if None.
    sources
        Names of the sources; all of the workspace's if None.
    accept_shrink
        Names of sources whose extract is taken however far it falls short of the last one.
    tell
        Told what became of each source once it is taken in, so that it can be said whatever
        becomes of the others.
    progress
        Told of each source.

    Returns
    -------
    list of Ingested
        What became of each source, by name.

    Raises
    ------
    DataError
        With the faults of every extract that cannot be used, and of every source with too few
        links; the others have been taken in and linked.
    LawError
        With the same, where the sharing agreement of a source has expired: its extract is not
        taken in.
    """
    names = sorted(catalogue.sources if sources is None else sources)
    contracts = _referred_to_first([catalogue.source(name) for name in names])
    results, faults, lapsed = [], list[Fault](), list[Fault]()
    for done, contract in enumerate(contracts):
        progress(f"Ingest {contract.source}", done, len(contracts))
        if contract.law.has_lapsed(run_on):
            expired = agreement_faults(contract, run_on)
            note_refusal(settings.state_dir, contract.source, expired, on=run_on)
            lapsed += expired
            continue
        try:
            taken = take_snapshot(
                contract,
                settings.workspace,
                settings.state_dir,
                run_on=run_on,
                sources=catalogue.sources,
                accept_shrink=contract.source in accept_shrink,
                pseudonyms=pseudonyms,
            )
            results.append(taken)
            tell(taken)
            forget_refusal(settings.state_dir, contract.source)
        except DataError as error:
            note_refusal(settings.state_dir, contract.source, error.faults, on=run_on)
            faults += error.faults
    progress("Ingest", len(contracts), len(contracts))
    faults = gathered(faults, settings.workspace)
    taken_in = {taken.source for taken in results}
    faults += _link(catalogue, settings.state_dir, names, taken_in, progress)
    if lapsed:
        raise LawError("\n".join(map(str, (*sorted(lapsed), *sorted(faults)))))
    if faults:
        raise DataError(faults)
    return sorted(results, key=lambda taken: taken.source)


def sources_behind(catalogue: Catalogue, model: str) -> list[str]:
    """Names of the sources a model uses, and of all that those are linked to or refer to."""
    found = dict[str, SourceContract]()
    ahead = list(catalogue.sources_of(model))
    while ahead:
        contract = ahead.pop()
        if contract.source in found:
            continue
        found[contract.source] = contract
        ahead += [catalogue.source(each.source) for each in contract.quality.references]
        if isinstance(contract.link, PersonLink):
            ahead.append(spine_of(catalogue.sources))
        elif isinstance(contract.link, AddressLink):
            ahead.append(gazetteer_of(catalogue.sources))
    return sorted(found)


def _referred_to_first(contracts: Sequence[SourceContract]) -> list[SourceContract]:
    """Contracts by name, those that others refer to before them."""
    by_name = {contract.source: contract for contract in contracts}
    ordered: dict[str, SourceContract] = {}
    visited: set[str] = set()

    def visit(name: str) -> None:
        if name in visited or name not in by_name:
            return
        visited.add(name)
        for reference in by_name[name].quality.references:
            visit(reference.source)
        ordered[name] = by_name[name]

    for name in by_name:
        visit(name)
    return list(ordered.values())


def build(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    *,
    run_on: date,
    progress: Progress = silent,
) -> Path:
    """Build the matrix of a model and refresh the feature store with it; see `build_matrix`."""
    return build_matrix(catalogue, settings, model, run_on=run_on, progress=progress)


def _link(
    catalogue: Catalogue,
    state_dir: Path,
    names: Collection[str],
    taken_in: Collection[str],
    progress: Progress,
) -> list[Fault]:
    """Link the persons and addresses of the sources taken in, and place people in households.

    Nothing is linked to a list that was refused and is not held from before.
    """
    sources, faults = catalogue.sources, list[Fault]()
    kinds = {type(sources[name].link) for name in taken_in}
    lost = {n for n in names if n not in taken_in and not _is_held(state_dir, n)}
    if PersonLink in kinds and spine_of(sources).source not in lost:
        faults += _faults_of(lambda: relink(catalogue, state_dir, progress=progress))
    if AddressLink in kinds and (gazetteer := gazetteer_of(sources)).source not in lost:
        contracts = ingested_with(catalogue, AddressLink, state_dir)
        faults += _faults_of(
            lambda: link_addresses(contracts, gazetteer, state_dir, progress=progress)
        )
    residences = residence_sources(sources)
    if residences and all(_is_held(state_dir, name) for name in residences):
        build_households(sources, state_dir)
    return faults


def _is_held(state_dir: Path, source: str) -> bool:
    return read_manifest(snapshot_folder(state_dir, source)) is not None


def _faults_of(step: Callable[[], None]) -> tuple[Fault, ...]:
    """Faults of data that stopped a step, so that those of other steps can be told with them."""
    try:
        step()
    except DataError as error:
        return error.faults
    return ()

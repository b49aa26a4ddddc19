"""The list of a model released for areas: how many of it lie in each area, and nothing of anyone in them."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy import Engine

from features.store import FeatureStore, StoredRow
from governance.disclosure.control import (
    CONFIDENTIAL,
    DisclosurePolicy,
    Population,
    ProtectedCounts,
    protect_table,
)
from governance.fairness.counts import CELLS
from hearth.audit_log import AuditLog
from hearth.errors import NotFoundError, SunsetError
from hearth.identity import Identity, Permission
from hearth.kept_figures import keep_figures
from hearth.progress import Progress, silent
from hearth.storage.engine import reading, writing
from serving.precomputed.capacity import capacity_of
from serving.scores.inputs import stored_inputs
from serving.scores.restrictions import Restrictions
from serving.scores.scoring import has_ended
from serving.scores.served_models import ServedModel

_CHUNK = 1_000


@dataclass(frozen=True)
class AreasSummary:
    """How many areas were counted, and by what."""

    areas: int
    model: str
    version: str


def count_areas(
    served: ServedModel,
    *,
    identity: Identity,
    store: FeatureStore,
    engine: Engine,
    audit: AuditLog,
    policy: DisclosurePolicy,
    progress: Progress = silent,
) -> AreasSummary:
    """Counts by area of the list a model makes now, small ones withheld, kept for its page.

    No score of anyone is kept.

    Parameters
    ----------
    served
        The model in use.
    identity
        Whoever asks; they must see every area.
    store
        Features by subject.
    engine
        The records.
    audit
        Log of the records.
    policy
        What small counts may be shown.
    progress
        Told of subjects as they are scored.

    Raises
    ------
    PermissionDeniedError
        If the identity may not score every subject with this model.
    NotFoundError
        If the feature store holds no subject.
    SunsetError
        From the model's sunset on.
    """
    name = served.approval.model
    identity.require(Permission.SCORE_WRITE)
    identity.require_purpose(str(served.model.about["purpose"]))
    identity.require_every_area()
    if has_ended(served.model, audit.clock().date()):
        raise SunsetError(f"{name} is no longer used; have a version with a later sunset approved")
    refresh, total = store.refresh_of(name), store.count(name)
    if refresh is None or total == 0:
        raise NotFoundError(
            f"the feature store has no subjects of {name}; run `hearth refresh {name}`"
        )
    with reading(engine) as connection:
        restrictions = Restrictions.read(connection)
    scored: list[tuple[float, bytes, str]] = []
    done = 0
    for rows in _chunks(store.stored_rows(name)):
        kept = [row for row in rows if not restrictions.cover(name, row.entity_id)]
        scored += _scored(served, kept, identity, refresh.mark)
        done += len(rows)
        progress("scoring", done, total)
    found = _counted(scored, capacity_of(served.model)(len(scored)), policy)
    with writing(engine) as connection:
        keep_figures(
            connection,
            "areas",
            name,
            served.approval.version,
            found,
            actor=identity.key_id,
            audit=audit,
        )
    return AreasSummary(len(found["areas"]), name, served.approval.version)


def _chunks(rows: Iterator[StoredRow]) -> Iterator[list[StoredRow]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _scored(
    served: ServedModel, rows: Sequence[StoredRow], identity: Identity, mark: str
) -> list[tuple[float, bytes, str]]:
    """Of each row what ranks it, the highest score first and ties by lot, and its area."""
    if not rows:
        return []
    model = served.model
    inputs = [stored_inputs(row, row.entity_id, identity=identity) for row in rows]
    columns = {f.name: [one.values.get(f.name) for one in inputs] for f in model.features}
    raw = model.raw_score(model.encode_columns(columns)).tolist()
    key = hashlib.blake2b(f"{served.approval.model} {mark}".encode(), digest_size=32).digest()
    lots = (hashlib.blake2b(r.entity_id.encode(), digest_size=8, key=key).digest() for r in rows)
    return [(-score, lot, row.area or "") for score, lot, row in zip(raw, lots, rows, strict=True)]


def _counted(
    scored: Sequence[tuple[float, bytes, str]], places: int, policy: DisclosurePolicy
) -> dict[str, Any]:
    """Counts as the page shows them; nobody's outcome comes into it."""
    areas = sorted({area for *_, area in scored})
    at = {area: j for j, area in enumerate(areas)}
    counts = np.zeros((len(areas), len(CELLS)), dtype=np.int64)
    listed, rest = CELLS.index("selected_unknown"), CELLS.index("unselected_unknown")
    for place, (*_, area) in enumerate(sorted(scored)):
        counts[at[area], listed if place < places else rest] += 1
    table = protect_table(areas, counts, policy, Population.ALL)
    return {
        "policy": policy.text,
        "everyone": _shown(table.everyone),
        "areas": [{"area": area or None, **_shown(table.groups[area])} for area in areas],
    }


def _shown(counts: ProtectedCounts) -> dict[str, Any]:
    """Counts and share as numbers, None where withheld, and as the page prints them."""
    scored, listed = counts["n"], counts["selected"]
    share = (
        None
        if not scored or listed is None or scored < counts.least_denominator
        else listed / scored
    )
    return {
        "scored": scored,
        "listed": listed,
        "share": share,
        "scored_shown": CONFIDENTIAL if scored is None else f"{scored:,}",
        "listed_shown": CONFIDENTIAL if listed is None else f"{listed:,}",
        "share_shown": CONFIDENTIAL if share is None else f"{100 * share:.1f}%",
    }

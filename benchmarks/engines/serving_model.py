"""The model that services are measured with: 300 trees × 31 leaves, 100 features, 12 of them categories."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from sqlalchemy import insert

from hearth.audit_log import AuditLog
from hearth.digest import sha256_of
from hearth.identity import Role, create_key
from hearth.risk_model import (
    BoosterScorer,
    Calibration,
    Cohort,
    FeatureSpec,
    ReasonWords,
    RiskModel,
    Uncertainty,
)
from hearth.risk_model.files import with_manifest
from hearth.storage.database import open_records
from hearth.storage.engine import writing
from hearth.storage.published import publish_files
from hearth.storage.schema import approvals

FEATURES, CATEGORICAL, WITH_MISSING = 100, 12, 20
SIZE = (300, 31)  # trees, leaves
MISSING_SHARE = 0.3  # of those with missing values
CODES = 20  # categories of a categorical feature
GROUPS = 10
NAME, PURPOSE = "benchmark", "early_help"
_NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def rows_of(count: int, seed: int) -> Any:
    """Encoded rows: codes first, then numbers, of which twenty are often missing."""
    random = np.random.default_rng(seed)
    rows = np.round(random.normal(size=(count, FEATURES)), 4)
    rows[:, :CATEGORICAL] = random.integers(0, CODES, (count, CATEGORICAL))
    missing = slice(CATEGORICAL, CATEGORICAL + WITH_MISSING)
    rows[:, missing][random.random((count, WITH_MISSING)) < MISSING_SHARE] = np.nan
    return rows


def trained(folder: Path, trees: int, leaves: int) -> str:
    """A booster in its native text; made once for a folder."""
    file = folder / f"booster-{trees}x{leaves}.txt"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        aside = file.with_suffix(".new")
        aside.write_text(_train(trees, leaves))
        aside.replace(file)
    return file.read_text()


def _train(trees: int, leaves: int) -> str:
    """A booster trained on 20,000 made-up rows."""
    random, rows = np.random.default_rng(1), rows_of(20_000, 0)
    known = np.nan_to_num(rows)
    signal = 0.3 * ((known[:, :CATEGORICAL] % 3 == 1).sum(axis=1) + known[:, 12:60].sum(axis=1))
    signal += known[:, 20] * known[:, 45] + random.normal(size=len(rows))
    parameters = {"objective": "binary", "num_leaves": leaves, "learning_rate": 0.05}
    data = lightgbm.Dataset(
        rows,
        signal > np.median(signal),
        categorical_feature=list(range(CATEGORICAL)),
        params={"verbosity": -1},
    )
    quiet = {"verbosity": -1, "num_threads": 1, "seed": 1}
    text: str = lightgbm.train({**parameters, **quiet}, data, trees).model_to_string()
    return text


@dataclass(frozen=True)
class ServingModel:
    """The model in a folder, and requests for it."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> "ServingModel":
        """Train it, unless the folder has it."""
        trained(folder, *SIZE)
        return cls(folder)

    @property
    def booster(self) -> Path:
        """The booster's text."""
        return self.folder / f"booster-{SIZE[0]}x{SIZE[1]}.txt"

    @cached_property
    def rows(self) -> Any:
        """Encoded rows that are asked for, shape (1000, features)."""
        return rows_of(1_000, 2)

    def bundle(self) -> Any:
        """Hearth's bundle: the booster, a calibration that changes nothing, a cohort and words."""
        scorer, features = BoosterScorer(self.booster.read_text()), _features()
        cohort = rows_of(5_000, 3)
        raw = scorer.raw_score(cohort)
        ends = (float(raw.min()), float(raw.max()))
        return RiskModel(
            about=_ABOUT,
            features=features,
            scorer=scorer,
            calibration=Calibration("platt"),
            cohort=Cohort.of(
                features, lambda j: cohort[:, j], raw, as_of="2026-10-01", base_rate=0.5
            ),
            reasons=_words(),
            uncertainty=Uncertainty(0.95, "made up", ends, (0.01, 0.8), (0.2, 0.99)),
        )

    def values(self) -> list[dict[str, Any]]:
        """The rows as a case system sends them: names, words for codes, null for missing."""
        features = _features()
        return [
            {
                feature.name: None
                if np.isnan(value)
                else feature.categories[int(value)]
                if feature.categories
                else float(value)
                for feature, value in zip(features, row, strict=True)
            }
            for row in self.rows
        ]

    def publish(self, url: str, pepper: str) -> str:
        """Key of a caseworker to records at this URL in which the model is approved."""
        engine, model = open_records(url), self.bundle()
        report = with_manifest({"report.html": b"<p>made up</p>", "report.json": b"{}\n"})
        said = {
            "matrix_sha256": "0" * 64,
            "report_sha256": sha256_of(report["manifest.json"]),
            "submitted_by": "submitter",
            "submitted_at": _NOW,
            "decided_by": "approver",
            "decided_by_role": "board_member",
            "decided_at": _NOW,
            "reason": "It is to be measured.",
        }
        with writing(engine) as connection:
            publish_files(connection, NAME, "1", bundle=model.files, report=report)
            named = {"model": NAME, "version": "1", "state": "approved"}
            connection.execute(
                insert(approvals).values(**named, bundle_sha256=model.sha256, **said)
            )
            key: str = create_key(
                connection,
                pepper,
                name="A benchmark",
                role=Role.CASEWORKER,
                purposes=[PURPOSE],
                actor="operator",
                audit=AuditLog(engine, lambda: _NOW),
                now=datetime.now(UTC),
            )
        engine.dispose()
        return key


def split_of(rows: Any) -> bytes:
    """Encoded rows as MLflow's scoring server takes them."""
    data = [[None if np.isnan(value) else value for value in row] for row in rows.tolist()]
    columns = [feature.name for feature in _features()]
    return json.dumps({"dataframe_split": {"columns": columns, "data": data}}).encode()


def _features() -> tuple[Any, ...]:

    codes = tuple(f"code_{code:02d}" for code in range(CODES))
    return tuple(
        FeatureSpec(
            f"group_{j % GROUPS}_feature_{j}",
            f"group_{j % GROUPS}",
            f"source_{j % GROUPS}",
            "category" if j < CATEGORICAL else "number",
            codes if j < CATEGORICAL else (),
        )
        for j in range(FEATURES)
    )


def _words() -> tuple[Any, ...]:

    def of(g: int) -> Any:
        text = f"{{group_{g}_feature_{g + 60}}} visits on record, {{comparison}}"
        title, source = f"Group {g}", f"source_{g}"
        return ReasonWords(
            f"group_{g}", title, text, "Nothing on record", source, title, "ordinary"
        )

    return tuple(map(of, range(GROUPS)))


_ABOUT = {
    "name": NAME,
    "title": "Benchmark",
    "question": "How fast does the service answer?",
    "unit": "household",
    "candidate": "lightgbm",
    "purpose": PURPOSE,
    "intervention": "assistive",
    "release_level": "household",
    "caveats": ["It is made up."],
    "oversight": {
        "owner": "Nobody",
        "contact": "nobody@council.example",
        "review_every": "12m",
        "sunset": "2099-12-31",
    },
}

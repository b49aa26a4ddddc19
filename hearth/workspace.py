"""A workspace in Python, for data scientists: matrices as pandas, training and reports as calls."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hearth.catalogue import Catalogue, load_catalogue
from hearth.progress import Progress, silent
from hearth.pseudonyms import PseudonymMap
from hearth.settings import Settings, load_settings

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class TrainingRun:
    """A trained version and how its candidates did."""

    model: str
    version: str
    folder: Path
    metrics: dict[str, Any]

    @property
    def chosen(self) -> str:
        """Name of the best candidate, which is the one registered."""
        return str(self.metrics["chosen"])

    @property
    def is_bar_met(self) -> bool:
        """Whether it met the bar that the definition sets."""
        return bool(self.metrics["success"]["met"])

    def candidates(self) -> "pd.DataFrame":
        """One row per test date and candidate; precision at capacity with its interval, in [0, 1]."""
        import pandas as pd

        rows = [
            {
                "tested_on": split["test_as_of"],
                "candidate": name,
                **{
                    f"precision_{part}": figure
                    for part, figure in figures["precision_at_capacity"].items()
                },
                **{
                    key: figures[key]
                    for key in ("lift", "auc", "average_precision", "predicted_over_actual")
                },
                **{key: figures[key] for key in ("precision_at_100", "precision_at_10pct")},
            }
            for split in self.metrics["splits"]
            for name, figures in split["candidates"].items()
        ]
        return pd.DataFrame(rows).set_index(["tested_on", "candidate"])

    def bar(self) -> "pd.DataFrame":
        """Lines of the success bar: rule, met, detail."""
        import pandas as pd

        return pd.DataFrame(self.metrics["success"]["lines"])

    def scored(self) -> "pd.DataFrame":
        """Everybody scored on every test date by every candidate."""
        import pandas as pd

        return pd.read_parquet(self.folder / "scored.parquet")


@dataclass(frozen=True)
class Workspace:
    """One workspace: its settings, and its contracts and definitions, all checked.

    `today` is the day by which sharing agreements and future dates are judged.
    """

    settings: Settings
    catalogue: Catalogue
    today: date

    @property
    def models(self) -> list[str]:
        """Names of the models."""
        return sorted(self.catalogue.models)

    def ingest(self, progress: Progress = silent) -> "pd.DataFrame":
        """Read every extract by its contract; one row a source, with what became of it."""
        import pandas as pd

        from features.commands import ingest

        with PseudonymMap.opened(self.settings) as pairs:
            taken = ingest(
                self.catalogue,
                self.settings,
                run_on=self.today,
                pseudonyms=pairs,
                progress=progress,
            )
        return pd.DataFrame([vars(each) for each in taken]).set_index("source")

    def features(self, model: str) -> "pd.DataFrame":
        """Features of a model: name, group, source, kind and unit."""
        import pandas as pd

        found = [
            {
                "feature": f.name,
                "group": f.group,
                "source": f.source,
                "kind": f.kind,
                "unit": f.unit,
            }
            for f in self.catalogue.features(model)
        ]
        return pd.DataFrame(found).set_index("feature")

    def matrix(
        self, model: str, *, as_of: date | str | None = None, progress: Progress = silent
    ) -> "pd.DataFrame":
        """Features and label of a model's cohort, as known at each as-of date.

        The matrix is built first where it is not up to date.

        Parameters
        ----------
        model
            Name of the model.
        as_of
            One of the definition's as-of dates; all of them if None.
        progress
            Told of each step.

        Returns
        -------
        DataFrame
            Indexed by entity_id and as_of; numbers with NaN for missing, categories as category,
            and last `label`: True, False, or missing where the outcome is not known.

        Raises
        ------
        ValueError
            If `as_of` is none of the definition's dates.
        """
        import pandas as pd

        from features.commands import build
        from features.matrix import read_matrix

        build(self.catalogue, self.settings, model, run_on=self.today, progress=progress)
        stored = read_matrix(self.settings, model)
        frame: pd.DataFrame = stored.features.to_pandas()
        kinds = {f["name"]: f["kind"] for f in stored.manifest["features"]}
        frame = frame.astype(
            {name: "category" if kind == "category" else "float64" for name, kind in kinds.items()}
        )
        frame["label"] = stored.labels["label"].to_pandas().astype("boolean").array
        frame = frame.set_index(["entity_id", "as_of"])
        if as_of is None:
            return frame
        day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        if day.isoformat() not in stored.manifest["as_of"]:
            raise ValueError(
                f"{day} is no as-of date of {model}; use one of {', '.join(stored.manifest['as_of'])}"
            )
        return frame[frame.index.get_level_values("as_of") == day]

    def train(self, model: str, *, progress: Progress = silent) -> TrainingRun:
        """Train and compare every candidate over time; the best is registered in MLflow."""
        from hearth.audit_log import AuditLog
        from hearth.storage.database import open_records
        from training.commands import train

        audit = AuditLog(open_records(self.settings.records_url), lambda: datetime.now(UTC))
        made = train(self.catalogue, self.settings, model, audit=audit, progress=progress)
        return TrainingRun(model, made.version, made.folder, made.metrics)

    def report(
        self,
        model: str,
        version: str | None = None,
        *,
        out: Path | None = None,
        anew: bool = False,
        progress: Progress = silent,
    ) -> Path:
        """The fairness report of a trained version, as a self-contained HTML file.

        Parameters
        ----------
        model
            Name of the model.
        version
            The newest trained if None.
        out
            Folder to write the report as of now into, aside: no approval is ever bound to it.
        anew
            Make it anew, though a submission or approval that is bound to it is void by that.
        progress
            Told of each step.

        Raises
        ------
        BoundError
            If a submission or approval is bound to a report that would change.
        """
        from governance.approval.closing import state_bound
        from governance.commands import report
        from governance.report.files import HTML
        from hearth.registry import find_version
        from hearth.storage.database import open_records
        from hearth.storage.published import version_in_use

        wanted = find_version(self.settings, model, version)
        records = open_records(self.settings.records_url)
        made = report(
            self.catalogue,
            self.settings,
            model,
            wanted,
            now=datetime(self.today.year, self.today.month, self.today.day, tzinfo=UTC),
            in_use=version_in_use(records, model),
            bound=state_bound(self.settings, records, model, wanted, today=self.today),
            anew=anew,
            out=out,
            progress=progress,
        )
        return made.folder / HTML


def open_workspace(folder: Path | str | None = None, *, today: date | None = None) -> Workspace:
    """Workspace of a folder.

    Parameters
    ----------
    folder
        With `features/sources` and `models`; `HEARTH_WORKSPACE` or the current folder if None.
    today
        Day of the run; the day it is, in UTC, if None.

    Raises
    ------
    DefinitionError, NotFoundError, SettingsError
        If the folder is no workspace, or its files cannot be used.
    """
    settings = load_settings(None if folder is None else Path(folder))
    return Workspace(
        settings, load_catalogue(settings.workspace), today or datetime.now(UTC).date()
    )

"""The analyses of every training, in the order in which they are shown; none fits a candidate anew."""

from hearth.progress import Progress, silent
from training.analyses.abstention import abstention
from training.analyses.calibration_over_time import calibration_over_time
from training.analyses.decision_curves import decision_curves
from training.analyses.held_back import held_back
from training.analyses.list_overlap import list_overlap
from training.analyses.notes import notes
from training.analyses.selection_over_time import selection_over_time
from training.analyses.selective_labels import selective_labels
from training.analyses.treated_outcomes import treated_outcomes
from training.findings import Analysis, Finding, Training

ANALYSES: tuple[Analysis, ...] = (
    notes,
    calibration_over_time,
    abstention,
    decision_curves,
    list_overlap,
    selection_over_time,
    selective_labels,
    treated_outcomes,
    held_back,
)


def analyse(training: Training, progress: Progress = silent) -> list[Finding]:
    """What every analysis that applies found."""
    task = f"Analyse {training.definition.model}"
    found = []
    for done, analysis in enumerate(ANALYSES):
        progress(task, done, len(ANALYSES))
        found.append(analysis(training))
    return [finding for finding in found if finding is not None]

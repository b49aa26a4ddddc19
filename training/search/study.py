"""Where a search is kept, so that a stopped one goes on: an Optuna study in `.hearth/studies.db`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from features.artefacts import canonical_sha256
from hearth.private_files import make_private_file
from hearth.settings import Settings

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.storages import RDBStorage
    from optuna.trial import FrozenTrial

FILE = "studies.db"
_MADE_FROM, _SET_ASIDE, _VERDICT = "made_from", "set_aside", "verdict"
_FEWEST_TRIALS = 20  # of fewer, six dimensions cannot be told apart
_FEWEST_VALUES = 5
_SHOWN = 12  # digits of a hash that a name repeats
_WORDS = {
    "code": "the code of Hearth",
    "definition": "the definition",
    "matrix": "the matrix",
    "seed": "the seed",
}


@dataclass(frozen=True)
class Kept:
    """A study as it is kept.

    Attributes
    ----------
    study
        Optuna's own.
    seed
        Of the learner; each trial's sampler is seeded by it and by how many trials went before.
    set_aside
        What changed since an earlier search of the model, in a sentence; None where nothing did.
    """

    study: "Study"
    seed: int
    set_aside: str | None

    @property
    def name(self) -> str:
        """Name of the study: the model, and the hash of what the search depends on."""
        return str(self.study.study_name)

    def finished(self) -> list["FrozenTrial"]:
        """Trials that were judged to their end or given up early, in the order they were made."""
        from optuna.trial import TrialState  # noqa: PLC0415 - heavy, and only a search needs it

        return self.study.get_trials(
            deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED)
        )

    def ask(self, first: Mapping[str, float]) -> "Trial":
        """The next trial: `first` where there is none yet.

        The state of a sampler is not kept, so every trial has a sampler of its own, seeded by the
        number of trials finished before: a search that was stopped makes the trials it would have
        made.
        """
        from optuna.samplers import TPESampler  # noqa: PLC0415 - as above
        from optuna.trial import TrialState  # noqa: PLC0415 - as above

        finished = len(self.finished())
        digest = sha256(f"search {self.seed} {finished}".encode()).digest()
        self.study.sampler = TPESampler(seed=int.from_bytes(digest[:4], "big"))
        if not finished and not self.study.get_trials(states=(TrialState.WAITING,)):
            self.study.enqueue_trial(dict(first))
        return self.study.ask()

    def importances(self, trials: int) -> dict[str, float]:
        """How much each dimension had to do with reaching the better values, of the first trials.

        Shares of 1, the largest first; empty where fewer than 20 trials were judged to their end, or
        these do not differ.

        References
        ----------
        Watanabe, Bansal & Hutter (2023), "PED-ANOVA: efficiently quantifying hyperparameter
        importance in arbitrary subspaces", IJCAI.
        """
        from optuna import create_study  # noqa: PLC0415 - as above
        from optuna.importance import get_param_importances  # noqa: PLC0415 - as above

        whole = [trial for trial in self.finished()[:trials] if trial.state.name == "COMPLETE"]
        values = {trial.value for trial in whole}
        if len(whole) < _FEWEST_TRIALS or len(values) < _FEWEST_VALUES:
            return {}
        apart = create_study(direction="maximize")
        apart.add_trials(whole)
        return dict(get_param_importances(apart))

    def verdict(self, number: int) -> dict[str, Any] | None:
        """What was kept of how a trial compares with the house's settings; None where nothing was."""
        return self.study.user_attrs.get(f"{_VERDICT} {number}")

    def keep_verdict(self, number: int, said: Mapping[str, Any]) -> None:
        """Keep how a trial compares with the house's settings."""
        self.study.set_user_attr(f"{_VERDICT} {number}", dict(said))

    def fail(self, number: int) -> None:
        """Mark a trial that did not come to its end; no later one learns from it."""
        from optuna.trial import TrialState  # noqa: PLC0415 - as above

        self.study.tell(number, state=TrialState.FAIL, skip_if_finished=True)


@contextmanager
def kept_study(
    settings: Settings, model: str, made_from: Mapping[str, str], *, seed: int
) -> Iterator[Kept]:
    """The study of just this model, matrix, definition, seed and code: the one begun, or a new one.

    A trial that a kill left running is marked failed.
    """
    from optuna import create_study  # noqa: PLC0415 - as above
    from optuna.pruners import MedianPruner  # noqa: PLC0415 - as above
    from optuna.trial import TrialState  # noqa: PLC0415 - as above

    name = f"{model} {canonical_sha256(dict(made_from))[:_SHOWN]}"
    with _storage(settings.state_dir / FILE) as storage:
        aside = _set_aside(storage, model, name, made_from)
        study = create_study(
            storage=storage,
            study_name=name,
            direction="maximize",
            pruner=MedianPruner(n_startup_trials=5),
            load_if_exists=True,
        )
        if _MADE_FROM not in study.user_attrs:
            study.set_user_attr(_SET_ASIDE, aside)
            study.set_user_attr(_MADE_FROM, dict(made_from))
        kept = Kept(study, seed, study.user_attrs[_SET_ASIDE])
        for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            kept.fail(trial.number)
        yield kept


@contextmanager
def _storage(file: Path) -> Iterator["RDBStorage"]:
    """Optuna's database, made aside and named once whole; Optuna says nothing of its own accord."""
    import optuna  # noqa: PLC0415 - as above

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    if not file.exists():
        aside = file.with_name(f".{file.name}.aside")
        aside.unlink(missing_ok=True)
        make_private_file(aside)
        optuna.storages.RDBStorage(f"sqlite:///{aside}").engine.dispose()
        aside.replace(file)
    storage = optuna.storages.RDBStorage(f"sqlite:///{file}")
    try:
        yield storage
    finally:
        storage.remove_session()
        storage.engine.dispose()


def _set_aside(
    storage: "RDBStorage", model: str, name: str, made_from: Mapping[str, str]
) -> str | None:
    """What changed since the latest other search of a model, and what becomes of it."""
    from optuna import load_study  # noqa: PLC0415 - as above
    from optuna.study import get_all_study_summaries  # noqa: PLC0415 - as above

    others = [
        (study.datetime_start, study)
        for study in get_all_study_summaries(storage, include_best_trial=False)
        if study.study_name.rpartition(" ")[0] == model and study.datetime_start is not None
    ]
    if not others or any(study.study_name == name for _, study in others):
        return None
    began, latest = max(others, key=lambda other: other[0])
    before: Mapping[str, str] = latest.user_attrs.get(_MADE_FROM, {})
    changed = [word for part, word in _WORDS.items() if before.get(part) != made_from[part]]
    tried = len(Kept(load_study(study_name=latest.study_name, storage=storage), 0, None).finished())
    trials = "1 trial is" if tried == 1 else f"{tried} trials are"
    return (
        f"{_listed(changed)} changed since the search began on {began:%Y-%m-%d}; "
        f"its {trials} set aside, and a new search begins"
    )


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))

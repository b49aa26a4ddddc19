"""The kernel's machine code: where it is kept, who may have written it, and which models it explains."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from hearth.errors import StateError
from hearth.risk_model import BoosterScorer
from serving.tree_shap import machine_code
from serving.tree_shap.forest import read_forest
from serving.tree_shap.model_text import UncoveredModelError
from serving.tree_shap.quick_scorer import QuickScorer
from serving.tree_shap.scorer import ExplainedBooster, with_kernel
from serving.tree_shap.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hearth.risk_model import RiskModel

ROW = np.array([[120.0, 0.07, 3.0, 41.0, np.nan, 2.0, 1.0]])


@pytest.fixture
def code(kernel: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The object file, alone in a private folder of a workspace."""
    made = machine_code.find(tmp_path)
    assert made is not None
    folder = tmp_path / "compiled"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(machine_code, "folders_of", lambda _: (folder,))
    copy = folder / made.name
    copy.write_bytes(made.read_bytes())
    copy.chmod(0o600)
    return copy


def test_a_model_in_use_is_explained_by_the_kernel(kernel: Any, readiness_model: RiskModel) -> None:
    quick = with_kernel(readiness_model, kernel)
    assert isinstance(quick.scorer, ExplainedBooster)
    assert np.allclose(
        quick.contributions(ROW), readiness_model.contributions(ROW), rtol=0, atol=1e-9
    )
    assert np.array_equal(quick.raw_score(ROW), readiness_model.raw_score(ROW))
    assert quick.files == readiness_model.files


def test_many_rows_are_shared_among_threads_and_score_the_same(
    kernel: Any, readiness_model: RiskModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.tree_shap.rows.core_count", lambda: 3)
    rows = np.repeat(ROW, 2_001, axis=0)
    rows[::3] = np.nan
    quick = with_kernel(readiness_model, kernel)
    theirs = readiness_model.raw_score(rows).tolist()
    assert quick.raw_score(rows).tolist() == theirs
    assert quick.scorer.walk(rows).tolist() == theirs
    assert quick.explained(rows)[0].tolist() == theirs


def test_a_model_of_large_trees_is_walked(kernel: Any, model_writer: Callable[..., Any]) -> None:
    text, rows = model_writer(0, leaves=65)
    with pytest.raises(UncoveredModelError, match="more than 64 leaves"):
        QuickScorer(text, kernel)
    assert np.array_equal(Walk(text, kernel)(rows), BoosterScorer(text).raw_score(rows))


def test_without_the_kernel_lightgbm_explains(readiness_model: RiskModel) -> None:
    assert with_kernel(readiness_model, None) is readiness_model


def test_other_kinds_of_model_explain_themselves(
    kernel: Any, model_maker: Callable[..., RiskModel]
) -> None:
    rule = model_maker(kind="rule")
    assert with_kernel(rule, kernel) is rule


@pytest.mark.parametrize(
    "erring", ["explainer.TreeShap.explained", "walk.Walk.__call__", "quick_scorer.QuickScorer.__call__"]
)  # fmt: skip
def test_a_kernel_that_errs_scores_and_explains_nobody(
    kernel: Any, readiness_model: RiskModel, monkeypatch: pytest.MonkeyPatch, erring: str
) -> None:
    scores, found = np.zeros(3), np.zeros((3, len(readiness_model.features) + 1))
    wrong = (scores, found) if erring.endswith("explained") else scores
    monkeypatch.setattr(f"serving.tree_shap.{erring}", lambda _self, _rows: wrong)
    assert with_kernel(readiness_model, kernel) is readiness_model


def test_covers_that_do_not_add_up_are_left_to_lightgbm(readiness_model: RiskModel) -> None:
    scorer = readiness_model.scorer
    assert isinstance(scorer, BoosterScorer)
    altered = replace(
        scorer, text=scorer.text.replace("internal_count=1500", "internal_count=1501")
    )
    assert altered.text != scorer.text
    with pytest.raises(UncoveredModelError, match="do not add up"):
        read_forest(altered.text)


def test_the_code_is_found_where_it_was_put(code: Path, tmp_path: Path) -> None:
    assert machine_code.find(tmp_path) == code


def test_code_cut_short_is_no_code(code: Path, tmp_path: Path) -> None:
    code.write_bytes(code.read_bytes()[:-1])
    assert machine_code.find(tmp_path) is None


@pytest.mark.parametrize("place", ["file", "folder"])
def test_code_that_others_could_have_written_is_never_run(
    code: Path, tmp_path: Path, place: str
) -> None:
    (code if place == "file" else code.parent).chmod(0o777)
    assert machine_code.find(tmp_path) is None


def test_code_is_kept_in_no_folder_that_others_may_write_to(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    with pytest.raises(StateError, match="writable by its owner alone"):
        machine_code.compile_kernel([shared])


def test_what_is_ready_is_not_compiled_again(code: Path, tmp_path: Path) -> None:
    said: list[str] = []
    assert machine_code.ready_kernel(tmp_path, said.append) is not None
    assert said == []


def test_where_it_cannot_be_compiled_that_is_said_and_the_service_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(machine_code, "folders_of", lambda _: ())
    monkeypatch.setattr(machine_code.sys, "executable", "/bin/false")
    assert machine_code.ready_kernel(tmp_path, said.append) is None
    assert "could not be compiled" in said[1]


def test_the_kernel_runs_without_numba_and_with_no_unpickling(kernel: Any, tmp_path: Path) -> None:
    script = (
        "import sys, pathlib\n"
        "sys.addaudithook(lambda event, _: sys.exit(9) if event == 'pickle.find_class' else None)\n"
        "from serving.tree_shap.machine_code import load_kernel\n"
        f"assert load_kernel(pathlib.Path({str(tmp_path)!r})) is not None\n"
        "assert 'numba' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)

"""Every feature of the synthetic council's two problems, by the kernel and by SQL."""

from datetime import date

import numpy as np
import pytest

from features import commands
from features.matrix import read_matrix
from features.point_in_time import kernel, sql

RUN_ON = date(2026, 11, 2)
MODELS = ("school_readiness", "unlicensed_hmo")


@pytest.fixture(scope="module")
def council(shipped_workspace):
    return shipped_workspace(400, 3)


@pytest.mark.parametrize("model", MODELS)
def test_the_kernel_and_the_sql_give_every_feature_alike(council, model, monkeypatch):
    by_kernel, compared = kernel.aggregate, []

    def both(plan, rows, followed, events):
        ours, theirs = (
            by_kernel(plan, rows, followed, events),
            sql.aggregate(plan, rows, followed, events),
        )
        for name in ours.column_names:
            got, expected = ours[name].to_pylist(), theirs[name].to_pylist()
            if isinstance(next((v for v in got if v is not None), None), float):
                got, expected = np.array(got, float), np.array(expected, float)
                np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-9, err_msg=name)
            else:
                assert got == expected, name
            compared.append(name)
        return ours

    monkeypatch.setattr(kernel, "aggregate", both)
    commands.build(*council, model, run_on=RUN_ON)
    assert len(compared) > 40
    assert set(compared) <= set(read_matrix(council[1], model).features.column_names)

"""The rows that `hearth why` lists give the values of the matrix, recomputed here in plain Python."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features import commands
from features.lawful_reading import Reading
from features.matrix import read_matrix
from features.why import trace_row

RUN_ON = date(2026, 11, 2)
MODELS = {
    "school_readiness": "early_help",
    "unlicensed_hmo": "housing_standards",
    "rental_standards": "housing_standards",
}


@pytest.fixture(scope="module")
def council(shipped_workspace):
    return shipped_workspace(300, 5)


@pytest.fixture(scope="module")
def built(council):
    """Rows of the matrix of each model."""
    for model in MODELS:
        commands.build(*council, model, run_on=RUN_ON)
    return {model: read_matrix(council[1], model).features for model in MODELS}


def _age_in_months(born, as_of):
    if born is None or born > as_of:
        return None
    months = 12 * (as_of.year - born.year) + as_of.month - born.month
    return months - (as_of.day < born.day)


def _attribute(held, column, as_of):
    if not held:
        return None
    said = held[0].says
    return _age_in_months(said["date_of_birth"], as_of) if column == "age_months" else said[column]


def _trend(held, window):
    first, end = window
    middle = end - timedelta(days=(end - first).days // 2)
    recent = sum(row.happened >= middle for row in held)
    return recent - (len(held) - recent)


def _over(total, of):
    return total / of if of else None


# of the rows counted, the values of the column asked for, and the feature: its value
AGAIN = {
    "count": lambda held, _values, _feature: len(held),
    "sum": lambda _held, values, _feature: math.fsum(values),
    "distinct": lambda _held, values, _feature: len(set(values)),
    "mean": lambda _held, values, _feature: _over(math.fsum(values), len(values)),
    "share": lambda _held, values, _feature: _over(math.fsum(values), len(values)),
    "min": lambda _held, values, _feature: min(values, default=None),
    "max": lambda _held, values, _feature: max(values, default=None),
    "last": lambda _held, values, _feature: values[0] if values else None,
    "ratio": lambda held, values, feature: _over(
        math.fsum(values), math.fsum(row.says[feature.per] for row in held)
    ),
}


def _recomputed(feature, traced, group, as_of):
    """Value of a feature from the rows counted for it and nothing else."""
    rows = {row.number: row for row in group.rows}
    held = [rows[number] for number in traced.counted]
    if group.other_homes is not None:
        is_rate = feature.aggregate == "around_rate"
        return _over(1_000 * len(held), group.other_homes) if is_rate else len(held)
    if feature.aggregate is None:
        return _attribute(held, feature.column, as_of)
    if feature.aggregate == "trend":
        return _trend(held, traced.window)
    if feature.aggregate.startswith("days_since"):
        return (as_of - held[0].happened).days if held else None
    values = [row.says[feature.column] for row in held] if feature.column else []
    return AGAIN[feature.aggregate](held, values, feature)


def _alike(value, expected):
    if value is None or expected is None or isinstance(expected, str):
        return value == expected
    return math.isclose(float(value), float(expected), rel_tol=1e-9, abs_tol=1e-9)


def _check(council, model, entity, as_of):
    """Nothing, if every value is what its rows give; how many values were compared, and the trace."""
    catalogue, own = council
    reading = Reading(MODELS[model], RUN_ON, restricted=True, names=True)
    found = trace_row(catalogue, own, model, entity, as_of, reading=reading)
    features = {feature.name: feature for feature in catalogue.features(model)}
    wrong, compared = [], 0
    for group in found.groups:
        rows = {row.number: row for row in group.rows}
        filled = {features[f.name].flag_of for f in group.features} - {None}
        for traced in group.features:
            if features[traced.name].flag_of is not None or traced.name in filled:
                continue
            again = _recomputed(features[traced.name], traced, group, as_of)
            compared += 1
            if not _alike(traced.value, again):
                wrong.append((traced.name, traced.value, again))
            assert {*traced.counted, *traced.not_counted} == set(rows)
    assert wrong == []
    return compared, found


def _drawn(data, table):
    (row,) = table.slice(data.draw(st.integers(0, len(table) - 1)), 1).to_pylist()
    return row


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=30)
@given(data=st.data())
def test_every_value_of_the_matrix_is_what_its_rows_give(council, built, model, data):
    row = _drawn(data, built[model])
    compared, found = _check(council, model, row["entity_id"], row["as_of"])
    assert compared > 15
    assert found.values_from == "matrix"
    shown = {f.name: f.value for group in found.groups for f in group.features}
    assert shown == {name: row[name] for name in shown}


@settings(max_examples=15)
@given(data=st.data(), days=st.integers(1, 300))
def test_a_date_that_is_not_in_the_matrix_is_computed_from_its_rows(council, built, data, days):
    row = _drawn(data, built["unlicensed_hmo"])
    as_of = row["as_of"] - timedelta(days=days)
    _, found = _check(council, "unlicensed_hmo", row["entity_id"], as_of)
    assert found.values_from == "computed now"

from datetime import date

import pyarrow as pa
import pytest

from features.cohort import FOLLOWED, ROWS, Cohort
from features.known_rows import KnownRows
from features.labels import label_rows
from hearth.definition import Label, Role

AS_OF = date(2021, 9, 1)


@pytest.fixture
def source(small_council):
    def of(*rows, contract="visits"):
        keys, days, values = zip(*rows, strict=True) if rows else ((), (), ())
        column = "finding" if contract == "visits" else "ready"
        table = pa.table(
            {
                "@key": pa.array(keys, pa.string()),
                "@event_date": pa.array([date.fromisoformat(d) for d in days], pa.date32()),
                column: pa.array(values, pa.string() if contract == "visits" else pa.bool_()),
            }
        )
        return KnownRows(small_council.catalogue.source(contract), table)

    return of


def _cohort(role=Role.ADDRESS, follows=((0, "1"),), as_of=AS_OF):
    rows = pa.table([["1"], [as_of]], schema=ROWS)
    row, key = zip(*follows, strict=True)
    return Cohort(rows, {role: pa.table([row, key], schema=FOLLOWED)})


def _label(observed="when_any_row", **more):
    outcome = {"column": "finding", "is": "unlicensed"}
    return Label(
        **{"source": "visits", "outcome": outcome, "window": "12m", "observed": observed, **more}
    )


def _one(label, cohort, source, extracted_on=date(2024, 1, 1)):
    (row,) = label_rows(label, cohort, source, extracted_on=extracted_on).to_pylist()
    return row["label"], row["observed"]


@pytest.mark.parametrize(
    ("day", "label"),
    [("2021-08-31", None), ("2021-09-01", True), ("2022-08-31", True), ("2022-09-01", None)],
)
def test_the_window_runs_from_the_as_of_date_to_before_its_end(source, day, label):
    assert _one(_label(), _cohort(), source(("1", day, "unlicensed")))[0] is label


def test_where_nobody_looked_the_outcome_is_unknown_and_not_negative(source):
    assert _one(_label(), _cohort(), source(("2", "2021-10-01", "fine"))) == (None, False)
    assert _one(_label(), _cohort(), source(("1", "2021-10-01", "fine"))) == (False, True)


def test_an_outcome_that_would_always_be_seen_is_negative_without_a_row(source):
    assert _one(_label(observed="always"), _cohort(), source()) == (False, True)


def test_a_row_without_an_outcome_says_nothing(source):
    assert _one(_label(), _cohort(), source(("1", "2021-10-01", None))) == (None, False)


@pytest.mark.parametrize(("row", "label"), [("any", True), ("first", False), ("last", True)])
def test_the_definition_says_which_row_decides(source, row, label):
    rows = source(("1", "2022-01-01", "unlicensed"), ("1", "2021-10-01", "fine"))
    assert _one(_label(row=row), _cohort(), rows)[0] is label


@pytest.mark.parametrize(
    ("extracted_on", "known"), [(date(2022, 11, 30), False), (date(2022, 12, 1), True)]
)
def test_a_window_that_had_not_matured_at_the_extract_has_no_label(source, extracted_on, known):
    rows = source(("1", "2021-10-01", "unlicensed"))
    label, observed = _one(_label(maturity="3m"), _cohort(), rows, extracted_on)
    assert (label is not None, observed) == (known, known)


def test_a_label_is_true_if_it_is_true_of_any_child(source):
    rows = source(("a", "2022-01-01", True), ("b", "2022-01-01", False), contract="profiles")
    label = _label(source="profiles", outcome={"column": "ready", "is": False}, row="first")
    assert _one(label, _cohort(Role.CHILD, ((0, "a"), (0, "b"))), rows) == (True, True)


def test_only_a_childs_first_row_of_all_counts_where_the_definition_says_so(source):
    rows = source(("a", "2021-01-01", True), ("a", "2022-01-01", False), contract="profiles")
    label = _label(
        source="profiles", outcome={"column": "ready", "is": False}, at="first_row_of_child"
    )
    assert _one(label, _cohort(Role.CHILD, ((0, "a"),)), rows) == (None, False)


def _decided(label, source, **more):
    (row,) = label_rows(
        label, _cohort(), source, **{"extracted_on": date(2024, 1, 1), **more}
    ).to_pylist()
    return row["found_on"], row.get("assessor_written_on")


@pytest.mark.parametrize(
    ("row", "found_on"), [("any", date(2022, 1, 1)), ("first", date(2021, 10, 1))]
)
def test_the_first_row_with_the_outcome_decides_where_any_row_may(source, row, found_on):
    rows = source(
        ("1", "2022-03-01", "unlicensed"),
        ("1", "2022-01-01", "unlicensed"),
        ("1", "2021-10-01", "fine"),
    )
    assert _decided(_label(row=row), rows)[0] == found_on


def test_where_no_row_has_the_outcome_the_first_decides(source):
    rows = source(("1", "2022-01-01", "fine"), ("1", "2021-10-01", "fine"))
    assert _decided(_label(), rows)[0] == date(2021, 10, 1)


def test_what_the_deciding_row_says_of_the_assessor_is_kept_as_text(source):
    rows = source(("1", "2021-10-01", "fine"), ("1", "2021-11-01", "unlicensed"))
    written = pa.array([date(2021, 10, 5), date(2021, 11, 5)])
    rows = KnownRows(rows.contract, rows.table.append_column("written_on", written))
    label = _label(assessor=["written_on"])

    assert _decided(label, rows) == (date(2021, 11, 1), "2021-11-05")
    assert _decided(label, rows, extracted_on=date(2022, 1, 1)) == (None, None)


@pytest.mark.parametrize(
    ("day", "visited"), [("2021-08-31", False), ("2021-09-01", True), ("2022-09-01", False)]
)
def test_a_visit_in_the_window_is_told_of_beside_the_label(source, day, visited):
    visits = {"source": "visits", "where": [{"column": "finding", "is": "fine"}]}
    rows = source(("1", day, "fine"), ("1", "2021-12-01", "unlicensed"))
    table = label_rows(_label(visited=visits), _cohort(), rows, rows, extracted_on=date(2024, 1, 1))
    assert table["visited"].to_pylist() == [visited]


def test_those_drawn_by_lot_are_judged_by_those_visits_alone(source):
    by_lot = {"column": "reason", "is": "lot"}
    rows = source(("1", "2021-10-01", "unlicensed"), ("1", "2022-01-01", "fine"))
    rows = KnownRows(rows.contract, rows.table.append_column("reason", pa.array(["tip", "lot"])))
    (row,) = label_rows(
        _label(random_arm=by_lot), _cohort(), rows, extracted_on=date(2024, 1, 1)
    ).to_pylist()
    assert (row["label"], row["drawn"], row["drawn_label"]) == (True, True, False)

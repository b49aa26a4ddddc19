"""An extract whose labels are not mature is refused by date, one that is whole never."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from features.cohort import FOLLOWED, ROWS, Cohort
from features.known_rows import KnownRows
from features.label_maturity import chance_of_one_class, check_maturity
from features.labels import label_rows
from hearth.definition import Role
from hearth.errors import DataError

HOMES = 40
YEARS = range(2019, 2023)
EXTRACT = date(2023, 6, 1)
AS_OF = {"first": "2019-01-01", "last": "2023-01-01", "every": "12m"}


def _cohort():
    homes = [str(home) for home in range(HOMES)]
    days = [date(year, 1, 1) for year in (*YEARS, 2023)]
    rows = pa.table([homes * len(days), [d for d in days for _ in homes]], schema=ROWS)
    pairs = pa.table([list(range(len(rows))), homes * len(days)], schema=FOLLOWED)
    return Cohort(rows, {Role.ADDRESS: pairs})


def _visits(upheld):
    """A visit to each home in each year, whose outcome is drawn or told by its day."""
    random = np.random.default_rng(1)
    rows = []
    for year in YEARS:
        for home in range(HOMES):
            day = date(year, 1, 1) + timedelta(days=int(random.integers(0, 364)))
            rows.append((str(home), day, bool(upheld(day, random.random() < 0.3))))
    return rows


@pytest.fixture
def checked(made):
    """Function that checks a model's labels made from visits."""

    def check(rows, changes=None, extracted_on=EXTRACT):
        made.model("noisy_homes", {"as_of": AS_OF, **(changes or {})})
        catalogue = made.load()
        definition = catalogue.model("noisy_homes")
        keys, days, upheld = zip(*rows, strict=True)
        held = {
            "@key": pa.array(keys, pa.string()),
            "@event_date": pa.array(days, pa.date32()),
            "upheld": pa.array(upheld, pa.bool_()),
        }
        source = KnownRows(catalogue.source("complaints"), pa.table(held))
        labels = label_rows(definition.label, _cohort(), source, extracted_on=extracted_on)
        check_maturity(definition, labels, source, extracted_on=extracted_on)
        return labels

    return check


def test_a_whole_extract_is_taken(checked):
    assert checked(_visits(lambda _, drawn: drawn))["observed"].to_pylist().count(True) == 160


def test_an_extract_with_only_positive_rows_after_a_date_is_refused_and_the_date_named(checked):
    rows = _visits(lambda day, drawn: drawn or day >= date(2021, 7, 1))
    last_negative = max(day for _, day, upheld in rows if not upheld)

    with pytest.raises(DataError) as caught:
        checked(rows)

    (fault,) = caught.value.faults
    assert f"not whole from {last_negative + timedelta(days=1)} on: all" in fault.found
    assert "The labels of 2021-01-01, and of later dates" in fault.found
    assert "write 18m or more" in fault.remedy


def test_the_maturity_that_the_refusal_asks_for_is_enough(checked):
    rows = _visits(lambda day, drawn: drawn or day >= date(2021, 7, 1))

    labels = checked(rows, {"label.maturity": "18m"})

    known = labels.filter(labels["observed"])["as_of"].unique().to_pylist()
    assert known == [date(2019, 1, 1), date(2020, 1, 1)]


def test_positives_that_are_still_to_be_recorded_are_missed_too(checked):
    with pytest.raises(DataError, match=r"not whole from 2021-0.-.. on: all \d+ rows lack"):
        checked(_visits(lambda day, drawn: drawn and day < date(2021, 7, 1)))


def test_a_batch_of_one_class_on_one_day_is_no_sign(checked):
    rows = _visits(lambda day, drawn: drawn)
    batch = [(str(home), date(2022, 12, 30), True) for home in range(HOMES // 2)]

    assert len(checked(rows + batch)) == HOMES * 5


def test_a_date_with_labels_of_one_class_among_dates_of_both_is_refused(checked):
    rows = _visits(lambda day, drawn: drawn or day.year == 2019)

    with pytest.raises(DataError, match="is true for all 40 labelled at 2019-01-01, as it is for"):
        checked(rows)


def test_few_rows_of_one_class_may_be_chance(checked):
    rows = _visits(lambda day, drawn: drawn or day.year == 2022)
    few = [row for row in rows if row[1].year < 2022 or int(row[0]) < 5]

    assert len(checked(few)) == HOMES * 5


def test_a_source_that_holds_what_came_true_alone_is_no_sign(checked):
    labels = checked(_visits(lambda *_: True), {"label.observed": "always"})

    assert labels["observed"].to_pylist().count(True) == 160


def test_tests_asked_for_before_labels_are_mature_are_refused_with_the_day(checked):
    changes = {"as_of": {**AS_OF, "test_from": "2022-01-01"}, "label.maturity": "6m"}

    with pytest.raises(DataError) as caught:
        checked(_visits(lambda _, drawn: drawn), changes)

    (fault,) = caught.value.faults
    assert fault.found == (
        "asks for tests on 2022-01-01, whose labels are mature on 2023-07-01, after the extract of "
        "complaints on 2023-06-01"
    )
    assert fault.remedy == (
        "test from 2021-01-01 or earlier, or wait for an extract of 2023-07-01 or later"
    )


def test_the_chance_of_one_class_is_that_of_an_unknown_base_rate():
    assert chance_of_one_class(1, alike=3, of=4) == pytest.approx(4 / 6)
    assert chance_of_one_class(2, alike=3, of=4) == pytest.approx(4 / 6 * 5 / 7)
    assert chance_of_one_class(100, alike=300, of=1_000) < 1e-45

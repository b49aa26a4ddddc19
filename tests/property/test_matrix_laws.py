"""Laws of the whole matrix, from extracts to rows: blind to what was learned later, and to order."""

from datetime import date, timedelta

import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.matrix import read_matrix

AS_OF = date(2022, 9, 1)
later = st.integers(0, 500).map(lambda days: (AS_OF + timedelta(days=days)).isoformat())
ever = st.integers(0, 3_000).map(lambda days: (date(2016, 1, 1) + timedelta(days=days)).isoformat())
person = st.sampled_from(["p1", "p3", "p4", "p5", "p6", "p9"])
home = st.sampled_from(["100", "200", "300"])
pupil = st.sampled_from(["s1,Cal,Ash,2012-03-10,ZZ1 1AA", "s7,Bea,Ash,2018-03-10,ZZ1 1AA"])


AROUND = """\
  - group: near
    source: complaints
    follow: address
    around: {area: lsoa}
    windows: [6m, all]
    fill_missing: {value: 0}
    reason: {title: Near, text: Near}
"""


def _lines(*parts):
    return st.tuples(*parts).map(",".join)


LEARNED_LATER = {
    "residents": st.one_of(
        _lines(
            person,
            st.just("New,Name,2019-02-02,ZZ3 3CC"),
            home,
            ever,
            st.just(""),
            later,
            st.just(""),
        ),
        _lines(
            person,
            st.just("New,Name,2019-02-02,ZZ3 3CC"),
            home,
            st.just("2015-05-05"),
            ever,
            later,
            later,
        ),
    ),
    "complaints": _lines(
        st.uuids().map(str), home, ever, later, st.sampled_from(["noise,99", "damp,"])
    ),
    "homes": _lines(home, st.just("E02"), st.sampled_from(["home,9", "shop,1"]), later),
    "absence": _lines(pupil, later, st.just("7.5")),
    "monitoring": _lines(person, st.just("south,true"), later),
}
ends_learned_later = st.dictionaries(
    st.sampled_from(["p1", "p3", "p4", "p5"]),
    st.tuples(
        st.integers(0, 1_600).map(
            lambda days: (date(2018, 4, 1) + timedelta(days=days)).isoformat()
        ),
        later,
    ),
)
added = st.fixed_dictionaries(
    {name: st.lists(rows, max_size=4) for name, rows in LEARNED_LATER.items()}
)


def _features(council, model):
    council.build(model)
    table = read_matrix(council.settings, model).features
    return table.filter(pc.less_equal(table["as_of"], AS_OF))


def _end_spells(council, ends):
    """Write an end into the spells of these people: a row of the extract changes in place."""
    path = council.root / "data" / "residents.csv"
    rows = [line.split(",") for line in path.read_text().splitlines()]
    for row in rows:
        if row[0] in ends and row[1] != "New":
            row[7], row[9] = ends[row[0]]
    path.write_text("".join(",".join(row) + "\n" for row in rows))


@pytest.fixture(scope="module")
def written(small_council_at, tmp_path_factory):
    council = small_council_at(tmp_path_factory.mktemp("council"))
    for path in (council.root / "features" / "sources").glob("*.yaml"):
        path.write_text(path.read_text() + "quality: {quarantine_at_most: 99%}\n")
    readiness = council.root / "models" / "readiness" / "model.yaml"
    filled = "split_by: topic\n    fill_missing: cohort_median\n"
    text = readiness.read_text().replace("split_by: topic\n", filled)
    readiness.write_text(text.replace("baselines:", AROUND + "baselines:"))
    return council


@pytest.fixture(scope="module")
def before(written):
    return {model: _features(written, model) for model in ("readiness", "letting")}


@pytest.mark.parametrize("model", ["readiness", "letting"])
@settings(max_examples=15)
@given(rows=added, ends=ends_learned_later)
def test_what_is_learned_on_or_after_the_as_of_date_changes_no_feature(
    written, before, model, rows, ends
):
    for name, lines in rows.items():
        written.add(name, *dict.fromkeys(lines))
    _end_spells(written, ends)
    assert _features(written, model).equals(before[model])


@pytest.mark.parametrize("model", ["readiness", "letting"])
@settings(max_examples=5)
@given(random=st.randoms(use_true_random=False))
def test_the_order_of_the_rows_of_extracts_changes_nothing(written, before, model, random):
    for name in LEARNED_LATER:
        written.add(name)
        header, *rows = (written.root / "data" / f"{name}.csv").read_text().splitlines()
        written.write(name, "\n".join([header, *random.sample(rows, len(rows))]) + "\n")
    assert _features(written, model).equals(before[model])

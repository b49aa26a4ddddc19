"""A batch as objects and the same batch as a table are read alike and recorded alike."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hearth.risk_model import FeatureSpec
from serving.scores.many_schemas import ManySchema
from serving.scores.record_texts import inputs_on_record

WORDS = ("a", "b,c", '"],[" ', "é")
FEATURES = (
    FeatureSpec("one", "g", "s", "number"),
    FeatureSpec("two, too", "g", "s", "category", WORDS),
    FeatureSpec("three: é", "g", "s", "number"),
    FeatureSpec("names", "g", "s", "category", WORDS[:2]),
)
NUMBERS = (
    st.none() | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.tuples(
    *(
        st.none() | st.sampled_from(one.categories) if one.kind == "category" else NUMBERS
        for one in FEATURES
    )
)
SCHEMA = ManySchema(FEATURES)


def on_record(rows):
    """Inputs as they are read from the records."""
    texts = [b'{"purpose":"p",' + rows.before + bytes(one) + b"}" for one in rows.texts]
    return [inputs_on_record(json.loads(text)) for text in texts]


@given(
    rows=st.lists(VALUES, min_size=1, max_size=5),
    order=st.permutations(range(len(FEATURES))),
    separators=st.sampled_from([(",", ":"), (" , ", " : ")]),
    reasons=st.booleans(),
)
def test_both_forms_give_the_same_inputs_to_the_model_and_to_the_records(
    rows, order, separators, reasons
):
    names = [one.name for one in FEATURES]
    objects = {"rows": [dict(zip(names, row, strict=True)) for row in rows], "reasons": reasons}
    listed = [[row[place] for place in order] for row in rows]
    table = {"names": [names[place] for place in order], "rows": listed, "reasons": reasons}
    first, second = (
        SCHEMA.read(json.dumps(form, separators=separators).encode()).rows
        for form in (objects, table)
    )
    assert np.array_equal(first.matrix, second.matrix, equal_nan=True)
    assert [dict(one) for one in first.values] == [dict(one) for one in second.values]
    assert on_record(first) == on_record(second) == objects["rows"]

import pytest

from hearth.errors import UnusableInputError
from hearth.risk_model import FeatureSpec
from serving.scores.schemas import Asked, RequestSchema
from serving.web.problems import ProblemError

FEATURES = (
    FeatureSpec("noise_count_12m", "noise", "noise", "number"),
    FeatureSpec("tenure", "tenure", "properties", "category", ("owned", "rented")),
)


@pytest.fixture(scope="module")
def schema():
    return RequestSchema(FEATURES)


def faults_of(schema, body):
    with pytest.raises(UnusableInputError) as error:
        schema.read(body)
    return {fault.place: fault.found for fault in error.value.faults}


def test_values_are_read_by_feature_name(schema):
    read = schema.read(b'{"values": {"tenure": "owned", "noise_count_12m": 3}}')
    assert read.values == {"noise_count_12m": 3.0, "tenure": "owned"}


def test_null_says_that_nothing_is_recorded(schema):
    read = schema.read(b'{"values": {"tenure": null, "noise_count_12m": null}}')
    assert read.values == {"noise_count_12m": None, "tenure": None}


def test_a_subject_is_read(schema):
    assert schema.read(b'{"subject": "100012345678"}') == Asked(subject="100012345678")


@pytest.mark.parametrize(
    "rest", [b'"subject": "1"', b'"values": {"tenure": null, "noise_count_12m": 1}']
)
def test_reasons_are_given_unless_they_are_declined(schema, rest):
    assert schema.read(b"{" + rest + b"}").reasons
    assert not schema.read(b'{"reasons": false, ' + rest + b"}").reasons


def test_reasons_are_declined_by_true_or_false_alone(schema):
    assert set(faults_of(schema, b'{"subject": "1", "reasons": "no"}')) == {"reasons"}


def test_every_fault_is_told_at_once(schema):
    found = faults_of(schema, b'{"values": {"tenure": "castle", "noise_count_12m": "3", "age": 1}}')
    assert set(found) == {"tenure", "noise_count_12m", "values"}


def test_an_absent_feature_is_a_fault_and_not_a_missing_value(schema):
    assert faults_of(schema, b'{"values": {"tenure": null}}') == {"noise_count_12m": "is absent"}


@pytest.mark.parametrize("number", ["true", '"3"', "[3]", "{}", "9" * 400])
def test_what_is_no_finite_number_is_refused(schema, number):
    body = f'{{"values": {{"tenure": null, "noise_count_12m": {number}}}}}'.encode()
    assert set(faults_of(schema, body)) == {"noise_count_12m"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"values": {"tenure": null, "noise_count_12m": NaN}}',
        b'{"values": {"tenure": null, "noise_count_12m": Infinity}}',
        b'{"values": {"tenure": null, "noise_count_12m": 1e999}}',
        b'{"values": ' + b"[" * 50_000,
    ],
)
def test_what_is_not_json_is_refused_as_such(schema, body):
    with pytest.raises(ProblemError) as error:
        schema.read(body)
    assert error.value.status == 400


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"3",
        b"null",
        b"{}",
        b'{"subject": "1", "values": {}}',
        b'{"subject": ""}',
        b'{"subject": 100012345678}',
        b'{"subject": "a\\u0000b"}',
        b'{"values": []}',
        b'{"subject": "%s"}' % (b"9" * 129),
    ],
)
def test_a_body_of_neither_form_is_refused(schema, body):
    assert faults_of(schema, body)


def test_a_fault_never_repeats_what_was_sent(schema):
    with pytest.raises(UnusableInputError) as error:
        schema.read(b'{"values": {"tenure": "MARK-1", "noise_count_12m": "MARK-2", "MARK-3": 1}}')
    assert "MARK" not in str(error.value)

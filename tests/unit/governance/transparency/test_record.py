import csv
import io
import json
import re

import jsonschema
import pytest
import yaml

from governance.transparency.fields import FIELDS
from governance.transparency.record import (
    State,
    as_csv,
    as_json,
    changes_between,
    make_record,
    read_json,
    record_document,
)
from governance.transparency.schema import RECORD_SCHEMA, WRITTEN_SCHEMA, schema_files
from governance.transparency.usage import Usage
from governance.transparency.written import Written
from hearth.schemas import FOLDER
from hearth.yaml_file import read_plain

VALIDATOR = jsonschema.Draft202012Validator(
    json.loads(schema_files()[RECORD_SCHEMA]),
    format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
)


def written(**fields):
    return Written.model_validate({"fields": fields})


def answer(facts, key):
    return next(a for a in make_record(facts).answers if a.field.key == key)


def test_the_published_schemas_are_up_to_date(repository):
    for name, text in schema_files().items():
        published = (repository / FOLDER / name).read_text(encoding="utf-8")
        assert published == text, "run: python -m governance.transparency.schema"


def test_a_record_is_valid_by_our_schema(facts_of):
    record = json.loads(as_json(make_record(facts_of())))
    VALIDATOR.validate(record)
    assert [field["ref"] for field in record["fields"]] == [field.ref for field in FIELDS]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda record: record["fields"].pop(),
        lambda record: record["fields"].reverse(),
        lambda record: record["fields"][0].update(text=None),
        lambda record: record["fields"][0].update(state="redacted", text=None, reason="Secret."),
        lambda record: record["fields"][0].update(note="more"),
        lambda record: record.update(standard_version="3.0"),
        lambda record: record.update(made_on="yesterday"),
    ],
)
def test_a_spoilt_record_is_not_valid(facts_of, spoil):
    record = json.loads(as_json(make_record(facts_of())))
    spoil(record)
    assert not VALIDATOR.is_valid(record)


def test_what_a_person_must_still_write_is_listed(facts_of):
    record = make_record(facts_of())
    keys = {a.field.key for a in record.to_write}
    assert {"benefits", "team", "training"} <= keys
    assert "website" not in keys  # asked for, and not required
    assert not json.loads(as_json(record))["is_complete"]


def test_a_field_that_a_person_wrote_is_no_longer_to_be_written(facts_of):
    facts = facts_of(written=written(benefits="Help\n  reaches families earlier."))
    assert answer(facts, "benefits").text == "Help reaches families earlier."


def test_a_persons_words_stand_before_what_was_measured_and_never_in_its_place(facts_of):
    ours = answer(facts_of(), "performance").text
    both = answer(facts_of(written=written(performance="Read with care.")), "performance").text
    assert both == f"Read with care.\n{ours}"


@pytest.mark.parametrize(
    ("how", "state"), [("not_applicable", State.NOT_APPLICABLE), ("redacted", State.REDACTED)]
)
def test_a_field_may_be_not_applicable_or_redacted_with_a_reason(facts_of, how, state):
    facts = facts_of(written=written(procurement={how: "No contract was let."}))
    found = answer(facts, "procurement")
    assert (found.state, found.text, found.reason) == (state, "", "No contract was let.")
    VALIDATOR.validate(json.loads(as_json(make_record(facts))))


def test_performance_gives_every_group_with_its_interval_and_what_was_tried(facts_of):
    text = answer(facts_of(), "performance").text
    for group in ("Asian", "Black", "Mixed", "White British"):
        assert f"{group} " in text
    assert "% to " in text
    assert "Mitigations: none was tried" in text


def test_usage_is_given_with_its_override_rate(facts_of):
    usage = Usage(
        400, 100, {"agree": 80, "override": 12, "defer": 8}, None, "2026-10-01", "2026-10-31"
    )
    text = answer(facts_of(usage=usage), "usage").text
    assert "400 scores between 1 October 2026 and 31 October 2026" in text
    assert "12 override" in text


def test_withheld_usage_is_marked_and_not_given(facts_of):
    text = answer(facts_of(usage=Usage(None, None, None, None, None, None)), "usage").text
    assert "[c]" in text


def test_few_rows_of_a_source_are_withheld(facts_of):
    assert "[c] rows" in answer(facts_of(rows={"social_care": 4}), "datasets").text
    assert "12,345 rows" in answer(facts_of(), "datasets").text


def test_only_fields_that_differ_are_in_the_comparison(facts_of):
    before, after = make_record(facts_of()), make_record(facts_of(version="4"))
    refs = [change.ref for change in changes_between(before, after)]
    assert "2.4.2.2" in refs
    assert "1.1" not in refs
    assert changes_between(before, before) == []


def test_a_record_read_back_is_the_record(facts_of):
    record = make_record(facts_of(written=written(third_party={"not_applicable": "None."})))
    assert read_json(as_json(record)) == record


def test_the_csv_has_a_row_for_each_field_and_no_formula(facts_of):
    record = make_record(facts_of(written=written(benefits="=1+1", team="-2")))
    rows = list(csv.DictReader(io.StringIO(as_csv(record).decode())))
    assert [row["ref"] for row in rows] == [field.ref for field in FIELDS]
    assert not any(row["text"][:1] in {"=", "+", "-", "@"} for row in rows)


def test_the_document_says_that_the_standard_is_no_law_for_councils(facts_of):
    record = make_record(facts_of())
    opening = record_document(record).as_json()["sections"][0]["blocks"][0]["text"]
    assert "good practice and not law" in opening


def test_fields_we_could_not_confirm_are_marked(facts_of):
    cells = [
        row[0]
        for s in record_document(make_record(facts_of())).sections[1:]
        for row in s.blocks[0].rows
    ]
    assert "2.2.2 Benefits *" in cells
    assert "1.1 Name" in cells


def test_every_field_is_documented_with_its_number(repository):
    page = (repository / "docs/reference/transparency.md").read_text()
    rows = [f"| {f.ref}{'' if f.confirmed else ' *'} | `{f.key}` | {f.label} |" for f in FIELDS]
    assert [row for row in rows if row not in page] == []


def test_the_documented_example_can_be_read(repository):
    page = (repository / "docs/reference/transparency.md").read_text()
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert Written.model_validate_json(json.dumps(yaml.load(example, yaml.BaseLoader)))


def test_what_people_wrote_of_the_shipped_models_fits_the_schema(repository):
    validator = jsonschema.Draft202012Validator(json.loads(schema_files()[WRITTEN_SCHEMA]))
    files = sorted(repository.glob("models/*/transparency.yaml"))
    assert len(files) >= 3
    for file in files:
        validator.validate(read_plain(file, shown_as=file.name))

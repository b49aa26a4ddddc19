import json

import pytest
from pydantic import ValidationError

from hearth.catalogue import load_catalogue
from hearth.errors import DefinitionError
from hearth.linkage_settings import LinkageSettings

WRONG = """comparisons:
  - {field: forename, by: name}
  - {field: forename, by: sound}
blocking: [[forename], [eye_colour]]
link_at: 2
"""


def test_a_workspace_without_a_file_uses_the_shipped_settings(small_council):
    assert small_council.catalogue.linkage == LinkageSettings()


def test_every_fault_of_the_file_is_told_at_once(small_council):
    (small_council.root / "features" / "linkage.yaml").write_text(WRONG)
    with pytest.raises(DefinitionError) as told:
        load_catalogue(small_council.root)
    places = {fault.place for fault in told.value.faults}
    assert places == {"comparisons[1].by", "link_at"}


def test_a_field_that_no_source_can_hold_is_a_fault(small_council):
    text = "comparisons: [{field: forename, by: name}, {field: eye_colour, by: text}]\n"
    text += "blocking: [[forename], [eye_colour]]\ntraining: {sure: [[forename, eye_colour]]}\n"
    (small_council.root / "features" / "linkage.yaml").write_text(text)
    with pytest.raises(DefinitionError, match=r"`comparisons\[1\].field` is eye_colour"):
        load_catalogue(small_council.root)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"blocking": [["forename"], ["eye_colour"]]}, "names eye_colour"),
        ({"blocking": [["forename", "surname"], ["forename"]]}, "every rule names forename"),
        ({"review": {"above": 0.9, "below": 0.1}}, "exchange them"),
        ({"comparisons": [{"field": "forename", "by": "name"}] * 2}, "forename again"),
    ],
)
def test_rules_that_contradict_are_refused(changes, found):
    with pytest.raises(ValidationError, match=found):
        LinkageSettings.model_validate_json(json.dumps(changes))


def test_what_a_side_does_not_hold_is_left_out():
    settings = LinkageSettings().about(frozenset({"forename", "surname", "date_of_birth"}))
    assert [c.field for c in settings.comparisons] == ["forename", "surname", "date_of_birth"]
    assert settings.blocking == (("forename", "date_of_birth"), ("surname", "date_of_birth"))

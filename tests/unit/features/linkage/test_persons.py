import json

import pytest

from features.linkage.persons import links_folder, read_links, spine_of
from hearth.errors import DefinitionError, NotFoundError


def test_each_reference_is_linked_once_with_its_rule(small_council):
    small_council.ingest()
    (link,) = read_links(small_council.settings.state_dir, "absence").to_pylist()
    assert (link["reference"], link["person_id"]) == ("s1", "p4")
    assert 0.99 < link["confidence"] <= 1
    assert link["match_weight"] > 20
    assert link["rule"] == "forename same, surname same, date_of_birth same, postcode same"


def test_links_are_made_again_only_when_something_changed(small_council):
    small_council.ingest()
    folder = links_folder(small_council.settings.state_dir, "absence")
    before = (folder / "links.parquet").stat().st_mtime_ns
    small_council.ingest()
    assert (folder / "links.parquet").stat().st_mtime_ns == before
    small_council.add("residents", "p7,Zoe,Zed,2012-03-10,ZZ9 9ZZ,300,2015-01-01,,2015-02-01,")
    small_council.ingest()
    assert read_links(small_council.settings.state_dir, "absence")["reference"].to_pylist() == [
        "s1",
        "s9",
    ]


def test_a_source_that_was_not_linked_says_what_to_run(small_council):
    with pytest.raises(NotFoundError, match="hearth ingest"):
        read_links(small_council.settings.state_dir, "absence")


def test_the_spine_is_the_one_source_that_lists_persons(small_council):
    sources = small_council.catalogue.sources
    assert spine_of(sources).source == "residents"
    del sources["residents"]
    with pytest.raises(DefinitionError, match="none"):
        spine_of(sources)


def test_a_list_too_small_to_learn_from_uses_shipped_weights_and_says_so(small_council):
    small_council.ingest()
    weights = small_council.settings.state_dir / "linkage" / "weights"
    manifest = json.loads((weights / "manifest.json").read_text())
    assert manifest["weights"].startswith("shipped with Hearth; fewer than 10,000 spellings")


def test_a_person_is_found_by_any_spelling_of_any_date(small_council):
    small_council.add("residents", "p4,Cal,Oak,2012-03-10,ZZ7 7ZZ,300,2023-01-01,,2023-02-01,")
    small_council.write(
        "absence",
        "pupil,forename,surname,born,postcode,missed_on,hours\n"
        "s1,Cal,Oak,2012-03-10,ZZ7 7ZZ,2021-05-04,2.5\n",
    )
    small_council.ingest()
    (link,) = read_links(small_council.settings.state_dir, "absence").to_pylist()
    assert link["person_id"] == "p4"


def test_an_identifying_number_that_both_hold_is_compared(small_council):
    root = small_council.root / "features" / "sources"
    for name, own in (("residents", "  uprn: "), ("absence", "  hours: ")):
        text = (root / f"{name}.yaml").read_text()
        text = text.replace("postcode: postcode}", "postcode: postcode, number: nhs}")
        text = text.replace(own, "  nhs: {type: string, missing: allowed}\n" + own)
        (root / f"{name}.yaml").write_text(text)
    people = "p1,Ann,Ash,1990-05-01,ZZ1 1AA,943 476,100,2015-01-01,,2015-02-01,\n"
    head = "person_id,forename,surname,date_of_birth,postcode,nhs,uprn,moved_in,moved_out,in_known,out_known\n"
    small_council.write("residents", head + people)
    pupils = "pupil,forename,surname,born,postcode,missed_on,nhs,hours\n"
    small_council.write("absence", pupils + "s1,Nan,Oak,1990-05-01,,2021-05-04,943-476,2\n")
    small_council.ingest()
    (link,) = read_links(small_council.settings.state_dir, "absence").to_pylist()
    assert (link["person_id"], link["rule"].split(", ")[-1]) == ("p1", "number same")

import json
from types import SimpleNamespace

import pytest

from governance.transparency import commands
from governance.transparency.written import Written, check_written, read_written
from hearth.audit_log import AuditLog
from hearth.errors import BundleError, DefinitionError, NotFoundError, PermissionDeniedError
from hearth.identity import Identity, Role
from hearth.risk_model.files import check_files, read_folder
from hearth.storage.engine import reading
from hearth.storage.publications import find_publication, transparency_folder

SCIENTIST = Identity("key1", "A scientist", Role.DATA_SCIENTIST)
RECORDS = ("atrs", "dpia", "equality", "minimisation", "notice")


@pytest.fixture
def make(monkeypatch, tmp_path, facts_of, clock):
    """Makes the records of facts in a state folder of the test's own."""

    def made(**changes):
        facts = facts_of(**changes)
        monkeypatch.setattr(commands, "read_facts", lambda *_args, **_options: facts)
        settings = SimpleNamespace(state_dir=tmp_path)
        return commands.make_records(
            None, settings, "early_help", facts.version, records=None, now=clock()
        )

    return made


def test_every_record_is_a_page_markdown_and_json_under_a_manifest(make):
    made = make(card=b"# Card\n")
    expected = {f"{name}.{form}" for name in RECORDS for form in ("html", "md", "json")}
    assert set(made.files) == expected | {"atrs.csv", "manifest.json"}
    check_files(read_folder(made.folder))


def test_the_card_of_training_is_among_them_only_where_nothing_is_withheld(make, facts_of):
    definition = facts_of().definition
    fairness = definition.fairness.model_copy(update={"disclosure": "none"})
    public = definition.model_copy(update={"fairness": fairness})
    assert "model_card.md" not in make(card=b"# Card\n").files
    assert "model_card.md" in make(card=b"# Card\n", definition=public).files


def test_the_same_facts_give_the_same_bytes(make):
    assert make().files == make().files


def test_what_a_person_must_write_is_told_with_its_key(make):
    told = make().to_write
    assert any(line.startswith("fields.benefits: 2.2.2") for line in told)
    assert any(line.startswith("dpia.consultation: ") for line in told)
    assert any("why disability is not held" in line for line in told)


def test_records_are_compared_with_those_of_another_version(make, tmp_path):
    make(version="2")
    settings = SimpleNamespace(state_dir=tmp_path)
    changes = commands.compare_records(settings, "early_help", "2", make().files)
    assert ("2.4.2.2", "2", "3") in {(c.ref, c.before, c.after) for c in changes}
    with pytest.raises(NotFoundError, match="hearth transparency early_help --version 1"):
        commands.compare_records(settings, "early_help", "1", make().files)


def test_published_records_are_those_made_and_stand_in_the_audit_log(make, records, clock):
    made, name = make(), transparency_folder("early_help", "3")
    audit = AuditLog(records, clock)
    done = [commands.publish(made.folder, name, identity=SCIENTIST, audit=audit) for _ in "ab"]
    assert done == [True, False]  # what is published is not published again
    with reading(records) as connection:
        assert find_publication(connection, name).files == made.files
    (entry,) = audit.recorded("records.publish")
    assert entry.details["manifest_sha256"] == check_files(made.files)


def test_altered_records_are_not_published(make, records, clock):
    folder = make().folder
    (folder / "notice.md").write_text("Nothing to see.")
    with pytest.raises(BundleError, match=r"altered: notice\.md"):
        commands.publish(folder, "x", identity=SCIENTIST, audit=AuditLog(records, clock))


def test_whoever_may_not_submit_may_not_publish(make, records, clock):
    caseworker = Identity("key2", "A caseworker", Role.CASEWORKER)
    with pytest.raises(PermissionDeniedError, match="model:submit"):
        commands.publish(make().folder, "x", identity=caseworker, audit=AuditLog(records, clock))


def test_what_people_wrote_is_read_and_left_as_it_is(tmp_path):
    path = tmp_path / "models/early_help/transparency.yaml"
    path.parent.mkdir(parents=True)
    text = "fields:\n  benefits: Earlier help.\n  procurement: {redacted: Until the contract is let.}\n"
    path.write_text(text)
    written = read_written(tmp_path, "early_help")
    assert written.fields["benefits"].text == "Earlier help."
    assert path.read_text() == text
    assert read_written(tmp_path, "another") == Written()


def test_all_faults_of_what_people_wrote_are_told_together_and_no_name_repeated(tmp_path):
    path = tmp_path / "models/early_help/transparency.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(
        "fields:\n  owner: Somebody\n  senior_responsible_owner: Jane Smith\n  benefits: {redacted: No.}\n"
        "  website: council.example\n"
    )
    with pytest.raises(DefinitionError) as refused:
        read_written(tmp_path, "early_help")
    places = {fault.place for fault in refused.value.faults}
    assert places == {
        "fields.owner", "fields.senior_responsible_owner", "fields.benefits", "fields.website",
    }  # fmt: skip
    assert "Jane" not in str(refused.value)


def test_a_check_of_the_workspace_tells_the_faults_of_every_model(tmp_path, facts_of):
    definition = facts_of().definition
    named = definition.oversight.model_copy(update={"owner": "Jane Smith"})
    models = {"a": definition, "b": definition.model_copy(update={"oversight": named})}
    (tmp_path / "models/a").mkdir(parents=True)
    (tmp_path / "models/a/transparency.yaml").write_text("fields: {nonsense: text}\n")
    with pytest.raises(DefinitionError) as refused:
        check_written(SimpleNamespace(root=tmp_path, models=models))
    assert [f.place for f in refused.value.faults] == ["fields.nonsense", "oversight.owner"]


@pytest.mark.parametrize("model", ["rental_standards", "school_readiness", "unlicensed_hmo"])
def test_a_shipped_model_says_that_nobody_uses_it(repository, model):
    written = read_written(repository, model)
    assert "nobody uses" in json.dumps(written.model_dump(), default=str)

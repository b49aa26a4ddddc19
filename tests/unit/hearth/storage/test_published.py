import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, update

from hearth.digest import sha256_of
from hearth.errors import BundleError, NotFoundError, WithdrawnError
from hearth.storage.engine import reading, writing
from hearth.storage.published import (
    approval_in_force,
    current_approval,
    find_closed,
    list_closed,
    list_published,
    publish_files,
    published_bundle,
    published_report,
)
from hearth.storage.schema import approvals, bundles, reports

TABLES = {"bundle": bundles, "report": reports}
READERS = {"bundle": published_bundle, "report": published_report}


def with_manifest(**files):
    named = {name.replace("_", "."): content.encode() for name, content in files.items()}
    listed = {name: sha256_of(content) for name, content in named.items()}
    return named | {"manifest.json": json.dumps({"files": listed}).encode()}


BUNDLE = with_manifest(model_json='{"name": "hmo"}', booster_txt="tree")
REPORT = with_manifest(report_json="{}", report_html="<p>Report</p>")


def approve(engine, version="1", *, day=1, state="approved", model="hmo"):
    with writing(engine) as connection:
        publish_files(connection, model, version, bundle=BUNDLE, report=REPORT)
        connection.execute(
            insert(approvals).values(
                model=model,
                version=version,
                state=state,
                bundle_sha256=sha256_of(BUNDLE["manifest.json"]),
                matrix_sha256="a" * 64,
                report_sha256=sha256_of(REPORT["manifest.json"]),
                submitted_by="key1",
                submitted_at=datetime(2026, 10, 1, tzinfo=UTC),
                decided_by="key2",
                decided_by_role="board_member",
                decided_at=datetime(2026, 11, day, tzinfo=UTC),
                reason="It meets the bar.",
            )
        )


def current_version(engine):
    with reading(engine) as connection:
        approval = current_approval(connection, "hmo")
    return approval and approval.version


def set_state(engine, version, state):
    with writing(engine) as connection:
        connection.execute(
            update(approvals).where(approvals.c.version == version).values(state=state)
        )


def test_the_approval_decided_last_is_in_force(records):
    approve(records, "2", day=3)
    approve(records, "10", day=2)
    assert current_version(records) == "2"


@pytest.mark.parametrize("state", ["draft", "submitted", "refused"])
def test_a_version_that_was_never_approved_leaves_the_last_one_in_force(records, state):
    approve(records, "1", day=1)
    approve(records, "2", day=2, state=state)
    assert current_version(records) == "1"


@pytest.mark.parametrize("state", ["withdrawn", "expired", "voided"])
def test_once_the_last_is_withdrawn_no_older_one_comes_back(records, state):
    approve(records, "1", day=1)
    approve(records, "2", day=2)
    set_state(records, "2", state)
    assert current_version(records) is None


def test_withdrawing_an_older_version_leaves_the_newer_in_force(records):
    approve(records, "1", day=1)
    approve(records, "2", day=2)
    set_state(records, "1", "withdrawn")
    assert current_version(records) == "2"


@pytest.mark.parametrize("kind", READERS)
def test_an_unapproved_model_has_nothing_published(records, kind):
    approve(records, state="submitted")
    with reading(records) as connection, pytest.raises(NotFoundError, match="`hmo` is approved"):
        READERS[kind](connection, "hmo")


def test_published_files_are_those_approved(records):
    approve(records)
    with reading(records) as connection:
        assert published_bundle(connection, "hmo").files == BUNDLE
        assert published_report(connection, "hmo").files == REPORT


def test_an_approval_says_who_and_what_it_is_bound_to(records):
    approve(records)
    with reading(records) as connection:
        approval = published_bundle(connection, "hmo").approval
    assert (approval.submitted_by, approval.decided_by) == ("key1", "key2")
    assert approval.bundle_sha256 == sha256_of(BUNDLE["manifest.json"])


@pytest.mark.parametrize(
    ("kind", "path"),
    [("bundle", path) for path in BUNDLE] + [("report", path) for path in REPORT],
)
@pytest.mark.parametrize("covers_its_track", [False, True])
def test_one_altered_byte_is_refused_and_its_file_named(records, kind, path, covers_its_track):
    approve(records)
    table = TABLES[kind]
    altered = (BUNDLE if kind == "bundle" else REPORT)[path].replace(b"e", b"E", 1) + b" "
    change = {"content": altered} | ({"sha256": sha256_of(altered)} if covers_its_track else {})
    with writing(records) as connection:
        connection.execute(update(table).where(table.c.path == path).values(change))
    with reading(records) as connection, pytest.raises(BundleError, match=path):
        READERS[kind](connection, "hmo")


@pytest.mark.parametrize("path", ["booster.txt", "manifest.json"])
def test_a_missing_file_is_refused(records, path):
    approve(records)
    with writing(records) as connection:
        connection.execute(delete(bundles).where(bundles.c.path == path))
    with reading(records) as connection, pytest.raises(BundleError, match=path):
        published_bundle(connection, "hmo")


def test_a_file_nobody_approved_is_refused(records):
    approve(records)
    extra = {"path": "extra.txt", "content": b"a", "sha256": sha256_of(b"a")}
    with writing(records) as connection:
        connection.execute(insert(bundles).values(model="hmo", version="1", **extra))
    with reading(records) as connection, pytest.raises(BundleError, match=r"extra\.txt"):
        published_bundle(connection, "hmo")


@pytest.mark.parametrize("manifest", [b"", b"[]", b'{"files": 3}', b"\xff"])
def test_a_manifest_that_cannot_be_read_is_refused(records, manifest):
    approve(records)
    with writing(records) as connection:
        spoilt = {"content": manifest, "sha256": sha256_of(manifest)}
        connection.execute(
            update(bundles).where(bundles.c.path == "manifest.json").values(**spoilt)
        )
        connection.execute(update(approvals).values(bundle_sha256=spoilt["sha256"]))
    with reading(records) as connection, pytest.raises(BundleError, match=r"model\.json"):
        published_bundle(connection, "hmo")


def test_publishing_a_version_again_replaces_its_files(records):
    approve(records)
    other = with_manifest(model_json="{}")
    with writing(records) as connection:
        publish_files(connection, "hmo", "1", bundle=other, report=REPORT)
        connection.execute(
            update(approvals).values(bundle_sha256=sha256_of(other["manifest.json"]))
        )
    with reading(records) as connection:
        assert published_bundle(connection, "hmo").files == other


def test_each_model_in_force_is_listed_once(records):
    approve(records, "1", day=1)
    approve(records, "2", day=2)
    approve(records, "1", model="arrears")
    approve(records, "1", model="never", state="submitted")
    with reading(records) as connection:
        listed = [(approval.model, approval.version) for approval in list_published(connection)]
    assert listed == [("arrears", "1"), ("hmo", "2")]


def test_a_submission_taken_back_leaves_the_approved_version_in_force(records):
    approve(records, "1", day=1)
    approve(records, "2", day=2, state="withdrawn")
    with writing(records) as connection:
        connection.execute(
            update(approvals).where(approvals.c.version == "2").values(decided_at=None)
        )
    assert current_version(records) == "1"


@pytest.mark.parametrize("state", ["withdrawn", "expired", "voided"])
def test_a_model_that_was_in_use_is_told_from_one_that_never_was(records, state):
    approve(records, "1", state=state)
    with reading(records) as connection:
        assert [(c.model, c.version, c.state) for c in list_closed(connection)] == [
            ("hmo", "1", state)
        ]
        assert find_closed(connection, "damp") is None
        with pytest.raises(WithdrawnError, match=state):
            approval_in_force(connection, "hmo")
        with pytest.raises(NotFoundError):
            approval_in_force(connection, "damp")

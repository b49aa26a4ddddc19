from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, update

from hearth.digest import sha256_of
from hearth.errors import BundleError, NotFoundError
from hearth.risk_model.files import with_manifest
from hearth.storage.engine import reading, writing
from hearth.storage.publications import (
    find_publication,
    need_publication,
    publish_folder,
    published_folders,
    transparency_folder,
)
from hearth.storage.schema import publications

FOLDER = transparency_folder("hmo", "2")
FILES = with_manifest({"atrs.json": b"{}", "notice.md": b"# Notice"})
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def publish(engine, folder=FOLDER, files=FILES):
    with writing(engine) as connection:
        publish_folder(connection, folder, files, at=AT, by="key1")


def found(engine, folder=FOLDER):
    with reading(engine) as connection:
        return find_publication(connection, folder)


def test_a_published_folder_is_read_as_it_was(records):
    publish(records)
    publication = found(records)
    assert publication.files == FILES
    assert (publication.published_at, publication.published_by) == (AT, "key1")


def test_publishing_again_leaves_no_file_of_before(records):
    publish(records)
    publish(records, files=with_manifest({"notice.md": b"# Another"}))
    assert set(found(records).files) == {"notice.md", "manifest.json"}


def test_folders_are_apart(records):
    publish(records)
    publish(records, "register", with_manifest({"register.json": b"[]"}))
    with reading(records) as connection:
        assert published_folders(connection) == ["register", FOLDER]
    assert set(found(records, "register").files) == {"register.json", "manifest.json"}


def test_what_was_never_published_is_not_found(records):
    assert found(records) is None
    with reading(records) as connection, pytest.raises(NotFoundError, match="--publish"):
        need_publication(connection, FOLDER)


@pytest.mark.parametrize("path", sorted(FILES))
def test_an_altered_file_is_named_and_not_shown(records, path):
    publish(records)
    altered = FILES[path].replace(b"a", b"e") + b" "
    change = {"content": altered, "sha256": sha256_of(altered)}
    if path == "manifest.json":
        change["content"] = b"[]"
    with writing(records) as connection:
        connection.execute(update(publications).where(publications.c.path == path).values(**change))
    with pytest.raises(BundleError, match="altered, missing or not listed"):
        found(records)


@pytest.mark.parametrize("path", sorted(FILES))
def test_a_missing_file_is_refused(records, path):
    publish(records)
    with writing(records) as connection:
        connection.execute(delete(publications).where(publications.c.path == path))
    with pytest.raises(BundleError, match="publish it again"):
        found(records)


def test_a_file_put_in_is_refused(records):
    publish(records)
    row = {"folder": FOLDER, "path": "x.md", "content": b"x", "sha256": sha256_of(b"x")}
    with writing(records) as connection:
        connection.execute(insert(publications).values(published_at=AT, published_by="k", **row))
    with pytest.raises(BundleError, match=r"x\.md"):
        found(records)

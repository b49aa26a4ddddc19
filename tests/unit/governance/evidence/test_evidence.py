"""What a pack holds, and what verifying it finds."""

import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.evidence.archive import STRUCTURE, read_archive, write_archive
from governance.evidence.commands import verify_evidence
from governance.evidence.comparison import compare_metrics
from governance.evidence.contents import APPROVALS, ENTRIES, MATRIX, METRICS, NEEDED
from governance.evidence.pack import MANIFEST, PUBLIC_KEY, SIGNATURE, as_json, make_pack
from governance.evidence.verification import verify_pack
from hearth.audit_log.signing import open_signer
from hearth.errors import EvidenceError, NotFoundError, StateError


def found_in(content, **options):
    with pytest.raises(EvidenceError) as caught:
        verify_pack(content, "pack.zip", **options)
    return [(fault.place, fault.found) for fault in caught.value.faults]


def resigned(members, signer, **changes):
    """A pack of other contents, signed as a pack is."""
    inner = {k: v for k, v in members.items() if k not in {MANIFEST, SIGNATURE, PUBLIC_KEY}}
    return make_pack({**inner, **changes}, {"model": "early_help", "version": "3"}, signer)


def zip_of(*entries):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content, kind in entries:
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=kind)
    return whole.getvalue()


STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


def test_a_pack_verifies_with_nothing_but_the_file(pack, tmp_path):
    alone = tmp_path / "elsewhere"
    alone.mkdir()
    (alone / "pack.zip").write_bytes(pack.content)
    found = verify_evidence(alone / "pack.zip")
    assert (found.model, found.version, found.is_known_key) == ("early_help", "3", False)
    assert set(NEEDED) <= set(found.members)
    assert found.json(MANIFEST)["mlflow_run"] == "abc123"
    assert list(alone.iterdir()) == [alone / "pack.zip"]


def test_the_same_state_of_things_makes_the_same_bytes(packed):
    assert packed() == packed()


def test_a_pack_holds_contracts_code_lock_and_the_decision_with_its_roles(pack):
    members = read_archive(pack.content, "pack.zip")
    (approval,) = json.loads(members[APPROVALS])
    assert (approval["state"], approval["decided_by_role"]) == ("approved", "board_member")
    assert approval["review_on"] == "2027-11-02"
    assert {"contracts/school_census.yaml", "requirements.lock", "audit/checkpoints.jsonl"} <= set(
        members
    )
    assert "governance/evidence/pack.py" in json.loads(members["code.json"])["sources"]


def test_a_pack_holds_nobodys_data(pack, mark):
    content = pack.content
    assert mark not in content
    left_out = json.loads(read_archive(content, "pack.zip")[MANIFEST])["left_out"]
    assert set(left_out) == {"scored.parquet", "features.parquet", "protected.parquet"}


def test_only_entries_of_this_version_and_of_no_subject_are_in_it(pack):
    entries = json.loads(read_archive(pack.content, "pack.zip")[ENTRIES])
    assert [entry["action"] for entry in entries] == [
        "model.submit",
        "model.review",
        "model.approve",
    ]


def test_transparency_records_and_analyses_go_in_where_they_were_made(packed, decided):
    for kind in ("transparency", "analyses"):
        folder = decided.settings.state_dir / kind / "early_help" / "3"
        folder.mkdir(parents=True)
        (folder / "made.json").write_text("{}")
    assert {"transparency/made.json", "analyses/made.json"} <= set(
        read_archive(packed(), "pack.zip")
    )


def test_a_version_that_changed_since_it_was_approved_gets_no_pack(packed, decided):
    file = decided.settings.state_dir / "reports/early_help/3/report.html"
    file.write_bytes(b"<p>Another</p>")
    with pytest.raises(StateError, match="report of early_help version 3 changed since"):
        packed()


def test_a_version_without_a_report_gets_no_pack(packed, decided):
    (decided.settings.state_dir / "reports/early_help/3/manifest.json").unlink()
    with pytest.raises(NotFoundError, match="hearth report early_help --version 3"):
        packed()


def test_one_altered_byte_anywhere_is_found_and_named(pack):
    content = pack.content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        starts = {each.header_offset: each for each in archive.infolist()}

    @given(st.integers(0, len(content) - 1), st.integers(1, 255))
    def found(place, change):
        altered = bytearray(content)
        altered[place] ^= change
        (fault,) = found_in(bytes(altered))
        entry = starts[max((at for at in starts if at <= place), default=0)]
        first = entry.header_offset + 30 + len(entry.filename)
        is_content = first <= place < first + entry.file_size
        assert fault[0] == (entry.filename if is_content else fault[0])
        assert fault[0]

    found()


def test_every_member_that_is_altered_and_repack_is_named(pack):
    members = read_archive(pack.content, "pack.zip")
    for name in sorted(members):
        altered = write_archive({**members, name: members[name] + b" "})
        places = {place for place, _ in found_in(altered)}
        assert name in places  # with the approval too, where that binds it


@pytest.mark.parametrize("name", [*NEEDED, "contracts/school_census.yaml", MANIFEST, SIGNATURE])
def test_a_member_taken_away_is_named(pack, name):
    members = read_archive(pack.content, "pack.zip")
    del members[name]
    assert (name, "is missing") in found_in(write_archive(members))


def test_a_member_put_in_is_named(pack):
    members = read_archive(pack.content, "pack.zip")
    altered = write_archive({**members, "report/better.html": b"fair"})
    assert found_in(altered) == [("report/better.html", "is not in the manifest")]


def test_bytes_before_after_or_cut_off_are_found(pack):
    content = pack.content
    for altered in (content + b"\0", b"\0" + content, content[:-1], content[:100], b""):
        assert found_in(altered)[0][0] == STRUCTURE


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([("../up.json", b"a", STORED)], "leads out of it"),
        ([("/etc/passwd", b"a", STORED)], "leads out of it"),
        ([("a\\b.json", b"a", STORED)], "leads out of it"),
        ([("a\x1b[2J", b"a", STORED)], "leads out of it"),
        ([("bomb.json", b"0" * 1_000_000, DEFLATED)], "is compressed"),
    ],
)
def test_names_that_lead_elsewhere_and_bombs_are_refused(entries, found):
    ((_, told),) = found_in(zip_of(*entries))
    assert found in told


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused():
    content = zip_of(("metrics.json", b"1", STORED), ("metrics.json", b"2", STORED))
    assert found_in(content) == [("metrics.json", "stands in the archive twice")]


def test_a_pack_signed_by_another_key_is_whole_but_not_the_councils(pack, tmp_path):
    members = read_archive(pack.content, "pack.zip")
    forged = resigned(members, open_signer(tmp_path / "other.pem"), **{METRICS: b"{}"})
    assert verify_pack(forged, "pack.zip").key_id != pack.signer.key_id
    ((place, told),) = found_in(forged, keys=pack.signer.public_keys)
    assert place == SIGNATURE
    assert pack.signer.key_id in told
    known = verify_pack(pack.content, "pack.zip", keys=pack.signer.public_keys)
    assert known.is_known_key


def test_a_pack_whose_approval_binds_other_files_is_found_though_it_is_signed(pack):
    members = read_archive(pack.content, "pack.zip")
    other = resigned(members, pack.signer, **{MATRIX: b'{"rows": 2}'})
    assert found_in(other) == [(APPROVALS, "binds a matrix that is not the one in this pack")]


@pytest.mark.parametrize("column", ["details", "actor", "recorded_at", "salt", "entry_hash"])
def test_an_audit_entry_that_was_rewritten_is_found_though_it_is_signed(pack, column):
    members = read_archive(pack.content, "pack.zip")
    entries = json.loads(members[ENTRIES])
    entries[1][column] = "00" * 32
    other = resigned(members, pack.signer, **{ENTRIES: as_json(entries)})
    ((place, told),) = found_in(other)
    assert place == ENTRIES
    assert f"entry {entries[1]['sequence']}" in told


@pytest.mark.parametrize(
    "said", [b"[]", b"[" * 100_000, b'"a"', b"{}", b"\xff", b'[{"hashes": 3}]']
)
def test_a_signed_pack_that_says_nonsense_is_refused(pack, said):
    members = read_archive(pack.content, "pack.zip")
    other = resigned(members, pack.signer, **{APPROVALS: said, ENTRIES: said})
    if said == b"[]":
        assert verify_pack(other, "pack.zip").version == "3"
    else:
        assert found_in(other)


def test_figures_that_differ_are_told_by_place_and_all_others_counted():
    recorded = {"chosen": "rule", "splits": [{"auc": 0.7, "rows": 9}], "success": {"registered": 1}}
    again = {"chosen": "rule", "splits": [{"auc": 0.7 + 1e-13, "rows": 8}], "success": {}}
    compared = compare_metrics(recorded, again)
    (difference,) = compared.differences
    assert (difference.place, difference.recorded, difference.found) == ("splits[0].rows", 9, 8)


@pytest.mark.parametrize("other", [None, "0.7", 0.71, [0.7], {"a": 0.7}])
def test_a_figure_that_became_anything_else_differs(other):
    assert compare_metrics({"chosen": 0.7}, {"chosen": other}).differences

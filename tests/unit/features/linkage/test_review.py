import csv
import stat
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from features.linkage import commands
from features.linkage.persons import read_links
from features.linkage.review import draw_pairs, precision_by_band
from hearth.audit_log import AuditLog
from hearth.errors import DataError, StateError
from hearth.storage.database import open_records

ON = date(2026, 11, 2)


class Clerks:
    """A small council whose links clerks look at."""

    def __init__(self, council, clock):
        self.council, self.state_dir = council, council.settings.state_dir
        records = open_records(council.settings.records_url)
        self.known = {"audit": AuditLog(records, clock), "actor": "operator"}
        council.ingest()

    def sample(self, pairs=50):
        path, _ = commands.sample(self.council.catalogue, self.state_dir, pairs, **self.known)
        with path.open(encoding="utf-8-sig", newline="") as file:
            return path, list(csv.DictReader(file))

    def decide(self, path, rows):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return commands.decide(self.council.catalogue, self.state_dir, path, on=ON, **self.known)


@pytest.fixture
def clerks(small_council, clock):
    return Clerks(small_council, clock)


def _answer(row, decision, **changes):
    return {
        **row,
        "decision": decision,
        "decided_by": "clerk 1",
        "decided_on": "2026-11-02",
    } | changes


def test_a_sample_shows_every_spelling_and_no_weight(clerks):
    path, rows = clerks.sample()
    cal = next(row for row in rows if row["source"] == "absence")
    assert cal["forename in the other table"] == "Cal | Call"
    assert not {"match_weight", "confidence"} & cal.keys()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_sample_is_put_on_record(clerks):
    clerks.sample()
    assert clerks.known["audit"].verify().rows == 1


def test_a_no_unlinks_and_a_yes_links_again(clerks):
    path, rows = clerks.sample()
    cal = next(row for row in rows if row["source"] == "absence")
    clerks.decide(path, [_answer(cal, "no")])
    assert read_links(clerks.state_dir, "absence").num_rows == 0
    clerks.decide(path, [_answer(cal, "Yes", decided_on=" 2026-11-02")])
    (link,) = read_links(clerks.state_dir, "absence").to_pylist()
    assert (link["person_id"], link["rule"], link["confidence"]) == ("p4", "decided by a clerk", 1)


def test_a_pair_left_empty_stays_undecided_and_a_decided_one_is_not_drawn_again(clerks):
    path, rows = clerks.sample()
    count, bands = clerks.decide(path, [_answer(rows[0], "yes"), *rows[1:]])
    assert (count, [(band.pairs, band.right) for band in bands]) == (1, [(1, 1)])
    assert len(clerks.sample()[1]) == len(rows) - 1


def test_every_fault_of_a_decided_file_is_told_by_line_and_without_values(clerks):
    path, rows = clerks.sample()
    wrong = [
        _answer(rows[0], "maybe", decided_by=" "),
        _answer(rows[1], "yes", decided_on="2027-01-01", reference="Zebedee"),
        _answer(rows[1], "yes", decided_on="02/11/2026"),
        _answer(rows[1], "yes", person_id="p1"),
    ]
    with pytest.raises(DataError) as told:
        clerks.decide(path, wrong)
    faults = [(fault.place, fault.found) for fault in told.value.faults]
    assert sorted(faults) == [
        ("line 2", "does not say who decided"),
        ("line 2", "holds a decision that is none"),
        ("line 3", "is about a pair that was not weighed"),
        ("line 3", "was decided in the future"),
        ("line 4", "does not say on what day it was decided"),
        ("line 5", "is about a pair that was not weighed"),
        ("line 5", "says yes to a second person for the reference of line 4"),
    ]
    assert "Zebedee" not in str(told.value)


@pytest.mark.parametrize("text", [b"\xff\xfe", b"source,reference\n1,2\n", b'"unclosed'])
def test_a_file_that_is_no_sample_is_refused(clerks, tmp_path, text):
    (tmp_path / "other.csv").write_bytes(text)
    with pytest.raises(DataError):
        commands.decide(
            clerks.council.catalogue,
            clerks.state_dir,
            tmp_path / "other.csv",
            on=ON,
            **clerks.known,
        )


def test_nothing_left_to_decide_is_said(clerks):
    path, rows = clerks.sample()
    clerks.decide(path, [_answer(row, "unsure") for row in rows])
    with pytest.raises(StateError, match="no pair is left"):
        clerks.sample()


def test_doubtful_pairs_are_drawn_first_and_evenly_by_weight(clerks):
    job = commands._job(clerks.council.catalogue, clerks.state_dir)
    weights = np.array([20.0] * 50 + [6.0] * 40 + [1.0] * 2)
    confidence = np.array([1.0] * 50 + [0.9] * 40 + [0.5] * 2)
    pairs = pa.table({"match_weight": weights, "confidence": confidence})
    drawn = draw_pairs(pairs, 6, job)["match_weight"].to_pylist()
    assert sorted(drawn) == [1, 1, 6, 6, 6, 6]


def test_precision_by_band_leaves_the_unsure_out():
    decided = pa.table(
        {"match_weight": [11.0, 14.0, 12.0, -3.0], "decision": ["yes", "no", "unsure", "no"]}
    )
    bands = precision_by_band(decided)
    assert [(b.at_least, b.pairs, b.right) for b in bands] == [(-5, 1, 0), (10, 2, 1)]

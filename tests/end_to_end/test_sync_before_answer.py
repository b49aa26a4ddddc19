"""A trace of the system calls shows that the disk has the record before the answer leaves."""

import re
import shutil

import httpx2
import pytest

pytestmark = pytest.mark.slow

SCORES = "/v1/models/school_readiness/scores"
SUBJECT = {"subject": "100012345678"}
CALLS = "fdatasync,fsync,sendto,sendmsg,write,writev,pwrite64,open,openat"


def test_the_record_is_on_the_disk_before_the_answer_leaves(council, serve_to_kill, tmp_path):
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not on this machine; install it with `apt-get install strace`")
    trace = tmp_path / "trace"
    before = (strace, "-f", "-y", "-qq", "-s", "32", "-e", f"trace={CALLS}", "-o", str(trace))
    served = serve_to_kill(council, before=before)
    with httpx2.Client(base_url=served.address, headers=served.headers, timeout=60) as client:
        client.post(SCORES, json=SUBJECT)  # whatever is done once is done
        mark = len(trace.read_text().splitlines())
        assert client.post(SCORES, json=SUBJECT).status_code == 201
    served.kill()
    calls = trace.read_text().splitlines()[mark:]
    answers = [place for place, call in enumerate(calls) if '"HTTP/1.1 201' in call]
    synced = [
        place
        for place, call in enumerate(calls)
        if re.search(r"f(data)?sync.*records\.db-wal", call)
    ]
    written = [
        place for place, call in enumerate(calls) if re.search(r"pwrite64.*records\.db-wal", call)
    ]
    assert written
    assert max(written) < max(synced) < min(answers)

"""The board's pages: the register, a version, its decision, its files, and two versions side by side."""

import re
from datetime import date

import pytest
from sqlalchemy import select, update

from hearth.digest import sha256_of
from hearth.risk_model.files import with_manifest
from hearth.storage.engine import reading, writing
from hearth.storage.publications import publish_folder, transparency_folder
from hearth.storage.schema import approvals, audit_entries, reports

BOARD, VERSION = "/board", "/board/school_readiness/v4"
WHY = "Read and discussed by the board."


@pytest.fixture
def before_board(council, publisher, readiness_model):
    """A council whose model has a fourth version that waits for the board."""
    publisher(council.engine, readiness_model, version="4", state="submitted")
    return council


@pytest.fixture
def browser_of(before_board):
    """Signs somebody of a role in."""
    opened = []

    def signed(role="board_member"):
        client = before_board.client(None, follow_redirects=False)
        opened.append(client)
        client.__enter__()
        fields = {"key": before_board.keys[role], "csrf": field(client.get("/sign-in"), "csrf")}
        assert client.post("/sign-in", data=fields).status_code == 303
        return client

    yield signed
    for client in opened:
        client.__exit__(None, None, None)


def field(page, name):
    return re.search(rf'name="{name}" value="([^"]+)"', page.text)[1]


def decide(client, **fields):
    shown = client.get(VERSION)
    hidden = {"csrf": field(shown, "csrf"), "etag": field(shown, "etag")}
    return client.post(f"{VERSION}/decision", data=hidden | fields)


def state_of(council):
    with reading(council.engine) as connection:
        return connection.scalar(select(approvals.c.state).where(approvals.c.version == "4"))


def test_the_register_lists_what_waits_for_the_board_first(browser_of):
    page = browser_of().get(BOARD).text
    assert page.index("version 4") < page.index("version 3")
    assert "2 versions" in page


@pytest.mark.parametrize(
    ("state", "said"),
    [("approved", "version 3"), ("refused", "No version is refused."), ("?", "2 versions")],
)
def test_the_register_is_narrowed_to_a_state(browser_of, state, said):
    assert said in browser_of().get(BOARD, params={"state": state}).text


def test_information_governance_reads_what_the_board_reads_and_decides_nothing(browser_of):
    client = browser_of("information_governance")
    assert [client.get(path).status_code for path in ("/models", BOARD, VERSION)] == [200] * 3
    assert "Record the decision" not in client.get(VERSION).text


def test_a_version_says_what_its_report_comes_to(browser_of):
    page = browser_of().get(VERSION).text
    assert "1 concern, 1 cannot tell" in page
    assert "Lift of at least 1.5: <strong>met</strong>" in page
    assert "No worse: <strong>does not apply, or cannot be said</strong>" in page


def test_a_board_approves_with_terms_and_dissent(browser_of, before_board):
    day = {"review_on-day": "1", "review_on-month": "6", "review_on-year": "2027"}
    said = {"decision": "approve", "reason": WHY, "conditions": "Visits are recorded.\n"}
    client = browser_of()
    answer = decide(client, **said, **day, dissent="The gap by area is too wide.")
    assert (answer.status_code, answer.headers["location"]) == (303, VERSION)
    page = client.get(VERSION).text
    for words in ("Approved", "Visits are recorded.", "1 June 2027", "too wide"):
        assert words in page
    assert state_of(before_board) == "approved"


def test_what_a_board_decides_is_in_the_audit_log(browser_of, before_board):
    decide(browser_of(), decision="refuse", reason=WHY)
    with reading(before_board.engine) as connection:
        actions = set(connection.scalars(select(audit_entries.c.action)).all())
    assert {"model.review", "model.refuse"} <= actions
    assert state_of(before_board) == "refused"


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "Choose whether you approve or refuse it"),
        ({"decision": "approve"}, "Say why"),
        (
            {"decision": "approve", "reason": WHY, "review_on-day": "31"},
            "a day, a month and a year",
        ),
        (
            {"decision": "approve", "reason": WHY}
            | {f"review_on-{k}": v for k, v in (("day", "1"), ("month", "1"), ("year", "2020"))},
            "has come already",
        ),
    ],
)
def test_a_decision_that_says_too_little_is_sent_back(browser_of, before_board, fields, fault):
    answer = decide(browser_of(), **fields)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert fault in answer.text
    assert state_of(before_board) == "submitted"


def test_a_decision_on_what_has_changed_meanwhile_is_sent_back(browser_of, before_board):
    answer = decide(browser_of(), decision="approve", reason=WHY, etag="0" * 32)
    assert "while you read it" in answer.text
    assert state_of(before_board) == "submitted"


@pytest.mark.parametrize("role", ["caseworker", "data_scientist"])
def test_others_read_and_do_not_decide(browser_of, before_board, role):
    client = browser_of(role)
    page = client.get(VERSION)
    assert "Record the decision" not in page.text
    sent = {"csrf": field(page, "csrf"), "decision": "approve", "reason": WHY, "etag": ""}
    assert client.post(f"{VERSION}/decision", data=sent).status_code == 403
    assert state_of(before_board) == "submitted"


def test_a_form_of_another_site_decides_nothing(browser_of, before_board):
    sent = {"csrf": "x", "decision": "approve", "reason": WHY, "etag": ""}
    assert browser_of().post(f"{VERSION}/decision", data=sent).status_code == 403
    assert state_of(before_board) == "submitted"


def test_a_version_in_use_is_withdrawn_from_its_page(browser_of, before_board):
    client, path = browser_of(), "/board/school_readiness/v3"
    shown = client.get(path)
    hidden = {name: field(shown, name) for name in ("csrf", "etag")}
    client.post(f"{path}/step", data=hidden | {"step": "withdraw", "why": "The source ended."})
    assert "Withdrawn" in client.get(path).text


@pytest.mark.parametrize("state", ["approved", "withdrawn", "expired", "voided"])
def test_only_what_is_in_use_is_to_be_reviewed(browser_of, before_board, state):
    in_use = approvals.c.version == "3"
    with writing(before_board.engine) as connection:
        connection.execute(
            update(approvals).where(in_use).values(state=state, review_on=date(2027, 5, 1))
        )
    page = browser_of().get("/board/school_readiness/v3").text
    assert ("To be reviewed by" in page) == (state == "approved")


def test_dissent_is_added_after_a_decision(browser_of):
    client, path = browser_of(), "/board/school_readiness/v3"
    shown = client.get(path)
    hidden = {name: field(shown, name) for name in ("csrf", "etag")}
    client.post(f"{path}/step", data=hidden | {"step": "dissent", "why": "I would have refused."})
    assert "I would have refused." in client.get(path).text


def test_the_report_that_waits_is_read_whole_and_its_files_are_given(browser_of):
    client = browser_of()
    report = client.get(f"{VERSION}/report")
    assert report.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in report.headers["content-security-policy"]
    table = client.get(f"{VERSION}/report/tables/00-contents.csv")
    assert table.headers["content-disposition"] == 'attachment; filename="00-contents.csv"'
    assert client.get(f"{VERSION}/report/../../secrets").status_code == 404
    assert client.get(f"{VERSION}/report/none.csv").status_code == 404


def test_a_report_altered_since_is_not_shown(browser_of, before_board):
    with writing(before_board.engine) as connection:
        connection.execute(
            update(reports)
            .where(reports.c.version == "4", reports.c.path == "report.html")
            .values(content=b"all is well", sha256=sha256_of(b"all is well"))
        )
    client = browser_of()
    assert client.get(VERSION).status_code >= 500
    assert "all is well" not in client.get(f"{VERSION}/report").text


def test_published_records_are_linked_and_shown(browser_of, before_board, clock):
    files = with_manifest({"atrs.html": b"<h1>Record</h1>", "atrs.csv": b"ref\r\n"})
    folder = transparency_folder("school_readiness", "4")
    with writing(before_board.engine) as connection:
        publish_folder(connection, folder, files, at=clock(), by="key")
    client = browser_of()
    assert f"{VERSION}/records/atrs.html" in client.get(VERSION).text
    assert "<h1>Record</h1>" in client.get(f"{VERSION}/records/atrs.html").text
    assert client.get("/board/school_readiness/v3/records/atrs.html").status_code == 404


def test_the_address_of_a_form_that_came_back_leads_to_the_version(browser_of):
    client = browser_of()
    for form in ("decision", "step"):
        assert client.get(f"{VERSION}/{form}").headers["location"] == VERSION


@pytest.mark.parametrize(
    ("field_of_fault", "text"),
    [
        ("reason", "x" * 4_001),
        ("conditions", "short"),
        ("dissent", "no"),
        ("conditions", "\n".join(["A condition."] * 21)),
    ],
)
def test_a_fault_stands_at_its_own_field(browser_of, field_of_fault, text):
    said = {"decision": "approve", "reason": WHY, field_of_fault: text}
    answer = decide(browser_of(), **said)
    assert f'href="#{field_of_fault}"' in answer.text
    assert f'id="{field_of_fault}-error"' in answer.text


def test_two_versions_stand_side_by_side(browser_of):
    page = browser_of().get("/board/school_readiness/versions").text
    assert "Version 3 beside version 4" in page
    assert page.count("50% (40 to 60)") == 2
    assert page.count("[c]") >= 2
    assert page.count(">concern<") == 2


@pytest.mark.parametrize(
    "path", ["/board/nothing/v1", "/board/nothing/versions", "/board/school_readiness/v9"]
)
def test_what_was_never_put_to_the_board_is_not_found(browser_of, path):
    assert browser_of().get(path).status_code == 404

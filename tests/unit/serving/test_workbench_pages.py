"""The data scientists' pages: what was trained, its splits and drift, and how good the data are."""

import re

import pytest

from hearth.settings import load_settings
from serving.pages.training import mlflow_address

PAGES = ("/training", "/training/school_readiness", "/data-quality", "/data-quality/moves")


@pytest.fixture
def signed_in(council):
    """Signs somebody of a role in."""
    opened = []

    def signed(role="data_scientist"):
        client = council.client(None, follow_redirects=False)
        opened.append(client)
        client.__enter__()
        csrf = re.search(r'name="csrf" value="([^"]+)"', client.get("/sign-in").text)[1]
        client.post("/sign-in", data={"key": council.keys[role], "csrf": csrf})
        return client

    yield signed
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def scientist(council, state_filler, signed_in):
    """A data scientist at a service that stands where models are trained."""
    state_filler(council.settings.state_dir)
    return signed_in()


@pytest.mark.parametrize("role", ["board_member", "caseworker", "administrator"])
def test_only_who_may_submit_versions_sees_how_they_are_trained(signed_in, role):
    client = signed_in(role)
    assert [client.get(path).status_code for path in PAGES] == [403] * 4
    assert "/training" not in client.get("/models").text


@pytest.mark.parametrize("path", ["/training", "/data-quality"])
def test_a_service_that_holds_records_alone_says_so(signed_in, path):
    page = signed_in().get(path)
    assert page.status_code == 200
    assert "It may hold the records alone" in page.text


def test_each_model_is_told_by_its_newest_version(scientist):
    page = scientist.get("/training").text
    assert "80% (72 to 88)" in page
    assert "1 alarm" in page
    assert "Not met" in page
    assert page.index("Damp homes") < page.index("School readiness")


def test_a_version_is_shown_on_each_test_date(scientist):
    page = scientist.get("/training/school_readiness", params={"version": "1"}).text
    assert "Version 1, shown below" in page
    assert page.count("lightgbm (chosen)") == 2
    assert "79% (71 to 87)" in page
    assert "<strong>cannot be said</strong>" in page


@pytest.mark.parametrize("version", ["9", "../1", ""])
def test_the_newest_version_is_shown_where_another_is_not_kept(scientist, version):
    page = scientist.get("/training/school_readiness", params={"version": version})
    assert "Version 2, shown below" in page.text


def test_splits_are_drawn_and_told_as_a_table(scientist):
    page = scientist.get("/training/school_readiness").text
    assert 'src="/training/school_readiness/splits.svg"' in page
    assert "What each test date learns from" in page
    drawing = scientist.get("/training/school_readiness/splits.svg")
    assert drawing.headers["content-type"] == "image/svg+xml"
    assert drawing.text.startswith("<svg")


def test_a_model_without_splits_or_drift_names_the_commands(scientist):
    page = scientist.get("/training/damp_homes").text
    assert "hearth splits damp_homes" in page
    assert "hearth monitor damp_homes" in page
    assert scientist.get("/training/damp_homes/splits.svg").status_code == 404


def test_drift_is_told_by_the_last_day_it_was_looked_at(scientist, council):
    folder = council.settings.state_dir / "monitoring"
    (folder / "school_readiness@2_2026-10-01").rename(folder / "school_readiness@2_later")
    (folder / ".school_readiness@2_2027-01-01.aside").mkdir()
    page = scientist.get("/training/school_readiness").text
    assert "1 October 2026" in page
    assert "population stability index 0.31, more than 0.25" in page


@pytest.mark.parametrize(
    "path",
    ["/training/nothing", "/training/..%2f..", "/data-quality/nothing", "/data-quality/..%2fmoves"],
)
def test_what_is_not_kept_is_not_found(scientist, path):
    assert scientist.get(path).status_code == 404


@pytest.mark.parametrize("text", ["", "[]", "{}", "not JSON"])
def test_a_record_that_cannot_be_read_is_as_one_that_is_not_there(scientist, council, text):
    state_dir = council.settings.state_dir
    (state_dir / "runs" / "damp_homes" / "1" / "metrics.json").write_text(text)
    (state_dir / "snapshots" / "moves" / "quality.json").write_text(text)
    (state_dir / "monitoring" / "school_readiness@2_2026-10-01" / "monitor.json").write_text(text)
    assert "Damp homes" not in scientist.get("/training").text
    assert "hearth monitor school_readiness" in scientist.get("/training/school_readiness").text
    assert "Nothing is held that can be read" in scientist.get("/data-quality").text


def test_sources_to_look_at_come_first(scientist):
    page = scientist.get("/data-quality").text
    assert page.index("Births") < page.index("Council tax") < page.index("Moves")
    assert "3 rows set aside as unusable." in page
    assert "refused on 30 October 2026" in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"show": "asking"}, "2 sources"),
        ({"name": "Council tax"}, "1 source<"),
        ({"name": "<b>"}, "No source fits"),
    ],
)
def test_sources_are_narrowed_and_what_was_typed_is_escaped(scientist, asked, said):
    page = scientist.get("/data-quality", params=asked).text
    assert said in page
    assert "<b>" not in page


def test_a_sources_report_is_given_under_a_policy_of_its_own(scientist):
    page = scientist.get("/data-quality/council_tax")
    assert "Hearth: data quality" in page.text
    assert "default-src 'none'; style-src 'sha256-" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://someone:secret@mlflow.council.example:8443/x", "https://mlflow.council.example:8443/x"),
        ("http://[::1]:5000", "http://[::1]:5000"),
        ("postgresql://someone:secret@db/mlflow", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_mlflow_is_linked_where_it_has_an_address_and_without_its_password(tmp_path, url, address):
    assert mlflow_address(load_settings(tmp_path, mlflow_url=url)) == address

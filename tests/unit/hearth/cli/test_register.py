"""`hearth sources`: the law of each source, and what is held of it."""

import pytest

FILE = "data/complaints.csv"
HEADER = "complaint_id,uprn,made_on,logged_on,category,decibels,upheld,note\n"
ROWS = "".join(f"c{n},{100 + n},2021-01-{n + 1:02d},2021-02-01,music,60,true,\n" for n in range(20))


def test_the_register_says_what_is_held_and_since_when(hearth, made):
    made.text(FILE, HEADER + ROWS)
    hearth("ingest", "complaints")
    complaints, register = hearth("sources", "--json").json
    assert complaints["held"] == {
        "rows": 20,
        "expired": 0,
        "extracted_on": "2021-02-01",
        "ingested_on": "2026-11-02",
    }
    assert register["held"] is None


def test_the_register_names_special_category_and_retention(hearth, made):
    made.source("complaints", {"law.special_category": "safeguarding", "law.retention": "7y"})
    printed = hearth("sources").out
    assert "safeguarding" in printed
    assert "7y" in printed


def test_the_register_is_written_as_a_page_that_stands_alone(hearth, made):
    made.source("complaints", {"title": "Noise <complaints>"})
    assert hearth("sources", "--html", "register.html").code == 0
    page = (made.root / "register.html").read_text()
    assert "Noise &lt;complaints&gt;" in page
    assert "Environmental Protection Act 1990, s.79" in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("expires", "state", "mark"),
    [
        ("2026-11-02", "expired", "EXPIRED"),
        ("2027-01-31", "expires soon", "EXPIRES SOON"),
        ("2027-02-01", "current", None),
    ],
)
def test_agreements_that_expired_or_soon_will_are_marked(hearth, made, expires, state, mark):
    made.source("complaints", {"law.agreement": {"reference": "DSA-7", "expires": expires}})
    assert hearth("sources", "--json").json[0]["agreement_state"] == state
    assert ("EXPIRE" in hearth("sources").out) == (mark is not None)
    assert mark is None or mark in hearth("sources").out
    hearth("sources", "--html", "register.html")
    page = (made.root / "register.html").read_text()
    assert (f"<strong>({state})</strong>" in page) == (mark is not None)


def test_the_register_is_written_in_four_forms(hearth, made):
    assert hearth("sources", "--out", "register").code == 0
    names = {path.name for path in (made.root / "register").iterdir()}
    forms = {f"register.{form}" for form in ("html", "md", "csv", "json")}
    assert names == {*forms, "manifest.json"}
    assert "noisy_homes" in (made.root / "register/register.csv").read_text()


def test_a_register_is_published_by_whoever_may_submit_and_nobody_else(hearth, made, monkeypatch):
    for role, code in (("data_scientist", 0), ("caseworker", 1)):
        key = hearth("keys", "create", "Somebody", "--role", role).out.strip()
        monkeypatch.setenv("HEARTH_API_KEY", key)
        assert hearth("sources", "--publish").code == code
    monkeypatch.delenv("HEARTH_API_KEY")
    assert "no key was given" in hearth("sources", "--publish").err

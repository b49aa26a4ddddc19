"""The pages of a work list: what they show to whom, and what they keep out of addresses."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from features.store import FeatureStore
from governance.disclosure.control import disclosure_policy
from hearth.audit_log import AuditLog, verify
from hearth.identity import Identity, Role
from hearth.storage.engine import reading
from hearth.storage.schema import audit_entries, audit_payloads, publications, scores
from serving.precomputed.areas import count_areas
from serving.precomputed.making import precompute
from serving.scores.served_models import served_model
from serving.tree_shap.machine_code import load_kernel

MODEL = "school_readiness"
LIST = f"/models/{MODEL}/list"
WHO = Identity("key", "A team", Role.CASEWORKER, frozenset({"early_help"}))


def make(council):
    return precompute(
        served_model(council.engine, MODEL, load_kernel(council.settings.state_dir)),
        identity=WHO,
        store=FeatureStore(council.settings.store_url),
        engine=council.engine,
        clock=council.clock,
    )


def token_of(page):
    return re.search(r'name="csrf" value="([^"]+)"', page.text)[1]


@pytest.fixture
def sign_in(council):
    opened = []

    def signed(role="caseworker"):
        client = council.client(None).__enter__()
        opened.append(client)
        form = {"key": council.keys[role], "csrf": token_of(client.get("/sign-in"))}
        client.post("/sign-in", data=form)
        return client

    yield signed
    for client in opened:
        client.__exit__(None, None, None)


def search(client, subject):
    form = {"subject": subject, "csrf": token_of(client.get("/models"))}
    return client.post(f"{LIST}/search", data=form)


def test_without_a_list_the_page_names_the_command_that_makes_one(sign_in):
    assert f"hearth precompute {MODEL}" in sign_in().get(LIST).text


def test_every_score_a_page_shows_is_on_record_as_seen_by_its_subject(sign_in, council):
    make(council)
    sign_in().get(LIST)
    with reading(council.engine) as connection:
        query = select(audit_payloads.c.subject).join(
            audit_entries, audit_entries.c.sequence == audit_payloads.c.sequence
        )
        seen = connection.scalars(query.where(audit_entries.c.action == "score.listed")).all()
        refs = connection.scalars(select(scores.c.subject_ref)).all()
    assert len(seen) == 1
    assert set(seen) < set(refs)
    assert verify(council.engine).ok


def test_reasons_of_restricted_sources_are_masked_on_the_list(sign_in, council):
    make(council)
    assert "Contacts with social care" in sign_in().get(LIST).text
    masked = sign_in("caseworker_system").get(LIST).text
    assert "Contacts with social care" not in masked
    assert "Work list" in masked


def test_a_subject_is_found_on_the_list_and_below_its_line(sign_in, council):
    make(council)
    client = sign_in()
    for subject in ("100012345678", "100087654321"):
        page = search(client, subject)
        assert page.request.method == "GET"
        assert f">{subject}</span>" in page.text
        assert subject not in str(page.url)


@pytest.mark.parametrize("subject", ["", "nobody", "x" * 500])
def test_a_reference_that_finds_nobody_is_asked_for_again_and_not_repeated(
    sign_in, council, subject
):
    make(council)
    page = search(sign_in(), subject)
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert not subject or f'value="{subject}"' not in page.text


def test_the_page_of_a_score_shows_its_sources_and_the_other_scores(sign_in, council):
    make(council)
    client = sign_in()
    form = {"subject": "100012345678", "csrf": token_of(client.get("/models"))}
    newer = client.post(f"/models/{MODEL}/score", data=form)
    older = search(client, "100012345678")
    assert older.url.path in newer.text
    assert newer.url.path in older.text
    for said in ("Where it comes from", "Council tax", "Nothing recorded", "1 October 2026"):
        assert said in newer.text


@pytest.fixture
def damp_homes(council, model_maker, publisher):
    publisher(
        council.engine,
        model_maker(rows=300, name="damp_homes", title="Damp homes", release_level="output_area"),
    )
    store = FeatureStore(council.settings.store_url)
    values = store.get(MODEL, "100012345678").values
    rows = [
        (f"3000{j:08}", values | {"arrears_count_12m": float(j % 7)}, {"area": f"E0{j % 4}" if j else "E09"})
        for j in range(200)
    ]  # fmt: skip
    store.replace("damp_homes", date(2026, 10, 1), rows, refreshed_on=date(2026, 10, 2))
    return count_areas(
        served_model(council.engine, "damp_homes"),
        identity=WHO,
        store=store,
        engine=council.engine,
        audit=AuditLog(council.engine, council.clock),
        policy=disclosure_policy("dfe"),
    )


def test_a_model_for_areas_shows_areas_and_nobody_in_them(sign_in, council, damp_homes):
    page = sign_in().get("/models/damp_homes/list").text
    assert (damp_homes.areas, "E01" in page) == (5, True)
    assert "3000000" not in page
    with reading(council.engine) as connection:
        assert connection.execute(select(scores)).all() == []
        kept = connection.scalars(select(publications.c.content)).all()
    assert not any(b"3000000" in content for content in kept)


def test_the_count_of_an_area_with_one_home_is_withheld(sign_in, damp_homes):
    page = sign_in().get("/models/damp_homes/list").text
    row = re.search(r">E09</th>(.*?)</tr>", page, re.DOTALL)[1]
    assert re.findall(r">([^<>\s]+)</td>", row) == ["[c]", "[c]", "[c]"]


def test_no_home_can_be_looked_for_where_areas_alone_are_shown(sign_in, damp_homes):
    client = sign_in()
    form = {"subject": "300000000001", "csrf": token_of(client.get("/models"))}
    assert client.post("/models/damp_homes/list/search", data=form).status_code == 403

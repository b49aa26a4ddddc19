"""Results released for areas: nothing of one household, home or person leaves, on any path."""

import pytest

from features.store import FeatureStore
from hearth.audit_log import AuditLog
from hearth.errors import AreasOnlyError
from hearth.identity import Identity, Role
from hearth.release import check_release, check_releases
from hearth.storage.engine import reading
from hearth.storage.schema import scores
from serving.files.batch import score_file
from serving.scores.served_models import served_model
from serving.web.openapi import routes_of

ASKING = [
    route.removeprefix("POST ") for route in routes_of() if route.startswith("POST /v1/models/")
]
"""Every route that makes or gives something of one subject: new ones are tried by themselves."""

CASEWORKER = Identity("key", "A team", Role.CASEWORKER, frozenset({"early_help"}))


@pytest.fixture
def damp_homes(council, model_maker, publisher):
    publisher(council.engine, model_maker(rows=300, name="damp_homes", release_level="output_area"))
    return served_model(council.engine, "damp_homes")


def test_there_are_routes_to_try():
    assert "/v1/models/{model}/scores" in ASKING
    assert len(ASKING) >= 2


@pytest.mark.parametrize("path", ASKING)
@pytest.mark.parametrize("role", ["caseworker", "caseworker_system"])
def test_no_route_gives_anything_of_one_subject(council, damp_homes, path, role):
    with council.client(role) as client:
        answer = client.post(path.replace("{model}", "damp_homes"), json={"subject": "1"})
    assert (answer.status_code, answer.json()["type"]) == (
        403,
        "urn:hearth:problem:released-for-areas-only",
    )
    with reading(council.engine) as connection:
        assert connection.execute(scores.select()).all() == []


def test_no_page_gives_a_score(council, damp_homes):
    with council.client(None) as browser:
        token = browser.get("/sign-in").text.partition('name="csrf" value="')[2].partition('"')[0]
        browser.post("/sign-in", data={"key": council.keys["caseworker"], "csrf": token})
        assert browser.get("/models/damp_homes/score").status_code == 403
        token = browser.get("/models").text.partition('name="csrf" value="')[2].partition('"')[0]
        form = {"csrf": token, "subject": "100012345678"}
        assert browser.post("/models/damp_homes/score", data=form).status_code == 403


def test_no_file_of_scores_is_made(council, damp_homes, tmp_path, clock):
    source = tmp_path / "in.csv"
    source.write_text("entity_id\n100012345678\n")
    with pytest.raises(AreasOnlyError):
        score_file(
            damp_homes,
            source,
            tmp_path / "out.csv",
            identity=CASEWORKER,
            store=FeatureStore(council.settings.store_url),
            audit=AuditLog(council.engine, clock),
        )
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("levels", "is_refused"),
    [
        ([], False),
        (["household"], False),
        (["household", "output_area"], False),
        (["output_area", "output_area"], True),
    ],
)
def test_a_purpose_is_refused_where_all_its_models_are_for_areas(levels, is_refused):
    if is_refused:
        with pytest.raises(AreasOnlyError):
            check_releases(levels)
    else:
        check_releases(levels)


def test_only_the_level_of_areas_is_refused():
    check_release("household")
    with pytest.raises(AreasOnlyError):
        check_release("output_area")

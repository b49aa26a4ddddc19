"""The work list: whom it holds, in which order, where each stands, and whose list it is."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from features.store import FeatureStore
from hearth.identity import Identity, Role
from hearth.storage.engine import reading, writing
from hearth.storage.schema import approvals, precomputed_scores, restrictions, scores
from serving.casework.stages import Stage, stage_of
from serving.casework.work_list import Missing, work_list
from serving.precomputed.making import precompute
from serving.scores.served_models import served_model
from serving.tree_shap.machine_code import load_kernel

MODEL = "school_readiness"
AREAS = ("E05000026", "E05000027")
DECISIONS = "/v1/scores/{}/decisions"
CHALLENGES = "/v1/scores/{}/challenges"


def identity(**changes):
    given = {"key_id": "key", "name": "A team", "role": Role.CASEWORKER}
    return Identity(**{**given, "purposes": frozenset({"early_help"}), **changes})


def make(council):
    return precompute(
        served_model(council.engine, MODEL, load_kernel(council.settings.state_dir)),
        identity=identity(),
        store=FeatureStore(council.settings.store_url),
        engine=council.engine,
        clock=council.clock,
    )


def fill(council, subjects=20):
    """Puts subjects in the store: the later, the more arrears; every second in the other area."""
    store = FeatureStore(council.settings.store_url)
    values = store.get(MODEL, "100012345678").values
    rows = [
        (f"1000{j:04}", values | {"arrears_count_12m": float(j // 2)}, {"area": AREAS[j % 2]})
        for j in range(subjects)
    ]
    store.replace(MODEL, date(2026, 10, 1), rows, refreshed_on=date(2026, 10, 2))


@pytest.fixture
def listed(council):
    fill(council)
    make(council)
    return council


@pytest.fixture
def client(listed):
    with listed.client() as opened:
        yield opened


def seen(client, **changes):
    service = client.app.state.service
    service.held.refresh()
    return work_list(service, service.held.current, identity(**changes), MODEL)[1]


def test_the_list_holds_the_highest_scores_up_to_the_line_of_capacity(client, listed):
    found = seen(client)
    with reading(listed.engine) as connection:
        raws = list(connection.scalars(select(precomputed_scores.c.raw)))
        query = select(precomputed_scores.c.raw).where(precomputed_scores.c.place.is_not(None))
        on_list = list(connection.scalars(query.order_by(precomputed_scores.c.place)))
    assert [line.place for line in found.lines] == list(range(1, 11))
    assert on_list == sorted(raws, reverse=True)[:10]
    assert (found.scored, found.places) == (20, 10)


def test_the_raw_score_that_ranks_is_the_model_s_own(client, listed):
    model = client.app.state.service.models.get(MODEL).model
    with reading(listed.engine) as connection:
        row = connection.execute(
            select(precomputed_scores.c.raw, scores.c.payload).join(
                scores, scores.c.score_id == precomputed_scores.c.score_id
            )
        ).first()
    columns = {name: [value] for name, value in row.payload["values"].items()}
    assert row.raw == pytest.approx(model.raw_score(model.encode_columns(columns))[0], abs=1e-8)


def test_a_key_for_an_area_sees_the_places_of_that_area_alone(client):
    everyone, here = seen(client), seen(client, areas=frozenset(AREAS[:1]))
    expected = [line for line in everyone.lines if line.area == AREAS[0]]
    assert list(here.lines) == expected
    assert here.places == everyone.places


def test_a_key_for_another_purpose_sees_no_list(client):
    from serving.web.problems import ProblemError  # noqa: PLC0415 only here

    with pytest.raises(ProblemError) as refused:
        seen(client, purposes=frozenset({"housing_standards"}))
    assert refused.value.status == 403


def test_a_subject_who_objected_since_leaves_the_list(client, listed):
    first = seen(client).lines[0].subject
    row = {"restriction_id": "r", "entity_id": first, "kind": "objection", "set_by": "a"}
    with writing(listed.engine) as connection:
        connection.execute(restrictions.insert().values(since=listed.clock(), **row))
    assert first not in [line.subject for line in seen(client).lines]


def test_a_list_says_where_each_place_stands(client):
    first, second, third, *_ = seen(client).lines
    client.post(DECISIONS.format(first.score_id), json={"outcome": "agree"})
    client.post(DECISIONS.format(second.score_id), json={"outcome": "defer"})
    challenge = {"ground": "unfair", "statement": "It is not so."}
    client.post(CHALLENGES.format(third.score_id), json=challenge)
    stages = [line.stage for line in seen(client).lines[:4]]
    assert stages == [Stage.DECIDED, Stage.DEFERRED, Stage.CHALLENGED, Stage.TO_DECIDE]


def test_a_decision_on_an_earlier_score_is_told_beside_the_new_one(client, listed):
    before = seen(client).lines  # all decided on: equal scores come on the next list by lot
    for line in before:
        assert client.post(DECISIONS.format(line.score_id), json={"outcome": "agree"}).is_success
    FeatureStore(listed.settings.store_url).update(
        MODEL, [], gone=[], refreshed_on=date(2026, 10, 3), key="next"
    )
    make(listed)
    subjects = {line.subject for line in before}
    after = [line for line in seen(client).lines if line.subject in subjects]
    assert after
    assert {(each.stage, each.earlier.outcome) for each in after} == {(Stage.TO_DECIDE, "agree")}


def test_scores_of_a_list_expire(client, listed):
    start = listed.clock()
    client.app.state.service.__dict__["clock"] = lambda: start + timedelta(days=40)
    assert {line.stage for line in seen(client).lines} == {Stage.EXPIRED}


def test_without_a_run_there_is_no_list(council):
    with council.client() as client:
        assert seen(client) is Missing.NOT_MADE


def test_a_list_from_before_a_refresh_is_not_shown(client, listed):
    FeatureStore(listed.settings.store_url).update(
        MODEL, [], gone=[], refreshed_on=date(2026, 10, 3), key="next"
    )
    assert seen(client) is Missing.REFRESHED


def test_a_list_of_another_version_is_not_shown(client, listed, model_maker, publisher):
    publisher(listed.engine, model_maker(seed=2), version="4")
    assert seen(client) is Missing.OTHER_VERSION


def test_whoever_a_lot_spares_is_left_out_and_counted(council, model_maker, publisher):
    rule = {"share": 0.5, "since": "2026-01-01"}
    publisher(council.engine, model_maker(hold_back=rule, capacity=None), version="4")
    fill(council)
    make(council)
    with council.client() as client:
        found = seen(client)
    assert 0 < found.held_back < found.places
    assert len(found.lines) + found.held_back == found.places


def test_ties_are_broken_by_lot_and_not_by_number(council):
    store = FeatureStore(council.settings.store_url)
    values = store.get(MODEL, "100012345678").values
    rows = [(f"1000{j:04}", values, {}) for j in range(40)]
    store.replace(MODEL, date(2026, 10, 1), rows, refreshed_on=date(2026, 10, 2))
    make(council)
    with council.client() as client:
        subjects = [line.subject for line in seen(client).lines]
    assert len(subjects) == 20
    assert subjects != sorted(subjects)
    assert subjects != [f"1000{j:04}" for j in range(20)]


def test_a_withdrawn_model_has_no_list(client, listed):
    from hearth.errors import WithdrawnError  # noqa: PLC0415 only here

    with writing(listed.engine) as connection:
        connection.execute(update(approvals).values(state="withdrawn"))
    with pytest.raises(WithdrawnError):
        seen(client)


@pytest.mark.parametrize(
    ("outcome", "challenged", "is_expired", "stage"),
    [
        (None, (), False, Stage.TO_DECIDE),
        ("defer", (), False, Stage.DEFERRED),
        ("agree", (), True, Stage.DECIDED),
        ("defer", (), True, Stage.EXPIRED),
        ("agree", ("opened",), False, Stage.CHALLENGED),
        (None, ("rejected", "withdrawn"), False, Stage.TO_DECIDE),
        (None, ("upheld", "opened"), True, Stage.BARRED),
    ],
)
def test_the_gravest_stage_counts(outcome, challenged, is_expired, stage):
    assert stage_of(outcome, challenged, is_expired=is_expired) is stage

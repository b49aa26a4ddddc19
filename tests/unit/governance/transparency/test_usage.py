from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from governance.disclosure.control import POLICIES
from governance.human_use.figures import use_in_figures
from governance.human_use.recorded import read_use
from governance.transparency.usage import printed_usage, read_usage, usage_policy
from hearth.storage.engine import reading, writing
from hearth.storage.schema import decisions, scores

AT = datetime(2026, 10, 1, 9, tzinfo=UTC)
DFE = POLICIES["dfe"]


def score(number, version="3"):
    return {
        "score_id": f"s{number}",
        "model": "early_help",
        "version": version,
        "as_of": AT.date(),
        "payload": {},
        "created_at": AT,
        "key_id": "k",
    }


def decide(number, outcome, name="d", at=AT):
    told = {"decision_id": f"{name}{number}", "score_id": f"s{number}", "outcome": outcome}
    return {**told, "decided_at": at, "key_id": "k", "role": "caseworker"}


def used(engine, outcomes, *, made):
    with writing(engine) as connection:
        rows = [*(score(n) for n in range(made)), score("other", version="2")]
        connection.execute(insert(scores), rows)
        if outcomes:
            rows = [decide(n, outcome) for n, outcome in enumerate(outcomes)]
            connection.execute(insert(decisions), rows)
    with reading(engine) as connection:
        return read_usage(connection, "early_help", "3", DFE)


def test_use_is_counted_for_this_version_alone(records):
    usage = used(records, ["agree"] * 20 + ["override"] * 10, made=40)
    assert (usage.scores, usage.decided) == (40, 30)
    assert usage.outcomes == {"agree": 20, "override": 10, "defer": 0}
    assert usage.override_rate.value == pytest.approx(1 / 3)
    assert usage.override_rate.low < 1 / 3 < usage.override_rate.high
    assert (usage.first_day, usage.last_day) == ("2026-10-01", "2026-10-01")


def test_the_last_decision_on_a_score_counts_as_on_the_monitoring_page(records):
    used(records, ["defer"] * 20 + ["agree"] * 10 + ["defer"] * 8, made=50)
    later = [decide(n, "override", "later", AT + timedelta(hours=1)) for n in range(20)]
    with writing(records) as connection:
        connection.execute(insert(decisions), later)
    with reading(records) as connection:
        usage = read_usage(connection, "early_help", "3", DFE)
        use = read_use(connection, "early_help", "3", AT.date())
    assert (usage.decided, usage.outcomes["defer"]) == (38, 8)
    page = use_in_figures(use, {}, DFE)["everyone"]["override_rate"]
    assert vars(usage.override_rate) == {name: page[name] for name in ("value", "low", "high")}
    assert page["value"] == pytest.approx(2 / 3)


def test_a_small_count_takes_all_outcomes_and_the_rate_with_it(records):
    usage = used(records, ["agree"] * 20 + ["override"] * 3, made=40)
    assert (usage.scores, usage.decided) == (40, 23)
    assert (usage.outcomes, usage.override_rate) == (None, None)


def test_few_undecided_take_the_number_decided_with_them(records):
    assert used(records, ["agree"] * 38, made=40).decided is None


def test_few_scores_are_withheld_with_their_days(records):
    usage = used(records, [], made=4)
    assert (usage.scores, usage.first_day) == (None, None)


def test_no_use_at_all_is_said(records):
    assert used(records, [], made=0).scores == 0


def test_what_staff_did_is_protected_where_the_data_are_public():
    assert usage_policy("none") is DFE
    assert usage_policy("tre_10").name == "tre_10"


counts = st.integers(0, 30)


@given(counts, counts, counts, counts, st.sampled_from(["dfe", "tre_10"]))
def test_no_small_count_is_printed_or_follows_from_those_printed(
    agree, override, defer, rest, name
):
    policy = POLICIES[name]
    outcomes = {"agree": agree, "override": override, "defer": defer}
    usage = printed_usage(sum(outcomes.values()) + rest, outcomes, policy)
    printed = [] if usage.scores is None else [usage.scores]
    if usage.decided is not None:
        printed += [usage.decided, usage.scores - usage.decided]
    printed += [] if usage.outcomes is None else usage.outcomes.values()
    low, high = policy.protects
    assert not any(low <= count <= high for count in printed)
    assert usage.outcomes is None or usage.decided is not None

"""What people made of scores: counted by the last decision on each, by group, and only what may be printed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from governance.disclosure.control import CONFIDENTIAL, disclosure_policy
from governance.human_use.alarms import date_alarms, use_alarms
from governance.human_use.figures import use_in_figures
from governance.human_use.recorded import Challenged, Decided, Recorded, read_use
from hearth.storage.engine import writing
from hearth.storage.schema import api_keys, challenges, decisions, scores, subject_references

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
TODAY = NOON.date()
NONE, DFE = disclosure_policy("none"), disclosure_policy("dfe")


def decided(outcome="agree", *, team="North", dwell=90.0, entity="1"):
    return Decided(entity, "E01", team, outcome, TODAY, dwell)


def recorded(*made, challenged=()):
    return Recorded(1_000, 12, tuple(made), tuple(challenged))


def figures(*made, policy=NONE, challenged=()):
    use = recorded(*made, challenged=challenged)
    return use_in_figures(use, {"Team": [one.team for one in made]}, policy)


def score_row(number, *, abstained=False):
    answer = {"score": {"abstained": abstained}}
    return {
        "score_id": f"s{number}",
        "model": "early_help",
        "version": "3",
        "subject_ref": f"r{number}",
        "as_of": TODAY,
        "payload": {"purpose": "early_help", "area": "E01", "answer": answer},
        "created_at": NOON,
        "key_id": "k",
    }


def decision_row(name, number, outcome, *, minutes, dwell=None):
    at = NOON + timedelta(minutes=minutes)
    return {
        "decision_id": name,
        "score_id": f"s{number}",
        "outcome": outcome,
        "viewed_at": None if dwell is None else at - timedelta(seconds=dwell),
        "decided_at": at,
        "key_id": "k",
        "role": "caseworker",
        "audit_sequence": minutes,
    }


@pytest.fixture
def used(records):
    """Two scores of version 3, one decided on twice and one abstained on; one of version 4; a challenge."""
    key = {"key_id": "k", "name": "North", "role": "caseworker", "purposes": [], "secret_hash": "0"}
    other = score_row(3) | {"version": "4"}
    challenge = {"challenge_id": "c", "score_id": "s2", "ground": "unfair", "state": "opened"}
    with writing(records) as connection:
        connection.execute(insert(api_keys).values(**key, created_at=NOON, created_by="o"))
        connection.execute(insert(scores), [score_row(1), score_row(2, abstained=True), other])
        connection.execute(
            insert(subject_references).values(
                reference="r1", model="early_help", entity_id="100", created_at=NOON
            )
        )
        connection.execute(
            insert(decisions),
            [
                decision_row("a", 1, "defer", minutes=1, dwell=5),
                decision_row("b", 1, "override", minutes=9, dwell=61),
                decision_row("c", 3, "agree", minutes=2),
            ],
        )
        connection.execute(
            insert(challenges).values(
                **challenge, opened_at=NOON, opened_by="k", acknowledge_by=date(2026, 10, 1)
            )
        )
    return records


def test_the_last_decision_on_a_score_of_the_version_counts(used):
    with used.connect() as connection:
        found = read_use(connection, "early_help", "3", TODAY)
    assert (found.scores, found.abstained) == (2, 1)
    assert found.decided == (Decided("100", "E01", "North", "override", TODAY, 61.0),)
    assert found.challenged == (Challenged("opened", "unfair", is_overdue=True),)


def test_a_version_that_nobody_used_has_no_figures(records):
    with records.connect() as connection:
        found = read_use(connection, "early_help", "3", TODAY)
    assert use_in_figures(found, {}, DFE)["everyone"] is None


def test_overrides_have_wilsons_interval():
    found = figures(*[decided("override")] * 20, *[decided()] * 80)["everyone"]["override_rate"]
    assert found["value"] == pytest.approx(0.2)
    assert (found["low"], found["high"]) == pytest.approx((0.1334, 0.2888), abs=1e-4)


def test_put_offs_are_no_decisions_and_are_counted_apart():
    found = figures(*[decided("defer")] * 7, *[decided()] * 20)
    assert (found["put_off"], found["everyone"]["decisions"]) == (7, 20)


def test_a_viewing_that_was_not_told_is_neither_quick_nor_slow():
    row = figures(*[decided(dwell=None)] * 10, *[decided(dwell=3.0)] * 10)["everyone"]
    assert (row["told"], row["quick"], row["quick_rate"]["value"]) == (10, 10, 1.0)


def test_a_team_with_few_overrides_is_withheld_and_cannot_be_worked_out():
    found = figures(
        *[decided("override")] * 2, *[decided()] * 40,
        *[decided("override", team="South")] * 20, *[decided(team="South")] * 40,
        *[decided("override", team="West")] * 20, *[decided(team="West")] * 40,
        policy=DFE,
    )  # fmt: skip
    rows = {row["group"]: row for row in found["tables"][0]["rows"]}
    assert rows["North"]["override_rate"] == dict.fromkeys(("value", "low", "high")) | {
        "mark": CONFIDENTIAL
    }
    shown = [row for row in rows.values() if row["overridden"] is not None]
    assert found["everyone"]["overridden"] is None or len(shown) < 2


def test_a_count_that_stands_alone_is_withheld_where_it_is_small():
    assert figures(*[decided("defer")] * 3, *[decided()] * 20, policy=DFE)["put_off"] is None


def test_few_dwells_have_no_median():
    assert figures(*[decided()] * 9)["everyone"]["median_dwell_s"] is None
    assert figures(*[decided()] * 11)["everyone"]["median_dwell_s"] == 90


def test_many_decisions_in_seconds_raise_an_alarm_for_the_team_that_made_them():
    found = figures(
        *[decided("override", dwell=4.0)] * 30, *[decided()] * 10,
        *[decided("override", team="South")] * 20, *[decided(team="South")] * 200,
    )  # fmt: skip
    (alarm,) = use_alarms(found)
    assert "“North” decided 75%" in alarm


def test_a_few_quick_decisions_raise_no_alarm():
    found = figures(*[decided("override", dwell=4.0)] * 2, *[decided()] * 2)
    assert list(use_alarms(found)) == []


def test_a_team_that_is_everyone_raises_one_alarm():
    assert len(list(use_alarms(figures(*[decided("override", dwell=4.0)] * 30)))) == 1


def test_hundreds_of_decisions_without_an_override_raise_an_alarm():
    found = figures(*[decided()] * 200, *[decided(team="South")] * 200)
    (alarm,) = use_alarms(found)
    assert alarm.startswith("Everyone together overrode 0.0% of scores, at most 1.0%")


def test_an_overdue_challenge_raises_an_alarm():
    late = Challenged("opened", "unfair", is_overdue=True)
    found = figures(decided("override"), challenged=[late])
    assert any("not acknowledged by its day" in alarm for alarm in use_alarms(found))


@pytest.mark.parametrize(("left", "alarms"), [(91, 0), (90, 1), (0, 1), (-5, 1)])
def test_an_end_raises_an_alarm_a_quarter_before_it(left, alarms):
    assert len(list(date_alarms(TODAY + timedelta(days=left), None, TODAY))) == alarms


def test_the_report_says_what_people_made_of_the_scores(council_evidence):
    from dataclasses import replace  # noqa: PLC0415 only here

    from governance.assessment import assess  # noqa: PLC0415 slow to load
    from governance.report.sections.human_use import section  # noqa: PLC0415 slow to load

    evidence = council_evidence()
    bare = section(assess(evidence))
    assert "nobody has decided on a score of this version yet" in str(bare.blocks)
    use = figures(*[decided("override")] * 20, *[decided()] * 80)
    said = str(section(assess(replace(evidence, analyses={"human_use": use}))).blocks)
    assert "20.0% (13.3 to 28.9)" in said
    assert "Nobody has challenged" in said


def test_the_report_names_no_group_after_one_decision(council_evidence):
    from dataclasses import replace  # noqa: PLC0415 only here

    from governance.assessment import assess  # noqa: PLC0415 slow to load
    from governance.report.sections.human_use import section  # noqa: PLC0415 slow to load

    there_are = {"Ethnic group": ["Roma", "White British"]}
    use = use_in_figures(recorded(decided()), {"Ethnic group": ["Roma"]}, DFE, there_are)
    said = str(section(assess(replace(council_evidence(), analyses={"human_use": use}))).blocks)
    assert "Too few decisions to say anything by ethnic group." in said
    assert "Roma" not in said

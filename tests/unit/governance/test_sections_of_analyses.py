"""Sections that `hearth analyse` feeds: what they say, and what they say where nobody ran it."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.assessment import Given, assess
from governance.disclosure.control import disclosure_policy
from governance.report.bands import band_of
from governance.report.render import make_document, render_html
from hearth.definition import Capacity


@pytest.fixture(scope="module")
def assessment(council_evidence):
    return assess(council_evidence())


def section(assessment, number, **analyses):
    document = make_document(replace(assessment, analyses=analyses))
    render_html(document)
    return next(each for each in document.sections if each.number == number)


def words(section):
    return " ".join(
        str(part)
        for block in section.blocks
        for part in (getattr(block, "text", ""), *getattr(block, "items", ()))
    )


def spread(learner, kept=0.8):
    return {
        "learner": learner,
        "score_sd": 0.02,
        "list_sd": 0.05,
        "kept": kept,
        "least_kept": kept - 0.1,
        "most_kept": kept + 0.1,
        "same_reason": 0.9,
    }


def definition_with_places(assessment, length):
    capacity = Capacity(count=length)
    changed = assessment.definition.model_copy(update={"capacity": capacity})
    return replace(assessment, definition=changed)


def seeds(**kept):
    learners = [spread(learner, share) for learner, share in kept.items()]
    return {"test_as_of": "2023-09-01", "refits": 10, "learners": learners, "sentences": []}


@pytest.mark.parametrize(
    ("number", "name"), [(11, "proxies"), (12, "matched_pairs"), (13, "seeds"), (17, "mitigations")]
)
def test_a_section_without_its_analysis_says_what_to_run(assessment, number, name):
    said = words(section(assessment, number))

    assert said.startswith("Not available")
    assert f"hearth analyse early_help {name}, then hearth report early_help again" in said


@pytest.mark.parametrize(
    ("number", "name"), [(11, "proxies"), (12, "matched_pairs"), (13, "seeds"), (17, "mitigations")]
)
def test_a_file_of_scores_alone_says_that_there_is_no_model(assessment, number, name):
    said = words(section(replace(assessment, given=Given(None)), number))

    assert said == "Not available: the file holds scores, not the model."


def test_stability_says_how_many_of_a_hundred_stay(assessment):
    said = words(section(assessment, 13, seeds=seeds(logistic=0.9, lightgbm=0.8)))

    assert (
        "LightGBM (proposed): of every 100 households on its list, a retrain lists about 80" in said
    )
    assert "to 85 again, 70 to 75 at worst" in said


def test_shares_of_a_list_are_as_they_are_where_the_data_are_public(assessment):
    public = replace(assessment, policy=disclosure_policy("none"))

    said = words(section(public, 13, seeds=seeds(lightgbm=0.83)))
    assert "lists about 83 again, 73 at worst" in said


@given(kept=st.integers(0, 100), length=st.integers(6, 400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_band_leaves_every_withheld_count_possible(assessment, kept, length):
    counted = definition_with_places(assessment, length)
    part = min(kept, length) / length

    band = band_of(counted, part)

    held = [n for n in range(length + 1) if band_of(counted, n / length) == band]
    assert min(kept, length) in held
    for count in (held, [length - n for n in held]):
        assert not {1, 2, 3, 4, 5} & set(count) or {1, 2, 3, 4, 5} <= set(count)


def test_who_looked_and_each_source_stand_in_section_4_where_they_were_asked(assessment):
    drop = {"with_assessor": 0.688, "without": 0.599, "drop": 0.089, "low": 0.07, "high": 0.11}
    figures = [
        {"learner": "lightgbm", "metric": m, **drop} for m in ("auc", "precision_at_capacity")
    ]
    change = {"value": -0.021, "low": -0.03, "high": -0.01}
    parts = [{"part": "source social_care", "auc_change_without_it": change}]

    found = section(
        assessment, 4,
        assessors={"figures": figures}, ablation={"learner": "lightgbm", "parts": parts},
    )  # fmt: skip

    looked = table(found, "Among those looked at, with and without knowing who looked").rows
    assert looked == (("LightGBM", "AUC", "0.599", "0.688", "+0.089 (+0.070 to +0.110)"),)
    bought = table(found, "Change of LightGBM").rows
    assert bought == (("Source “social care”", "−0.021 (−0.030 to −0.010)"),)


def test_section_4_says_which_command_asks_who_looked(assessment):
    label = assessment.definition.label.model_copy(update={"assessor": ("visitor",)})
    definition = assessment.definition.model_copy(update={"label": label})

    said = words(section(replace(assessment, definition=definition), 4))
    assert "hearth analyse early_help assessors" in said


@pytest.mark.parametrize(("kept", "is_said"), [(0.45, True), (0.55, False)])
def test_a_list_that_does_not_come_back_is_a_warning(assessment, kept, is_said):
    said = words(section(assessment, 13, seeds=seeds(lightgbm=kept)))

    assert ("Less than half of the list is listed again" in said) is is_said


def test_stability_of_what_is_not_proposed_says_so(assessment):
    rule = replace(assessment, candidate="most earlier referrals first")

    assert "is neither of them" in words(section(rule, 13, seeds=seeds(lightgbm=0.4)))


def estimate(value, reach=0.02):
    return {"value": value, "low": value - reach, "high": value + reach}


def matched(listed, *, unlike=0.05, standing=0.06):
    where = {"attribute": "sex_of_child", "group": "Female", "reference": "Male"}
    figures = {"standing": estimate(standing), "standing_before": 0.1, "paired": 0.8}
    counts = {
        "people": 1000,
        "of_reference": 1100,
        "listed_pairs": listed,
        "outcome_pairs": [200, 60, 140, sum(listed) - 400],
        "standing_own": 0.5,
        "standing_reference": 0.44,
        "unlike": unlike,
        "unlike_before": 0.2,
    }
    return {
        "candidate": "lightgbm",
        "people": 2100,
        "differences": [{**where, **figures}],
        "pairs": {"of": [{**where, **counts}]},
    }


def table(section, caption):
    return next(b for b in section.blocks if getattr(b, "caption", "").startswith(caption))


def test_the_like_of_two_groups_who_stand_apart_are_named(assessment):
    said = words(section(assessment, 12, matched_pairs=matched([50, 40, 30, 680])))

    assert "Female beside Male: those alike on record stand higher, by 6.0 places" in said
    assert "the outcome happened less often, 32% against 42%" in said


def test_those_not_alike_enough_are_not_compared(assessment):
    found = section(assessment, 12, matched_pairs=matched([50, 40, 30, 680], unlike=0.13))

    assert table(found, "Sex of child: place in the order").rows[0][-1] == "not alike enough"
    assert "beside" not in words(found)


def test_small_counts_of_pairs_are_withheld_with_all_that_rests_on_them(assessment):
    found = section(assessment, 12, matched_pairs=matched([50, 3, 30, 717]))

    row = table(found, "Sex of child: listed, and what happened").rows[0]
    assert row[1:4] == ("[c]", "[c]", "[c]")
    assert row[4] == "32.5%"


def lists_of(**by_list):
    """Lists whose counts by sex are given as (listed with the outcome, not listed with it) of 500 each."""

    def group(tp, fn):
        return {"counts": [tp, 40, 0, fn, 460 - fn - tp, 0], "effects": {}}

    def one(female, male):
        groups = {"Female": group(*female), "Male": group(*male)}
        everyone = [sum(cell) for cell in zip(*(g["counts"] for g in groups.values()), strict=True)]
        return {
            "everyone": {"counts": everyone, "effects": {}},
            "by_attribute": {"sex_of_child": groups},
            "listed": 200,
            "listed_before_too": 180,
            "changes": {"recall_at_capacity": estimate(-0.03), "precision_at_capacity": estimate(-0.01)},
        }  # fmt: skip

    return {name: one(*counts) for name, counts in by_list.items()}


def test_the_strongest_proxy_and_its_price_are_named(assessment):
    found = section(
        assessment,
        11,
        proxies={
            "learner": "lightgbm",
            "rows": 900,
            "of_rows": 1000,
            "least_in_group": 50,
            "groups": [{"attribute": "sex_of_child", "group": "Female", "auc": estimate(0.9)}],
            "carriers": [{"attribute": "sex_of_child", "reason_group": "referrals", "auc_alone": estimate(0.8)}],
            "accuracy": {"sex_of_child": {"right": 0.8, "commonest": 0.5}},
            "lists": lists_of(**{"as it is": ((60, 90), (80, 70)), "referrals": ((65, 85), (70, 80))}),
        },
    )  # fmt: skip

    assert "Sex of child: told well; by itself “Referrals” tells it best" in words(found)
    assert table(found, "The list without").rows[1][:2] == ("“Referrals”", "90%")
    assert "40.0%" in table(found, "Sex of child: found, list by list").rows[0][1]
    assert [row[-2] for row in table(found, "Widest gap").rows] == ["13.3", "3.3"]


def mitigated(assessment, **counts):
    lists = lists_of(**{"as it is": ((60, 90), (80, 70)), **counts})
    lists["reduction, sex_of_child"] |= {"way": "reduction", "attribute": "sex_of_child", "by_lot": 0.12}  # fmt: skip
    return section(assessment, 17, mitigations={"learner": "logistic", "lists": lists})


def test_evening_out_shows_gap_price_and_lots_with_its_warning(assessment):
    found = mitigated(assessment, **{"reduction, sex_of_child": ((70, 80), (72, 78))})

    said = words(found)
    assert "None of these lists is proposed" in said
    assert "up to 12% of people would be decided by lot" in said
    assert "what is proposed is LightGBM, of which they say nothing" in said
    rows = table(found, "Sex of child: what each way changes").rows
    assert [row[1] for row in rows] == ["13.3", "1.3"]
    assert rows[1][-1] == "12%"


def test_groups_small_on_any_list_are_printed_on_none(assessment):
    found = mitigated(assessment, **{"reduction, sex_of_child": ((3, 147), (72, 78))})

    assert "withheld, the numbers by group are too small to print" in words(found)
    assert table(found, "Sex of child: what each way changes").rows[0][1] == "–"

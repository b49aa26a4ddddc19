"""Further tables of groups: other lengths of list, dates, the version in use, areas."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from governance.assessment import assess
from governance.disclosure.control import POLICIES
from governance.disclosure.parting import (
    POOLED,
    is_any_small,
    may_be_parted,
    whole_or_pooled,
)
from governance.fairness.replacement import Champion
from governance.further import Beside
from governance.geography.area_map import Area, AreaMap
from governance.report.render import make_document, render_html

NONE, DFE, TRE = (POLICIES[name] for name in ("none", "dfe", "tre_10"))


def fairness(definition, **changes):
    held = definition.fairness.model_dump(mode="json", by_alias=True)
    return {**held, **changes}


@pytest.fixture(scope="module")
def public(council_evidence):
    """The made-up council's evidence with nothing withheld, and what stands beside it as given."""
    evidence = council_evidence(fairness=fairness(council_evidence().definition, disclosure="none"))

    def made(**beside):
        return assess(replace(evidence, beside=Beside(**beside)))

    return made


def rows_of(council_evidence, candidate):
    scored = council_evidence().scored
    return scored[scored.candidate == candidate]


def section(assessment, number):
    return next(s for s in make_document(assessment).sections if s.number == number)


def tables(assessment, number):
    return [block for block in section(assessment, number).blocks if hasattr(block, "caption")]


def words(assessment, number):
    return " ".join(getattr(block, "text", "") for block in section(assessment, number).blocks)


def test_groups_not_printed_whole_are_put_together():
    names, codes = whole_or_pooled(("a", "b", "c", "d"), np.array([0, 1, 2, 3, 1]), {"a", "c"})

    assert names == ("a", "c", POOLED)
    assert codes.tolist() == [0, 2, 1, 2, 2]


@pytest.mark.parametrize(
    ("cells", "policy", "is_small"),
    [([[6, 0], [9, 0]], DFE, False), ([[6, 5], [9, 20]], DFE, True), ([[1, 1]], NONE, False),
     ([[40, 0], [30, 12]], DFE, False), ([[40, 0], [30, 12]], TRE, True), ([[40, 0]], TRE, False)],
)  # fmt: skip
def test_a_part_is_small_as_the_policy_says_and_a_kind_of_nobody_is_none(cells, policy, is_small):
    assert is_any_small(np.array(cells), policy) is is_small


def test_only_the_first_attribute_may_be_parted_unless_its_pairs_are_printed():
    assert may_be_parted(["a", "b", "c"], {"c": True}, DFE) == ["a", "c"]
    assert may_be_parted(["a", "b", "c"], {}, NONE) == ["a", "b", "c"]


def test_at_capacity_the_lengths_say_what_the_group_table_says(public):
    found = public()
    lengths = found.further.lengths
    at = lengths.times.index(1.0)

    sexes = next(a for a in lengths.attributes if a.attribute == "sex_of_child")
    for group in sexes.groups:
        row = next(r for r in found.tables["sex_of_child"].rows if r.group == group.group)
        assert group.rates[at] == row.rates


def test_a_longer_list_finds_more_and_each_length_is_recounted_from_the_rows(
    public, council_evidence
):
    lengths = public().further.lengths
    rows = rows_of(council_evidence, "lightgbm")

    found = [at["recall"].interval.value for at in lengths.everyone]
    assert found == sorted(found)
    for times, value in zip(lengths.times, found, strict=True):
        listed = rows["rank"] <= 600 * times
        assert value == pytest.approx((listed & rows.label).sum() / rows.label.sum())


def test_no_two_lengths_differ_by_few_people_of_a_group(council_evidence):
    lengths = assess(council_evidence()).further.lengths

    assert len(lengths.times) > 2
    for attribute in lengths.attributes:
        for group in attribute.groups:
            counted = [at["recall"].numerator for at in group.rates]
            assert all(step == 0 or step > 5 for step in np.diff([0, *counted]))


def test_scores_that_part_nobody_give_no_other_length(compas_evidence):
    assessment = assess(compas_evidence("none"))

    assert "the scores put too few apart" in words(assessment, 9)


def test_each_date_is_recounted_from_its_rows(public, council_evidence):
    over_time = public().further.dates["sex_of_child"]
    rows = rows_of(council_evidence, "lightgbm").merge(
        council_evidence().protected, on=["entity_id", "as_of"]
    )

    boys = next(group for group in over_time.groups if group.group == "Male")
    for date, at in zip(over_time.dates, boys.dates, strict=True):
        own = rows[(rows.split == date) & (rows.sex_of_child == "Male")]
        assert at.rates["base_rate"].interval.value == pytest.approx(own.label.mean())
        assert at.stated == pytest.approx(own.score.mean())


def test_a_group_whose_base_rate_doubles_has_moved(council_evidence):
    evidence = council_evidence(fairness=fairness(council_evidence().definition, disclosure="none"))
    last = evidence.scored.split == "2023-09-01"
    label = evidence.scored.label.mask(last, other=True)
    assessment = assess(replace(evidence, scored=evidence.scored.assign(label=label)))

    change = tables(assessment, 14)[1]
    assert ("Everyone", "Base rate") in {row[:2] for row in change.rows if row[-1] == "moved"}


def test_with_one_test_date_nothing_is_said_of_change(compas_evidence):
    assert "a change needs two" in words(assess(compas_evidence("none")), 14)


def test_without_another_version_in_use_there_is_nothing_to_compare(council_evidence):
    assert "no other version is in use" in words(assess(council_evidence()), 10)


def test_the_gain_over_a_random_order_is_seen_and_its_interval_holds_it(public, council_evidence):
    found = public(champion=Champion("2", rows_of(council_evidence, "random"))).further.replacement

    gain = next(g for g in found.gains if g.metric.name == "precision")
    assert gain.after > gain.before + 0.2
    assert gain.difference.low > 0
    assert gain.difference.low < gain.after - gain.before < gain.difference.high


def test_a_version_beside_itself_gains_nothing_and_nobody_moves(public, council_evidence):
    own = Champion("2", rows_of(council_evidence, "lightgbm"))
    found = public(champion=own).further.replacement

    assert {(g.difference.low, g.difference.high) for g in found.gains} == {(0.0, 0.0)}
    assert found.places["enters the list"]["n"] == found.places["leaves the list"]["n"] == 0


def test_who_enters_by_group_adds_up_to_all_who_enter(public, council_evidence):
    champion = Champion("2", rows_of(council_evidence, "logistic"))
    found = public(champion=champion).further.replacement

    for moved in found.movement.values():
        assert sum(each.enters for each in moved) == found.places["enters the list"]["n"]


def test_people_the_champion_was_not_tested_on_are_left_out_and_counted(public, council_evidence):
    rows = rows_of(council_evidence, "logistic")
    half = Champion("2", rows[rows.entity_id.astype(int) % 2 == 0])
    found = public(champion=half).further.replacement

    assert found.shared == pytest.approx(0.5, abs=0.01)
    assert found.places["not tested before"]["n"] == round((1 - found.shared) * 18000)


def test_few_who_move_are_withheld_with_what_would_give_them_away(council_evidence):
    rows = rows_of(council_evidence, "lightgbm").copy()
    one_in, one_out = (rows.index[rows["rank"] == rank] for rank in (600, 601))
    rows.loc[one_in, "selected"], rows.loc[one_out, "selected"] = False, True
    beside = Beside(champion=Champion("2", rows))
    assessment = assess(replace(council_evidence(), beside=beside))

    found = assessment.further.replacement
    assert found.gains == ()
    assert found.places == {}
    assert found.movement == {}
    assert "so few enter or leave" in words(assessment, 10)


def areas(council_evidence, codes=("X1", "X2", "X3")):
    protected = council_evidence().protected[["entity_id", "as_of"]]
    place = protected.entity_id.astype(int) % 40
    code = pd.Series(np.where(place == 0, codes[2], np.where(place < 20, codes[0], codes[1])))
    return protected.assign(area=code)


OUTLINES = AreaMap(
    "lsoa", "Made up", 500, tuple(Area(f"X{i}", f"Place {i}", "M0 0l9 0 0 9z") for i in (1, 2, 3))
)


def test_areas_are_drawn_and_the_same_figures_stand_in_the_table(public, council_evidence):
    assessment = public(areas=areas(council_evidence), outlines=OUTLINES)

    (table,) = tables(assessment, 16)
    shares = {row[0]: row[4].split(" ")[0] for row in table.rows}
    html = render_html(make_document(assessment))
    assert set(shares) == {"Place 1", "Place 2", "Place 3", "Everyone"}
    assert f"<title>Place 1: {shares['Place 1']}</title>" in html


def test_a_made_up_council_is_never_drawn_on_real_neighbourhoods(public, council_evidence):
    sheffield = AreaMap("lsoa", "ONS", 500, (Area("E01007823", "Sheffield 069A", "M0 0l9 0z"),))
    assessment = public(areas=areas(council_evidence), outlines=sheffield)

    assert "none of these areas is among the outlines" in words(assessment, 16)
    assert "Sheffield" not in render_html(make_document(assessment))


def test_an_area_with_few_on_the_list_is_hatched_and_withheld_in_the_table(council_evidence):
    evidence = council_evidence()
    few = areas(council_evidence)
    rows = rows_of(council_evidence, "lightgbm")
    on_list = set(rows[rows.selected].entity_id)
    thin = few.entity_id.isin(on_list) & (few.area == "X3")
    few.loc[thin[thin].index[3:], "area"] = "X1"
    beside = Beside(areas=few, outlines=OUTLINES)

    assessment = assess(replace(evidence, beside=beside))

    cells = {row[0]: row for row in tables(assessment, 16)[0].rows}
    assert cells["Place 3"][3] == cells["Place 3"][4] == "[c]"
    assert "<title>Place 3: withheld to protect people</title>" in render_html(
        make_document(assessment)
    )


def test_without_areas_the_section_says_what_is_missing(council_evidence):
    assert "names no `area`" in words(assess(council_evidence()), 16)
    assert "hearth build early_help" in words(assess(council_evidence(area="lsoa")), 16)

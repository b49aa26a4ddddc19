"""Proxies: an attribute that a feature follows is told, one by lot is not, and the price is counted."""

import pytest

from training.analyses.proxies import no_attribute, proxies


@pytest.fixture
def found(assess_homes):
    return proxies(assess_homes()).as_json()


def _auc(found, attribute):
    return [each["auc"] for each in found["groups"] if each["attribute"] == attribute]


def test_an_attribute_that_a_feature_follows_is_told(found):
    assert all(auc["low"] > 0.95 for auc in _auc(found, "tenants"))
    assert found["accuracy"]["tenants"]["right"] > found["accuracy"]["tenants"]["commonest"]


def test_an_attribute_by_lot_is_not_told(found):
    assert all(auc["low"] < 0.5 < auc["high"] for auc in _auc(found, "lot"))


def test_the_reason_group_that_carries_it_is_named_and_dropped(found):
    strongest = next(each for each in found["carriers"] if each["attribute"] == "tenants")

    assert strongest["reason_group"] == "home"
    assert [each["list"] for each in found["dropped"]] == ["home"]
    assert "All features tell tenants with an AUC of 1.00 (0.50 is a guess); home tells it most." in found["sentences"]  # fmt: skip


def test_counts_by_group_add_up_to_everyone(found):
    for told in found["lists"].values():
        for groups in told["by_attribute"].values():
            by_cell = zip(*(each["counts"] for each in groups.values()), strict=True)
            assert [sum(cell) for cell in by_cell] == told["everyone"]["counts"]


def test_without_attributes_there_is_nothing_to_compare(assess_homes, define):
    assert "no protected attribute is declared" in no_attribute(assess_homes(attributes=()))

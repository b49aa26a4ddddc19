"""Long lists in pages, and the links between them."""

import pytest

from serving.pages.paging import links_to, page_of

LIST = list(range(60))


def test_pages_part_a_list_without_gap_or_overlap():
    shown = [row for number in "123" for row in page_of(LIST, number).rows]
    assert shown == LIST


@pytest.mark.parametrize("asked", ["", "0", "4", "-1", "one", "²", "9" * 40])
def test_a_page_that_is_none_reads_as_the_first(asked):
    assert page_of(LIST, asked).number == 1


def test_an_empty_list_is_one_page_without_links():
    assert links_to(page_of([], ""), "/list", {}) == {}


def test_links_keep_the_filters_and_hold_a_number_and_nothing_else():
    links = links_to(page_of(LIST, "2"), "/list", {"band": "highest", "area": ""})
    assert links["next"]["href"] == "/list?band=highest&page=3"
    assert links["previous"]["href"] == "/list?band=highest&page=1"
    assert [item["number"] for item in links["items"] if item["current"]] == [2]


def test_far_pages_are_left_out_and_shown_so():
    links = links_to(page_of(list(range(1_000)), "20"), "/list", {})
    assert [item["number"] for item in links["items"] if "ellipsis" not in item] == [
        1,
        19,
        20,
        21,
        40,
    ]

"""The trace a request belongs to."""

import re

import pytest

from serving.web.trace_context import span_of

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def span(*given):
    return span_of([(b"traceparent", value.encode()) for value in given])


@pytest.mark.parametrize(
    "given",
    [f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-00", f"cc-{TRACE}-{PARENT}-01-what-is-new"],
)
def test_a_valid_header_keeps_the_trace_and_begins_a_span_of_its_own(given):
    found = span(given)
    assert (found.trace_id, found.parent_id) == (TRACE, PARENT)
    assert re.fullmatch("[0-9a-f]{16}", found.span_id)
    assert found.span_id != PARENT


@pytest.mark.parametrize(
    "given",
    [
        "",
        f"00-{TRACE}-{PARENT}",
        f"00-{TRACE}-{PARENT}-01-more",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"cc-{TRACE}-{PARENT}-01more",
        f" 00-{TRACE}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-01\n",
        "100012345678",
    ],
)
def test_an_invalid_header_begins_a_new_trace_and_nothing_of_it_is_kept(given):
    found = span(given)
    assert re.fullmatch("[0-9a-f]{32}", found.trace_id)
    assert found.trace_id != TRACE
    assert found.parent_id == ""


def test_two_headers_are_none():
    assert span(*[f"00-{TRACE}-{PARENT}-01"] * 2).trace_id != TRACE

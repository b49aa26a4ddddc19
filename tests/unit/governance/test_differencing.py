import json

import pytest

from governance.assessment import Earlier, assess
from governance.disclosure.control import POLICIES
from governance.disclosure.differencing import differences
from governance.report.render import make_document, render_html, render_json


def report(**groups):
    rows = [{"group": name, "counts": {"sums": sums}} for name, sums in groups.items()]
    everyone = {"group": "Everyone", "counts": {"sums": {"n": None}}}
    tables = {"race": {"rows": rows, "everyone": everyone}}
    return {"groups": tables, "performance": {"splits": []}}


def found(now, before, policy="dfe"):
    made = differences(report(Asian=now), report(Asian=before), POLICIES[policy])
    return [name for one in made for name in one.counts]


@pytest.mark.parametrize(
    ("now", "before", "policy", "named"),
    [
        (103, 100, "dfe", True),
        (100, 100, "dfe", False),
        (106, 100, "dfe", False),
        (106, 100, "tre_10", True),
        (103, 100, "none", False),
        (100, None, "dfe", False),
    ],
)
def test_a_row_is_named_where_few_people_lie_between_two_reports(now, before, policy, named):
    assert bool(found({"n": now}, {"n": before}, policy)) is named


def test_a_count_withheld_now_and_printed_before_is_named():
    assert found({"n": 100, "positives": None}, {"n": 100, "positives": 20}) == ["positives"]


def test_two_lists_of_the_same_people_are_no_matter():
    assert found({"n": 100, "selected": 20}, {"n": 100, "selected": 22}) == []


def test_section_18_names_the_tables_and_the_json_the_rows(compas_evidence):
    evidence = compas_evidence("dfe")
    first = assess(evidence)
    before = json.loads(render_json(first, make_document(first)))
    kept = evidence.scored.iloc[3:]
    later = type(evidence)(**{**vars(evidence), "scored": kept, "earlier": Earlier("2", before)})

    now = assess(later)

    assert "Do not publish both" in render_html(make_document(now))
    rows = json.loads(render_json(now, make_document(now)))["differencing"]["rows"]
    assert ("race", "Everyone") in {(row["table"], row["row"]) for row in rows}

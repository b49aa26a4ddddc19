from dataclasses import replace

import pytest

from governance.assessment import assess
from governance.report.render import make_document

FIGURES = ("precision", "base_rate", "recall", "auc")
CAPTION = "What can be said of all households"


def found(read):
    value = {"value": 0.123456, "low": 0.1, "high": 0.2}
    return {
        "inspection": "unrecorded" if read == "cannot tell" else "recorded",
        "assumption": "It holds under an assumption.",
        "verdicts": {name: {"read": read, "because": "…"} for name in FIGURES},
        "estimates": {name: {"weighted": value} for name in FIGURES},
        "bounds": {"precision": {"low": 0.25, "high": 0.75}},
    }


@pytest.fixture
def said(council_evidence):
    """The table of the report for a verdict and a disclosure policy; None where there is none."""

    def made(read, policy="none", *, analyses=True):
        evidence = council_evidence()
        definition = evidence.definition
        changes = {
            "label": definition.label.model_copy(update={"observed": "when_any_row"}),
            "fairness": definition.fairness.model_copy(update={"disclosure": policy}),
        }
        told = {"analyses": {"selective_labels": found(read)}} if analyses else {}
        evidence = replace(
            evidence,
            definition=definition.model_copy(update=changes),
            metrics={**evidence.metrics, **told},
        )
        section = make_document(assess(evidence)).sections[2]
        tables = [b for b in section.blocks if getattr(b, "caption", "").startswith(CAPTION)]
        return tables[0] if tables else None

    return made


def test_where_nobody_knows_why_some_were_looked_at_the_report_cannot_tell(said):
    table = said("cannot tell")
    assert {row[1] for row in table.rows} == {"cannot tell"}
    assert table.rows[0][2:] == ("–", "0.250 and 0.750")
    assert "may have depended on things nobody recorded" in table.note


def test_a_corrected_figure_stands_with_its_assumption(said):
    table = said("weighted")
    assert table.rows[0][1:] == ("corrected for who was looked at", "0.123", "0.250 and 0.750")
    assert table.note.endswith("It holds under an assumption.")


def test_no_exact_figure_stands_beside_withheld_counts(said):
    table = said("weighted", "dfe")
    assert [column.title for column in table.columns] == ["Figure", "Can it be told?"]
    assert "0.123" not in str(table)


def test_a_file_from_elsewhere_says_nothing_of_it(said):
    assert said("weighted", analyses=False) is None

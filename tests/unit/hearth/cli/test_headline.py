"""What a training came to, in one or two sentences."""

import pytest

from hearth.cli.headline import headline


def _metrics(chosen, difference, *, missed=(), is_changed=False):
    """A training of a rule, a second one and LightGBM; the difference is of `chosen` from the other."""
    other = "rule" if chosen == "lightgbm" else "lightgbm"
    value, low, high = difference
    found = {"candidate": chosen, "against": other, "metric": "recall_at_capacity"}
    lines = [{"rule": rule, "met": False} for rule in missed]
    return {
        "chosen": chosen,
        "candidates": ["rule", "worse", "lightgbm", "random"],
        "selection": {
            "metric": "recall_at_capacity",
            "means": {"worse": 0.1, "rule": 0.2, "lightgbm": 0.2},
        },
        "comparison": [{**found, "difference": value, "low": low, "high": high}],
        "success": {
            "met": not missed,
            "lines": [{"rule": "another", "met": None}, *lines],
            "registered": {"bar_changed_after_results": is_changed},
        },
    }


def test_a_rule_put_forward_is_named_and_lightgbm_held_against_it():
    assert headline(_metrics("rule", (0.02, -0.01, 0.05))) == (
        "Put forward: the rule “rule”. LightGBM did not beat it by recall at capacity "
        "(-2.0 percentage points, 95 % interval -5.0 to +1.0). Bar met."
    )


@pytest.mark.parametrize(
    ("chosen", "difference", "said"),
    [
        ("lightgbm", (0.04, 0.01, 0.07), "LightGBM beat the rule “rule” by"),
        ("lightgbm", (0.04, -0.01, 0.07), "LightGBM did not beat the rule “rule” by"),
        ("rule", (-0.04, -0.07, -0.01), "LightGBM beat it by recall at capacity (+4.0"),
        ("rule", (None, None, None), "Whether LightGBM beats it cannot be told"),
    ],
)
def test_to_beat_is_to_be_ahead_with_the_whole_interval(chosen, difference, said):
    assert said in headline(_metrics(chosen, difference))


def test_a_bar_not_met_names_what_was_missed_and_that_it_was_changed():
    said = headline(_metrics("rule", (0, 0, 0), missed=["lift", "slope"], is_changed=True))

    assert said.endswith("Bar not met: lift; slope (the bar was changed after results).")

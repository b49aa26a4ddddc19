"""What a quality report asks somebody to look at, and when it asks nothing."""

from dataclasses import replace

import pytest

from features.data_quality.assessment import DataQuality
from features.data_quality.drift import drift_between
from features.data_quality.page import render_page
from features.data_quality.profile import DELAYS, Profile

PROFILE = Profile(
    rows=100,
    completeness={"uprn": 1.0, "category": 0.9},
    categories={"category": {"music": 0.5, "building": 0.5}},
    quantiles={"decibels": [40.0, 50.0, 60.0, 70.0, 80.0]},
    months={"2021-03": 40, "2021-05": 60},
    delays={**{name: 0 for name, _, _ in DELAYS}, "1 to 7 days": 100},
    late_rows={"30": 0, "90": 0, "365": 0},
    median_delay=3.0,
    ahead={},
)
COUNTS = dict.fromkeys(
    ("duplicates", "quarantined", "expired", "misshapen", "overlapping_spells"), 0
)


def _quality(profile=PROFILE, before=None, counts=COUNTS, **changes):
    made = DataQuality(
        source="complaints",
        title="Noise <complaints>",
        run_on="2024-07-01",
        profile=profile,
        drift=before and drift_between(before, profile),
        counts=counts,
        findings=[],
        references=[],
        changes=None,
        ignored_columns=[],
    )
    return replace(made, **changes)


def _delays(**counts):
    return {**{name: 0 for name, _, _ in DELAYS}, **counts}


def test_a_source_as_it_was_asks_nothing():
    assert _quality(before=PROFILE).notes == []


@pytest.mark.parametrize(
    ("quality", "told"),
    [
        (_quality(counts={**COUNTS, "quarantined": 1}), "1 row set aside as unusable."),
        (
            _quality(counts={**COUNTS, "overlapping_spells": 1200}),
            "1,200 rows that overlap an earlier spell of the same person or home; they are kept.",
        ),
        (
            _quality(replace(PROFILE, delays=_delays(**{"known before it happened": 3}))),
            "3 rows known before what they tell of had happened.",
        ),
        (
            _quality(replace(PROFILE, delays=_delays(**{"the same day": 100}))),
            "100.0% of rows were known on the very day: the column may say when it happened, "
            "and not when the council knew.",
        ),
        (_quality(replace(PROFILE, rows=70), PROFILE), "30% fewer rows than the last time."),
        (
            _quality(replace(PROFILE, completeness={"uprn": 0.8, "category": 0.9}), PROFILE),
            "uprn is empty in 20% more of the rows than the last time.",
        ),
        (
            _quality(
                replace(PROFILE, categories={"category": {"music": 0.9, "building": 0.1}}), PROFILE
            ),
            "The shares of category have shifted since the last time (PSI 0.88).",
        ),
        (
            _quality(replace(PROFILE, quantiles={"decibels": [1, 2, 3, 4, 5]}), PROFILE),
            "The median of decibels has left the middle half of what it was.",
        ),
        (
            _quality(before=PROFILE, changes={"vanished_keys": 11, "keys": 11, "new_keys": 0}),
            "11 keys of the last time have no row any more.",
        ),
    ],
)
def test_what_stands_out_is_told(quality, told):
    assert quality.notes == [told]


def test_the_page_stands_alone_and_escapes_what_it_shows():
    page = render_page(_quality(before=PROFILE))
    assert "Noise &lt;complaints&gt;" in page
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


def test_every_chart_has_a_title_a_description_and_a_table():
    page = render_page(_quality())
    assert page.count("<svg") == page.count("<desc") == page.count("<details") == 4
    assert "2021-04" not in page

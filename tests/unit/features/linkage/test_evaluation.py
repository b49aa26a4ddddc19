import pyarrow as pa
import pytest
from scipy import stats

from features.linkage.evaluation import (
    LinkageQuality,
    differs_from_rest,
    evaluate_clusters,
    evaluate_links,
    evaluate_links_by,
    wilson,
)


def _links(**person_of):
    columns = {"reference": list(person_of), "person_id": list(person_of.values())}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def test_links_are_judged_by_the_truth():
    quality = evaluate_links(_links(a="1", b="2", c="9", x="5"), _links(a="1", b="2", c="3", d="4"))
    assert (quality.found, quality.right, quality.true) == (4, 2, 4)
    assert (quality.precision, quality.recall, quality.f1) == (0.5, 0.5, 0.5)


def test_no_links_at_all_are_precise_and_recall_nothing():
    quality = evaluate_links(_links(), _links(a="1"))
    assert (quality.precision, quality.recall) == (1, 0)


def test_a_link_of_somebody_outside_the_spine_counts_against_their_group():
    groups = pa.table(
        {"person_id": ["1", "2"], "group": ["north", "south"], "is_in_spine": [True, False]}
    )
    quality = evaluate_links_by(_links(a="1", b="1"), _links(a="1", b="2"), groups)
    assert quality == {"north": LinkageQuality(1, 1, 1), "south": LinkageQuality(1, 0, 0)}


def test_clusters_are_judged_by_their_pairs():
    quality = evaluate_clusters(["x", "x", "x", "y"], ["1", "1", "2", "2"])
    assert quality == LinkageQuality(found=3, right=1, true=2)


@pytest.mark.parametrize(("successes", "trials"), [(0, 5), (3, 7), (999, 1000)])
def test_wilson_agrees_with_scipy(successes, trials):
    theirs = stats.binomtest(successes, trials).proportion_ci(method="wilson")
    assert wilson(successes, trials) == pytest.approx((theirs.low, theirs.high), abs=1e-6)


def test_a_group_differs_only_by_more_than_chance():
    everybody = LinkageQuality(10_000, 9_900, 10_000)
    assert differs_from_rest(LinkageQuality(1_000, 960, 1_000), everybody)
    assert not differs_from_rest(LinkageQuality(100, 98, 100), everybody)

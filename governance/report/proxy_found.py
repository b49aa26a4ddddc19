"""What the verdict page says of proxies: which kinds of information tell a characteristic's groups apart."""

from collections.abc import Iterator

from governance.assessment import Assessment
from governance.fairness.coverage import title_of

TELLING = 0.6
"""AUC above which a kind of information is named as a proxy, its whole interval; 0.5 is a guess."""
_MOST_NAMED = 2


def proxy_findings(assessment: Assessment) -> Iterator[str]:
    """One sentence for each attribute that a kind of information gives away by itself.

    From the analysis `proxies` of the version, where somebody ran it: the AUC, out of sample, with
    which the features of one reason group point at a row's group rather than another's.
    """
    carriers = assessment.analyses.get("proxies", {}).get("carriers", [])
    titles = {group.group: group.reason.title for group in assessment.definition.features}
    for attribute in assessment.definition.fairness.attributes:
        told = [
            (titles.get(each["reason_group"], each["reason_group"]), each["auc_alone"])
            for each in carriers
            if each["attribute"] == attribute.name and (each["auc_alone"]["low"] or 0.0) > TELLING
        ]
        if not told:
            continue
        named = sorted(told, key=lambda one: -one[1]["value"])[:_MOST_NAMED]
        words = " and ".join(
            f"“{title}” ({100 * auc['value']:.0f} times in 100; a guess is right 50 times)"
            for title, auc in named
        )
        more = f", and {len(told) - len(named)} more" if len(told) > len(named) else ""
        yield (
            f"Proxy, {title_of(attribute).lower()}: of two cases in different groups, some kinds of "
            f"information by themselves say which is in which: {words}{more}. Leaving the "
            "characteristic out of the model does not keep it out; section 11 gives the price of "
            "leaving these out too."
        )

"""The report's sections, in order: one module each, and one line here."""

from collections.abc import Callable

from governance.assessment import Assessment
from governance.report.document import Section
from governance.report.sections import (
    calibration,
    champion,
    coverage,
    data,
    decision,
    forest,
    geography,
    groups,
    human_use,
    intersections,
    lengths,
    matched_pairs,
    mitigations,
    over_time,
    performance,
    proxies,
    sign_off,
    stability,
    verdict,
)

SECTIONS: tuple[Callable[[Assessment], Section], ...] = (
    verdict.section,
    decision.section,
    data.section,
    coverage.section,
    performance.section,
    groups.section,
    forest.section,
    calibration.section,
    intersections.section,
    lengths.section,
    champion.section,
    proxies.section,
    matched_pairs.section,
    stability.section,
    over_time.section,
    human_use.section,
    geography.section,
    mitigations.section,
    sign_off.section,
)

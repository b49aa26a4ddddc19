"""The report's sections, in order: one module each, and one line here."""

from collections.abc import Callable

from governance.assessment import Assessment
from governance.report.document import Section
from governance.report.sections import (
    calibration,
    coverage,
    data,
    decision,
    forest,
    groups,
    intersections,
    performance,
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
    stability.section,
    sign_off.section,
)

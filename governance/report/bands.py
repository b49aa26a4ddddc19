"""Shares of the list as bands, so wide that none of them gives away a small count."""

from dataclasses import dataclass

from governance.assessment import Assessment

_WIDTHS = (5, 10, 20, 25, 50)  # percent; each divides 100


@dataclass(frozen=True)
class Band:
    """The two ends of a share, in [0, 1]; the same where it is printed as it is."""

    low: float
    high: float

    @property
    def words(self) -> str:
        """Of a hundred, without the sign."""
        low, high = round(100 * self.low), round(100 * self.high)
        return f"{low}" if low == high else f"{low} to {high}"


def band_of(assessment: Assessment, share: float) -> Band:
    """Where a share of one date's list lies: itself where the data are public, else a band.

    A band is wider than the largest count withheld, so the lowest and the highest of them, which
    are next to nobody and to everybody, leave each withheld count possible.
    """
    policy = assessment.policy
    if policy.is_open:
        return Band(share, share)
    least = max((policy.protects or (0, 0))[1] + 1, policy.round_to)
    length = _length(assessment)
    width = next((w for w in _WIDTHS if length * w >= 100 * least), 100)
    place = min(int(100 * share + 1e-9) // width, 100 // width - 1)
    return Band(place * width / 100, (place + 1) * width / 100)


def _length(assessment: Assessment) -> int:
    """Places on the list of one date, as far as they are printed; 0 where they are not."""
    count = assessment.definition.capacity.count
    if count is not None:
        return count
    printed = [
        split.candidates[assessment.candidate].counts["selected"] or 0
        for split in assessment.performance.splits
    ]
    over_all = assessment.performance.over_all.candidates[assessment.candidate].counts["selected"]
    return min(printed) or (over_all or 0) // len(printed)

"""A council of 160 homes, half of them found unlicensed, in which a test may plant a leak."""

from datetime import date, timedelta

import numpy as np
import pytest

HOMES = 160
FIRST = date(2021, 9, 1)


class Council:
    """The small council's sources, with rows enough to tell by chance alone."""

    def __init__(self, small_council, run_on):
        self.small, self.run_on = small_council, run_on
        self.amend("  window: 12m\n  observed", "  window: 12m\n  maturity: 1m\n  observed")
        self.random = np.random.default_rng(1)
        self.unlicensed = self.random.random(HOMES) < 0.5
        self.write("homes", [self.home(i, self.random.integers(2, 7)) for i in range(HOMES)])
        self.write("complaints", self.complaints(HOMES * 4))
        self.write("visits", [self.visit(i) for i in range(HOMES)])

    def amend(self, old, new):
        """Change the model's definition in one place."""
        path = self.small.root / "models" / "letting" / "model.yaml"
        path.write_text(path.read_text().replace(old, new, 1))

    @staticmethod
    def home(i, rooms):
        return f"{i + 1},E01,home,{rooms},2015-01-01"

    def complaints(self, number):
        """Complaints of 2018 to mid-2024, logged up to three weeks later."""
        for n in range(number):
            heard = date(2018, 1, 1) + timedelta(days=int(self.random.integers(0, 2350)))
            logged = heard + timedelta(days=int(self.random.integers(0, 21)))
            uprn, loud = self.random.integers(1, HOMES + 1), self.random.integers(40, 99)
            yield f"c{n},{uprn},{heard},{logged},noise,{loud}"

    def visit(self, i):
        day = FIRST + timedelta(days=30 + i)
        finding = "unlicensed" if self.unlicensed[i] else "fine"
        return f"{i + 1},{day},{day + timedelta(days=2)},{finding}"

    def write(self, name, rows):
        header = self.small.root.joinpath("data", f"{name}.csv").read_text().splitlines()[0]
        self.small.write(name, "\n".join([header, *rows]) + "\n")

    def checked(self, **options):
        """Report of the leak tests."""
        from features.leaks.check import check_leaks  # noqa: PLC0415  slow to load

        self.small.ingest()
        return check_leaks(
            self.small.catalogue, self.small.settings, "letting", run_on=self.run_on, **options
        )


@pytest.fixture
def council(small_council):
    """A council whose sources do not leak."""
    return Council(small_council, date(2026, 11, 2))

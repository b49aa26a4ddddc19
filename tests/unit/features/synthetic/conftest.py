"""Small councils that the tests of this folder share."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.synthetic.block import Block, make_block
from features.synthetic.council import Manifest, synthesise
from features.synthetic.scenario import Scenario


class Council:
    """A synthetic council on disk, read table by table."""

    def __init__(self, folder, manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest

    def table(self, name: str) -> pa.Table:
        return pq.read_table(self.folder / f"{name}.parquet")


@pytest.fixture(scope="session")
def make_council(tmp_path_factory):
    """Maker of councils in folders of their own."""

    def make(households: int = 800, seed: int = 5, scenario: Scenario | None = None) -> Council:
        folder = tmp_path_factory.mktemp("council") / "made"
        manifest = synthesise(folder, households=households, seed=seed, scenario=scenario)
        return Council(folder, manifest)

    return make


@pytest.fixture(scope="session")
def council(make_council) -> Council:
    """The calibrated council with everyday defects, of 800 households."""
    return make_council()


@pytest.fixture(scope="session")
def block() -> Block:
    """One block of 1,500 households, true and complete."""
    return make_block(11, 0, 1500, Scenario())

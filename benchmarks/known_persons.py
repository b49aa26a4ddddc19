"""Two public lists of made-up people whose copies are known, and how well linkage finds them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from features.linkage import model
from features.linkage.evaluation import evaluate_clusters, wilson
from hearth.linkage_settings import Comparison, Likeness, LinkageSettings, Training

DATA = Path(__file__).parents[1] / "tests/data/linkage"
TABLE = "people"
LINK_AT = 0.5  # a pair is one person where that is likelier than not


@dataclass(frozen=True)
class KnownList:
    """A list of people: its file, the SQL of its fields, and how it is compared and blocked."""

    file: str
    fields: dict[str, str]
    cluster: str
    comparisons: dict[str, str]
    blocking: tuple[tuple[str, ...], ...]
    sure: tuple[tuple[str, ...], ...]
    recall: float

    def settings(self, *, with_number: bool) -> LinkageSettings:
        """Settings with the identifying number, or without it."""
        compared = {**self.comparisons, **({"number": "number"} if with_number else {})}
        return LinkageSettings(
            comparisons=tuple(Comparison(field=f, by=Likeness(by)) for f, by in compared.items()),
            blocking=(*self.blocking, *([("number",)] if with_number else [])),
            training=Training(sure=self.sure, recall=self.recall),
        )


def _text(column: str) -> str:
    return f"nullif(lower(trim({column})), '')"


LISTS = {
    "febrl3": KnownList(
        file="febrl3.csv.gz",
        fields={
            "forename": _text("given_name"),
            "surname": _text("surname"),
            "date_of_birth": "try_strptime(trim(date_of_birth), '%Y%m%d')::DATE",
            "postcode": _text("postcode"),
            "street": _text("address_1"),
            "suburb": _text("suburb"),
            "number": _text("soc_sec_id"),
        },
        cluster="split_part(rec_id, '-', 2)",
        comparisons={
            "forename": "name",
            "surname": "name",
            "date_of_birth": "date",
            "postcode": "number",
            "street": "text",
            "suburb": "text",
        },
        blocking=(
            ("forename", "surname"),
            ("date_of_birth",),
            ("postcode", "forename"),
            ("postcode", "surname"),
            ("street", "surname"),
            ("street", "postcode"),
            ("suburb", "forename"),
            ("suburb", "surname"),
            ("street", "suburb"),
        ),
        sure=(("forename", "surname", "date_of_birth"), ("surname", "date_of_birth", "postcode")),
        recall=0.6,
    ),
    "fake_1000": KnownList(
        file="fake_1000.csv.gz",
        fields={
            "forename": _text("first_name"),
            "surname": _text("surname"),
            "date_of_birth": "try_strptime(trim(dob), '%Y-%m-%d')::DATE",
            "city": _text("city"),
            "number": _text("email"),
        },
        cluster="cluster",
        comparisons={
            "forename": "name",
            "surname": "name",
            "date_of_birth": "date",
            "city": "text",
        },
        blocking=(("forename",), ("surname",), ("date_of_birth",), ("city",)),
        sure=(
            ("forename", "surname", "date_of_birth"),
            ("forename", "date_of_birth", "city"),
            ("surname", "date_of_birth", "city"),
        ),
        recall=0.4,  # a fifth of every field is missing
    ),
}


def find_copies(name: str, *, with_number: bool) -> dict[str, Any]:
    """Copies found in a list without labels: pairs as scored, and clusters of them."""
    known = LISTS[name]
    settings = known.settings(with_number=with_number)
    with tempfile.TemporaryDirectory() as folder, model.opened(Path(folder)) as connection:
        fields = ", ".join(f"{sql} AS {field}" for field, sql in known.fields.items())
        connection.execute(
            f"CREATE TABLE {TABLE} AS SELECT row_number() OVER () - 1 AS unique_id, {fields}, "
            f"{known.cluster} AS truth FROM read_csv(?, all_varchar = true, header = true, delim = ',')",
            [str(DATA / known.file)],
        )
        truth = connection.execute(f"SELECT truth FROM {TABLE} ORDER BY unique_id").fetchall()
        connection.execute(f"ALTER TABLE {TABLE} DROP truth")
        weights, _ = model.estimate(connection, settings, tables=[TABLE])
        scored = model.score(connection, settings, weights, tables=[TABLE], at_least=0.0)
        pairs = connection.execute(
            f"SELECT unique_id_l, unique_id_r FROM {scored} WHERE match_probability >= {LINK_AT}"
        ).fetchnumpy()
    left, right = pairs["unique_id_l"].astype(int), pairs["unique_id_r"].astype(int)
    true = [cluster for (cluster,) in truth]
    links = coo_array((np.ones(len(left)), (left, right)), shape=(len(true), len(true)))
    _, found = connected_components(links, directed=False)
    quality = evaluate_clusters(found.astype(str), true)
    right_pairs = sum(true[a] == true[b] for a, b in zip(left, right, strict=True))
    low, high = wilson(quality.right, quality.true)
    return {
        "rows": len(true),
        "true_pairs": quality.true,
        "found": quality.found,
        "precision": quality.precision,
        "recall": quality.recall,
        "recall_low": low,
        "recall_high": high,
        "f1": quality.f1,
        "f1_of_pairs": 2 * right_pairs / (len(left) + quality.true),
    }

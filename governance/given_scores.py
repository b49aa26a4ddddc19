"""Scores that somebody gives as plain columns: a vendor's model, or arrays in a notebook."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd

from governance.assessment import Assessment, Evidence, Given, Provenance, assess
from governance.fairness.coverage import (
    BESIDES,
    CHARACTERISTICS,
    Coverage,
    CoverageRow,
    readable,
)
from governance.given_rows import CANDIDATE, scored_rows
from hearth.definition import Capacity, Intervention, ModelDefinition, Unit
from hearth.errors import DataError, Fault
from hearth.progress import Progress, silent

Column = Sequence[Any] | pd.Series
"""One value a row."""
_CHARACTERISTICS = {**CHARACTERISTICS, **BESIDES}
_NOT_SAID = "not said"


@dataclass(frozen=True)
class Question:
    """What a report cannot find in any column: what a place on the list does, and what may be printed.

    Attributes
    ----------
    intervention : Intervention
        `assistive`: the list brings help, so missing someone is the worst error; `punitive`: it
        brings a burden, so listing someone without cause is; `mixed`: it may do either.
    disclosure : str
        Rule for small counts: `dfe`, `tre_10`, `round5`, or `none` where the data are public.
    capacity : Capacity, optional
        How many come on the list, by score; None where the rows say who did.
    references : mapping of str to str
        By attribute, the group others are compared with; the largest where none is named.
    characteristics : mapping of str to str
        By attribute, the characteristic of the Equality Act it measures; told by its name otherwise.
    is_probability : bool
        Whether a score is the probability of the outcome, so that calibration can be read.
    """

    intervention: Intervention
    disclosure: str
    capacity: Capacity | None = None
    unit: Unit = Unit.PERSON
    title: str = "Scores given as a file"
    references: Mapping[str, str] = field(default_factory=dict)
    characteristics: Mapping[str, str] = field(default_factory=dict)
    tolerance: tuple[float, float] = (0.8, 1.25)
    is_probability: bool = False


def assess_scores(
    *,
    label: Column,
    groups: Mapping[str, Column],
    question: Question,
    score: Column | None = None,
    selected: Column | None = None,
    observed: Column | None = None,
    checked: Column | None = None,
    weights: Column | None = None,
    entity: Column | None = None,
    day: Column | None = None,
    provenance: Provenance | None = None,
    progress: Progress = silent,
) -> Assessment:
    """Assessment of plain columns, one row for each entity and day.

    Parameters
    ----------
    label : sequence, shape (rows,)
        Whether the outcome happened: 1 and 0, true and false, yes and no; missing where nobody looked.
    groups : mapping of str to sequence, shape (rows,)
        By attribute, each row's group; missing reads "not recorded".
    question : Question
    score : sequence of float, shape (rows,)
        Higher is likelier. Needed where the question names a capacity.
    selected : sequence, shape (rows,)
        Who is on the list, in place of a capacity.
    observed : sequence, shape (rows,)
        Whether the outcome was looked at; where it was not, the label is left aside.
    checked : sequence, shape (rows,)
        Whether the outcome happened as found another way; missing where nobody checked.
    weights : sequence of float, shape (rows,)
        How many of those the rows are drawn from each row stands for; only where nothing is withheld
        and the rows say who is on the list.
    entity, day : sequence, shape (rows,)
        Whom the row is about and when; every row is another entity, on one day, where left out.

    Raises
    ------
    DataError
        Naming every column that cannot be used, never a value in it.

    Examples
    --------
    >>> from governance.given_scores import Question, assess_scores
    >>> found = assess_scores(
    ...     label=[1, 0] * 40, selected=[1, 0, 0, 1] * 20, groups={"sex": ["F", "M"] * 40},
    ...     question=Question("assistive", "none"),
    ... )
    >>> [row.group for row in found.tables["sex"].rows]
    ['F', 'M']
    """
    frame = pd.DataFrame({"label": list(label)})
    columns = {
        "score": score, "selected": selected, "observed": observed, "checked": checked,
        "weights": weights, "entity": entity, "day": day,
        **{f"group {name}": values for name, values in groups.items()},
    }  # fmt: skip
    for name, values in columns.items():
        if values is not None:
            frame[name] = list(values)
    rows = scored_rows(
        frame,
        capacity=question.capacity,
        is_probability=question.is_probability,
        disclosure=question.disclosure,
    )
    keys = rows[["entity_id", "as_of"]]
    names = {name: _slug(name) for name in groups}
    protected = keys.assign(**{names[n]: frame[f"group {n}"].to_numpy() for n in groups})
    evidence = Evidence(
        definition=_definition(question, list(groups), has_unknown=not rows["observed"].all()),
        version="1",
        scored=rows,
        protected=protected,
        metrics={"chosen": CANDIDATE, "splits": [], "success": {"met": True, "lines": []}},
        matrix={},
        provenance=provenance or Provenance({}, "", "", ""),
        given=Given(
            "Those the rows say were selected" if question.capacity is None else None,
        ),
    )
    return replace(assess(evidence, progress), coverage=_coverage(question, list(groups)))


def _slug(name: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return words if words[:1].isalpha() else f"column_{words}"


def _characteristic(name: str, question: Question) -> str:
    named = question.characteristics.get(name, _slug(name))
    if name in question.characteristics and named not in {*_CHARACTERISTICS, "other"}:
        known = ", ".join([*_CHARACTERISTICS, "other"])
        raise DataError([Fault("rows", name, "measures no characteristic of that name", f"use one of {known}")])  # fmt: skip
    return named if named in _CHARACTERISTICS else "other"


def _definition(question: Question, groups: list[str], *, has_unknown: bool) -> ModelDefinition:
    """A definition that holds what was said; what no file can say stands in it unread.

    A report of given scores says "not available" wherever it would print the rest.
    """
    feature = {
        "group": "score", "source": "given", "follow": "person", "attributes": ["score"],
        "reason": {"title": "Score", "text": "{score_score}, {comparison}"},
    }  # fmt: skip
    attributes = [
        {
            "name": _slug(name), "title": readable(name), "source": "given", "column": _slug(name),
            "characteristic": _characteristic(name, question), "assign": "named_person",
            "reference": question.references.get(name),
        }
        for name in groups
    ]  # fmt: skip
    capacity = question.capacity or Capacity(share=1.0)
    return ModelDefinition.model_validate(
        {
            "model": "given_scores",
            "title": question.title,
            "question": "To whom did the outcome happen that the label records?",
            "purpose": "not_said",
            "intervention": question.intervention,
            "unit": question.unit,
            "capacity": capacity.model_dump(exclude_none=True),
            "as_of": {"first": date(2000, 1, 1), "last": date(2001, 1, 1), "every": "12m"},
            "cohort": {"source": "given"},
            "label": {
                "source": "given", "outcome": {"column": "label", "is": True}, "window": "12m",
                "observed": "when_any_row" if has_unknown else "always", "maturity": "0m",
            },
            "features": [{**feature, "follow": "address"} if question.unit == "property" else
                         {**feature, "follow": "members"} if question.unit == "household" else feature],
            "baselines": [{"name": _NOT_SAID, "rank_by": "score_score"}],
            "success": {},
            "fairness": {
                "attributes": attributes,
                "tolerance": question.tolerance,
                "disclosure": question.disclosure,
            },
            "oversight": {
                "owner": _NOT_SAID, "contact": "nobody@council.example", "review_every": "12m",
                "sunset": date(2001, 1, 1),
            },
        }
    )  # fmt: skip


def _coverage(question: Question, groups: list[str]) -> tuple[CoverageRow, ...]:
    """Which characteristics the columns cover; of the others the file says nothing."""
    held = {_characteristic(name, question): name for name in groups}
    return tuple(
        CoverageRow(title, Coverage.MEASURED, f"The column “{held[key]}” of the file.")
        if key in held
        else CoverageRow(title, Coverage.NOT_HELD, "No column of the file was given for it.")
        for key, title in _CHARACTERISTICS.items()
    )

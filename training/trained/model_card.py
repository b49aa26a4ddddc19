"""The model card: what a version is, for whom, from which data, how it did, and what to beware of."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hearth.catalogue import Catalogue
from hearth.definition import Intervention, ModelDefinition, Unit

_MARKS = {True: "met", False: "NOT MET", None: "not judged here"}
_EFFECTS = {
    Intervention.ASSISTIVE: "is meant to help",
    Intervention.PUNITIVE: "is a burden",
    Intervention.MIXED: "may help or burden",
}


def model_card(
    catalogue: Catalogue,
    definition: ModelDefinition,
    metrics: Mapping[str, Any],
    extracted_on: Mapping[str, str],
) -> str:
    """The card of a trained version, in Markdown.

    Parameters
    ----------
    catalogue, definition
        Where titles and laws of the sources, and what is said of the model, stand.
    metrics
        As metrics.json holds them.
    extracted_on
        Day of the extract of every source, ISO.

    References
    ----------
    Mitchell et al. (2019), "Model cards for model reporting", FAT* '19: 220-229, whose headings
    these are.
    """
    parts = {
        f"{definition.title}: {definition.model} version {metrics['version']}": _what(metrics),
        "Intended use": _use(definition),
        "Data": _data(catalogue, definition, metrics, extracted_on),
        "Figures": _figures(metrics),
        "Success bar": _bar(metrics),
        "What else was found": _found(metrics),
        "Factors": _factors(definition),
        "Caveats": _caveats(definition, metrics),
        "Oversight": _oversight(definition),
    }
    written = {heading: "\n".join(lines) for heading, lines in parts.items()}
    first, *others = (f"# {heading}\n\n{text}" for heading, text in written.items() if text)
    return "\n\n".join([first, *(f"#{other}" for other in others)]) + "\n"


def _what(metrics: Mapping[str, Any]) -> Iterator[str]:
    others = [name for name in metrics["candidates"] if name != metrics["chosen"]]
    yield f"A risk score by **{metrics['chosen']}**, chosen over {', '.join(others)}."


def _use(definition: ModelDefinition) -> Iterator[str]:
    capacity = definition.capacity
    reached = f"{capacity.count}" if capacity.count is not None else f"{capacity.share:.1%} of them"
    yield f"- Question: {definition.question}"
    yield f"- Purpose: {definition.purpose}; being on the list {_EFFECTS[definition.intervention]}"
    yield f"- Scored: each {definition.unit} of the cohort; the service can reach {reached} in a round"
    yield f"- Not for: any other purpose, and nothing finer than {_finest(definition)}"
    held = definition.hold_back
    if held is not None:
        yield (
            f"- Held back: {held.share:.1%} of the list from {held.since}, by lot, is not visited for being on it, so "
            "that what visits do can be told"
        )


def _finest(definition: ModelDefinition) -> str:
    """Finest level at which scores leave the service; a building has no household of its own."""
    if definition.release_level == "output_area":
        return "the output area"
    return "the property" if definition.unit is Unit.PROPERTY else "the household"


def _data(
    catalogue: Catalogue,
    definition: ModelDefinition,
    metrics: Mapping[str, Any],
    extracted_on: Mapping[str, str],
) -> Iterator[str]:
    last = metrics["splits"][-1]
    yield (
        f"The outcome is looked for in `{definition.label.source}` within {definition.label.window} of each "
        f"as-of date. On the last test date {last['rows']:,} were scored; of {last['observed_share']:.0%} "
        "the outcome is known."
    )
    yield ""
    yield from _table(
        ("source", "what", "extract of"),
        [(f"`{name}`", catalogue.source(name).title, day) for name, day in extracted_on.items()],
    )


def _figures(metrics: Mapping[str, Any]) -> Iterator[str]:
    yield "Each test date learnt only from what was known by then. 95 % intervals by bootstrap of entities."
    yield ""
    chosen = metrics["chosen"]
    rows = [
        (
            split["test_as_of"],
            _interval(split["candidates"][chosen]["precision_at_capacity"], "{:.0%}"),
            _interval(split["candidates"][chosen]["recall_at_capacity"], "{:.0%}"),
            _number(split["candidates"][chosen]["lift"], "{:.1f}"),
            _number(split["candidates"][chosen]["auc"], "{:.2f}"),
            _number(split["candidates"][chosen]["predicted_over_actual"], "{:.2f}"),
            _number(split["base_rate"], "{:.1%}"),
        )
        for split in metrics["splits"]
    ]
    yield from _table(
        (
            "tested on", "precision at capacity", "recall at capacity", "lift", "AUC",
            "predicted over actual", "base rate",
        ),
        rows,
    )  # fmt: skip


def _bar(metrics: Mapping[str, Any]) -> Iterator[str]:
    yield f"{'Met' if metrics['success']['met'] else '**Not met**'}."
    yield ""
    for line in metrics["success"]["lines"]:
        yield f"- {_MARKS[line['met']]}: {line['rule']}: {line['detail']}"


def _found(metrics: Mapping[str, Any]) -> Iterator[str]:
    for finding in metrics["analyses"].values():
        for sentence in finding["sentences"]:
            yield f"- {sentence}"


def _factors(definition: ModelDefinition) -> Iterator[str]:
    fairness = definition.fairness
    for attribute in fairness.attributes:
        yield f"- {attribute.title or attribute.name}: compared in the fairness report"
    for name, why in fairness.not_held.items():
        yield f"- {name}: not held. {why}"


def _caveats(definition: ModelDefinition, metrics: Mapping[str, Any]) -> Iterator[str]:
    yield f"- {metrics['selection']['note']}"
    for caveat in definition.caveats:
        yield f"- {caveat}"


def _oversight(definition: ModelDefinition) -> Iterator[str]:
    oversight = definition.oversight
    yield f"- Answers for it: {oversight.owner}, {oversight.contact}"
    yield f"- Reviewed every {oversight.review_every}; not used from {oversight.sunset}"
    name = definition.model
    yield (
        f"- More: what each source buys, `hearth analyse {name} ablation`; transparency record, notice and draft "
        f"impact assessment, `hearth transparency {name}`; register of sources, `hearth sources`"
    )


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _number(value: float | None, form: str) -> str:
    return "cannot tell" if value is None else form.format(value)


def _interval(estimate: Mapping[str, float | None], form: str) -> str:
    value, low, high = (estimate[part] for part in ("value", "low", "high"))
    if low is None or high is None:
        return _number(value, form)
    return f"{_number(value, form)} ({form.format(low)} to {form.format(high)})"

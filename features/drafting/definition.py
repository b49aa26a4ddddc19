"""First draft of a model definition over one source: what only people can decide is left open."""

import json

from features.drafting.lines import line, question, scalar
from hearth.source_contract import ColumnType, SourceContract, SourceKind, Subject

_CHARACTERISTICS = (
    "age",
    "disability",
    "gender_reassignment",
    "marriage_and_civil_partnership",
    "pregnancy_and_maternity",
    "race",
    "religion_or_belief",
    "sex",
    "sexual_orientation",
)
"""Equality Act 2010 s.4."""

_UNITS = {Subject.PERSON: "person", Subject.PROPERTY: "property"}
_MOST_COLUMNS = 3


def draft_definition(contract: SourceContract, name: str) -> str:
    """YAML of a first definition whose cohort, label and features come from one source.

    Parameters
    ----------
    contract
        Contract of the source, in order.
    name
        Name of the model.

    Returns
    -------
    str
        Text of `models/NAME/model.yaml`. The loader refuses it while a question in it is open.
    """
    group, ranked = _group(contract)
    lines = [
        f"# Drafted from the source {contract.source}. Check every line: it is a guess.",
        f"model: {name}",
        f"title: {scalar(name.replace('_', ' ').capitalize())}",
        question("question", "what does a score answer, in one sentence?"),
        line(f"purpose: {contract.law.purposes[0]}", "every source must allow it"),
        question("intervention", "assistive, punitive or mixed?"),
        line(f"unit: {_UNITS.get(contract.about, 'property')}", "household, property or person"),
        question("capacity", "how many can be visited? {count: 200} or {share: 5%}"),
        "as_of:",
        f"  {question('first', 'first day to look back from, such as 2019-04-01')}",
        f"  {question('last', 'last such day, the one scored for use')}",
        "  every: 12m",
        f"cohort: {{source: {contract.source}}}",
        *_label(contract),
        "features:",
        *group,
        "baselines:",
        line(f"  - {{name: simple rule, rank_by: {ranked}}}", "what the service does today?"),
        "success: {metric: precision_at_capacity, beats: [simple rule], lift_at_least: 1.5}",
        "fairness:",
        "  attributes: []",
        "  # For each: declare it among the attributes, or say here why it is not held.",
        "  not_held:",
        *(f"    {question(one, 'why is it not held?')}" for one in _CHARACTERISTICS),
        "  tolerance: [0.8, 1.25]",
        "  disclosure: dfe",
        "oversight:",
        f"  {question('owner', 'which role answers for it? never a name')}",
        f"  {question('contact', 'a mailbox of a team')}",
        "  review_every: 12m",
        f"  {question('sunset', 'day from which it is no longer used, such as 2027-12-31')}",
    ]
    return "\n".join(lines) + "\n"


def _label(contract: SourceContract) -> list[str]:
    is_dated = contract.kind in (SourceKind.EVENT, SourceKind.SPELL)
    told = _columns(contract, ColumnType.BOOLEAN, ColumnType.CATEGORY)
    source = (
        f"  source: {contract.source}" if is_dated else "  " + question("source", "dated facts")
    )
    outcome = [
        f"    column: {told[0]}"
        if told
        else f"    {question('column', 'which says it happened?')}",
        f"    {question('is', _outcome_asked(contract, told))}",
    ]
    return [
        "label:",
        source,
        "  outcome:",
        *outcome,
        line("  window: 12m", "how long after the as-of date it is looked for"),
        f"  {question('observed', 'when_any_row (else unknown), or always (no row: it did not happen)')}",
        f"  {question('maturity', 'how long do outcomes take to be recorded? such as 3m')}",
    ]


def _outcome_asked(contract: SourceContract, told: list[str]) -> str:
    values = contract.columns[told[0]].values if told else ()
    return f"which value? {', '.join(values)}" if values else "which value says that it happened?"


def _group(contract: SourceContract) -> tuple[list[str], str]:
    """Lines of a feature group, and the feature that a simple rule could rank by."""
    follow = "person" if contract.about is Subject.PERSON else "address"
    numbers = _columns(contract, ColumnType.NUMBER, ColumnType.INTEGER)
    lines = [
        f"  - group: {contract.source}",
        f"    source: {contract.source}",
        line(f"    follow: {follow}", "child, siblings, adults, members, person or address"),
    ]
    if contract.kind in (SourceKind.EVENT, SourceKind.SPELL):
        listed = ", ".join(["count", "days_since_last", *(f"{{mean: {name}}}" for name in numbers)])
        lines += ["    windows: [3m, 12m, all]", f"    aggregates: [{listed}]"]
        ranked, words = f"{contract.source}_count_12m", "in the last 12 months"
    else:
        held = [*numbers, *_columns(contract, ColumnType.CATEGORY, ColumnType.BOOLEAN)]
        lines.append(f"    attributes: [{', '.join(held)}]")
        ranked, words = f"{contract.source}_{held[0] if held else 'column'}", "as last recorded"
    title = contract.title.replace("{", "(").replace("}", ")")
    text = f"{title}: {{{ranked}}} {words}, {{comparison}}"
    lines += [
        "    reason:",
        f"      title: {scalar(contract.title)}",
        f"      text: {json.dumps(text, ensure_ascii=False)}",
        '      missing: "Nothing is recorded"',
    ]
    return lines, ranked


def _columns(contract: SourceContract, *types: ColumnType) -> list[str]:
    named = (contract.key, contract.row_key)
    found = [n for n, c in contract.columns.items() if c.type in types and n not in named]
    return found[:_MOST_COLUMNS]

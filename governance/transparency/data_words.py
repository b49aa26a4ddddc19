"""What the contracts say of the data, in the words of the transparency record."""

from collections.abc import Callable, Mapping

from governance.report.words import count, day, listed
from governance.transparency.facts import Facts
from governance.transparency.places import length_in_words, uses_in_words
from governance.transparency.usage import is_small, usage_policy
from hearth.source_contract import SourceContract


def sensitive_attributes(facts: Facts) -> str:
    """Which values are personal, protected, or stand close to a protected one."""
    d = facts.definition
    compared = [a.title or a.name for a in d.fairness.attributes]
    lines = [sensitive_sources(facts.sources)]
    lines.append(
        f"Protected or like it, kept apart and used only to compare groups: {listed(compared)}."
        if compared
        else "No protected attribute is held for comparison."
    )
    near = [g for g in d.features if g.justification]
    lines += [
        f"Stands close to a protected one, and why it is used: {g.reason.title}. {' '.join(g.justification.split())}"
        for g in near
    ]
    lines.append(_proxies(facts))
    return "\n".join(lines)


def _proxies(facts: Facts) -> str:
    if "proxies" in facts.analyses:
        return "How well the values used tell each attribute was measured: see section 11 of the fairness report."
    return (
        "How well the values used tell a protected attribute (proxies) has not been measured for this version: "
        f"run hearth analyse {facts.definition.model}."
    )


def sensitive_sources(sources: Mapping[str, SourceContract]) -> str:
    """Which sources hold special-category, restricted or criminal-offence data."""
    special = [c.title for c in sources.values() if c.law.special_category is not None]
    restricted = [c.title for c in sources.values() if c.law.sensitivity == "restricted"]
    offences = [c.title for c in sources.values() if c.law.criminal_offence is not None]
    return (
        f"Special-category data: {listed(special) or 'none'}. Restricted: {listed(restricted) or 'none'}. "
        f"Criminal-offence data: {listed(offences) or 'none'}."
    )


def completeness(facts: Facts) -> str:
    """Of how many the outcome is known, and which characteristics are covered."""
    splits = facts.metrics["splits"]
    known = [
        f"{day(s['test_as_of'])}: {s['observed_share']:.0%}"
        for s in splits
        if "observed_share" in s
    ]
    lines = (
        [f"The outcome is known for a part only. Share known: {'; '.join(known)}."] if known else []
    )
    lines += [
        f"{row['characteristic']}: {row['coverage']}. {row['detail']}"
        for row in facts.report.get("coverage", [])
    ]
    return "\n".join(lines)


def collection(facts: Facts) -> str:
    """Who collected each source, and under which power."""
    return each_source(
        facts.sources, lambda c: f"collected by {c.law.controller}; {one_line(c.law.power)}"
    )


def access(facts: Facts) -> str:
    """How long each source is kept, and whether few people may see it."""
    return each_source(facts.sources, kept)


def kept(contract: SourceContract) -> str:
    """How long one source is kept, and whether few people may see it."""
    few = "few people may see it" if contract.law.sensitivity == "restricted" else "ordinary access"
    return f"kept {length_in_words(contract.law.retention)}; {few}"


def agreements(sources: Mapping[str, SourceContract]) -> str:
    """Under which agreement each source is shared, and until when."""
    shared = {n: c for n, c in sources.items() if c.law.agreement is not None}
    own = [c.title for c in sources.values() if c.law.agreement is None]
    lines = [each_source(shared, _agreement)] if shared else []
    lines += [f"The council’s own, without one: {listed(own)}."] if own else []
    return "\n".join(lines)


def _agreement(contract: SourceContract) -> str:
    agreement = contract.law.agreement
    return (
        ""
        if agreement is None
        else f"{agreement.reference}, until {day(agreement.expires.isoformat())}"
    )


def datasets(facts: Facts) -> str:
    """Each source with its rows and what it is used for."""
    return each_source(
        facts.sources,
        lambda c: (
            f"{_rows(facts, c.source)}used for {uses_in_words(facts.used_for.get(c.source, ()))}"
        ),
    )


def _rows(facts: Facts, name: str) -> str:
    if name not in facts.rows:
        return ""
    policy = usage_policy(facts.definition.fairness.disclosure)
    rows = facts.rows[name]
    return f"{count(None if is_small(rows, policy) else rows)} rows; "


def operational_sources(facts: Facts) -> str:
    """Each source that a score is made from, and what a row of it is."""
    return each_source(facts.feature_sources(), lambda c: one_line(c.description))


def each_source(
    sources: Mapping[str, SourceContract], told: Callable[[SourceContract], str]
) -> str:
    """A line for each source, by name."""
    return "\n".join(f"{c.title}: {told(c)}." for _, c in sorted(sources.items()))


def one_line(text: str) -> str:
    """A text on one line, without the full stop at its end."""
    return " ".join(text.split()).rstrip(".")

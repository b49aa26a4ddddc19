"""What a feature is and a made-up example of it, in sentences made from its definition."""

from collections.abc import Callable

from hearth.condition import Condition
from hearth.definition import FeatureGroup, Role
from hearth.feature import Feature
from hearth.source_contract import SourceContract, SourceKind

FOLLOWS = {
    Role.ADDRESS: "the home, whoever lived there",
    Role.PERSON: "the person, wherever they lived",
    Role.CHILD: "the child, wherever they lived",
    Role.SIBLINGS: "the child's brothers and sisters under 18, wherever they lived",
    Role.ADULTS: "the adults of the household, wherever they lived",
    Role.MEMBERS: "everyone of the household, wherever they lived",
}
_ABOUT = {
    Role.ADDRESS: "about this home",
    Role.PERSON: "about this person",
    Role.CHILD: "about the child",
    Role.SIBLINGS: "about the child's brothers and sisters",
    Role.ADULTS: "about the adults of the household",
    Role.MEMBERS: "about the people of the household",
}
_TESTS = {
    "is": "is",
    "is_not": "is not",
    "in": "is one of",
    "at_least": "is at least",
    "at_most": "is at most",
    "above": "is above",
    "below": "is below",
}
_WHAT: dict[str, str] = {
    "count": "How many {rows} there were",
    "sum": "Sum of {column} over the {rows}",
    "mean": "Mean {column} of the {rows}",
    "min": "Least {column} of the {rows}",
    "max": "Greatest {column} of the {rows}",
    "distinct": "How many different values of {column} the {rows} hold",
    "share": "Share of the {rows} in which {column} is true",
    "last": "{column} in the latest of the {rows} that has one",
    "ratio": "Sum of {column} divided by the sum of {per}, over the {rows}",
    "trend": "{rows} in the nearer half of the time, less those in the further half",
    "days_since_last": "Days since the latest of the {rows}",
    "days_since_first": "Days since the first of the {rows}",
    "around_rate": "{rows} per 1,000 other properties of the home's area",
    "around_count": "How many {rows} there were at other properties within {metres} metres",
}
_EXAMPLES: dict[str, str] = {
    "count": "with 2 such rows the value is 2",
    "sum": "with values of 40 and 80 the value is 120",
    "mean": "with values of 40 and 80 the value is 60",
    "min": "with values of 40 and 80 the value is 40",
    "max": "with values of 40 and 80 the value is 80",
    "distinct": "with the values A, B and again A the value is 2",
    "share": "true in 1 of 4 rows, the value is 0.25, shown as 25%",
    "last": "with {first} first and {last} later the value is {last}",
    "ratio": "with 3 of 20 and then 5 of 60 the value is 8 ÷ 80 = 0.1",
    "trend": "with 3 rows in the nearer half and 1 in the further the value is 2",
    "days_since_last": "with rows 300 and 41 days before the value is 41",
    "days_since_first": "with rows 300 and 41 days before the value is 300",
    "around_rate": "with 50 rows at 1,250 other properties the value is 40",
    "around_count": "with rows at 3, 0 and 1 near by the value is 4",
}


def text_of(feature: Feature, group: FeatureGroup, contract: SourceContract) -> str:
    """What a feature is, in one sentence."""
    if feature.flag_of is not None:
        return (
            f"Whether {feature.flag_of} was not recorded, so that its value is filled in: 1 or 0."
        )
    if feature.aggregate is None:
        which = "in force" if contract.kind is SourceKind.SPELL else "known"
        return _sentence(
            f"{_column(feature.column, contract)} as last {which} before the as-of date, "
            f"from {_quoted(contract)}, {_ABOUT[group.follow]}."
        )
    about = "" if group.around is not None else f" {_ABOUT[group.follow]}"
    metres = group.around.within if group.around is not None else None
    what = _WHAT[feature.aggregate].format(
        rows=f"rows of {_quoted(contract)}{about}{_kept(feature, group)}",
        column=_column(feature.column, contract),
        per=_column(feature.per, contract),
        metres=metres,
    )
    return _sentence(f"{what}, {_when(feature)}.")


def example_of(feature: Feature) -> str:
    """A made-up example: no entity has these values on account of it."""
    if feature.flag_of is not None:
        return f"Made up: where {feature.flag_of} is not recorded the value is 1."
    first, last = _two_values(feature)
    if feature.aggregate is None:
        return f"Made up: {first} until March and {last} since, the value in May is {last}."
    return f"Made up: {_EXAMPLES[feature.aggregate].format(first=first, last=last)}."


def unit_of(feature: Feature) -> str:
    """Unit of a feature in words; what it is a number of where it has none."""
    if feature.kind == "category":
        return "none: a category"
    named: dict[str | None, Callable[[], str]] = {
        "share": lambda: "share, 0 to 1",
        "ratio": lambda: feature.unit or "ratio of like to like",
        "around_rate": lambda: "rows per 1,000 properties",
    }
    if feature.flag_of is not None:
        return "0 or 1"
    return named.get(feature.aggregate, lambda: feature.unit or "number")()


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _two_values(feature: Feature) -> tuple[str, str]:
    if feature.kind == "category" and feature.categories:
        return _plain(feature.categories[0]), _plain(feature.categories[-1])
    return "40", "80"


def _kept(feature: Feature, group: FeatureGroup) -> str:
    """The conditions on the rows, the category among them."""
    conditions = [_condition(condition) for condition in group.where]
    if feature.category is not None and group.split_by is not None:
        conditions.append(f"{_plain(group.split_by)} is {_plain(feature.category)}")
    return f" where {' and '.join(conditions)}" if conditions else ""


def _condition(condition: Condition) -> str:
    test, value = condition.test
    values = value if isinstance(value, list | tuple) else [value]
    return f"{_plain(condition.column)} {_TESTS[test]} {', '.join(_plain(str(v)) for v in values)}"


def _when(feature: Feature) -> str:
    if feature.window is None or feature.window.unbounded:
        return "at any time before the as-of date, as far as known by then"
    return f"in the {feature.window.in_words()} before the as-of date, as far as known by then"


def _column(name: str | None, contract: SourceContract) -> str:
    """A column in words: its name, or what the contract says it is."""
    if name is None:
        return ""
    spec = contract.columns.get(name)
    return f"{_plain(name)} ({spec.text})" if spec is not None and spec.text else _plain(name)


def _quoted(contract: SourceContract) -> str:
    return f"“{contract.title}”"


def _plain(name: str) -> str:
    return name.replace("_", " ")

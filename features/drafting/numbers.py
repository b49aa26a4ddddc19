"""How a column of a sample writes its numbers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

PLAIN, GROUPED, MONEY = "1234.56", "1,234.56", "£1,234.56"
_NUMBER = re.compile(
    r"(?=[^eE]*\d)[+-]?(?P<currency>£ ?)?[+-]?((?P<grouped>[1-9]\d{0,2}(,\d{3})+)|0|[1-9]\d{0,14})?"
    r"(\.(?P<decimals>\d+))?(?P<power>[eE][+-]?\d+)?"
)
_MONEY_NAME = re.compile(
    r"(^|_)(amount|arrears|balance|charge|cost|debt|fee|income|paid|payment|price|rent)(_|$)"
)
_PENCE = 2


@dataclass(frozen=True)
class Written:
    """The number 1234.56 as a column writes it; most `decimals` where its sums are to be exact."""

    numbers: str
    decimals: int | None
    is_whole: bool


def number_of(value: str) -> re.Match[str] | None:
    """Parts of a number, its thousands perhaps grouped and pounds in front; None where it is none."""
    return _NUMBER.fullmatch(value)


def style_of(values: Iterable[str], name: str) -> Written:
    """How the numbers among some values of a column are written.

    Money, which a £ or the column's name tells, has two decimals unless it is written with more.
    """
    found = [number for value in values if (number := number_of(value)) is not None]
    has_pounds = any(number["currency"] for number in found)
    grouped = any(number["grouped"] for number in found)
    most = max(len(number["decimals"] or "") for number in found)
    is_whole = most == 0 and not any(number["power"] for number in found)
    is_money = has_pounds or (most == _PENCE and bool(_MONEY_NAME.search(name)))
    return Written(
        numbers=MONEY if has_pounds else GROUPED if grouped else PLAIN,
        decimals=_PENCE if is_money and most <= _PENCE else None,
        is_whole=is_whole and not has_pounds,
    )

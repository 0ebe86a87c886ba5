"""The cleaning rule of each type of column (contract.md §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.loaders import value_days, value_numbers, value_people, value_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from doudi.loaders.values import Cell, Rule


def rule(cell: Cell) -> Rule:
    """The rule for a cell by its column's type: a typed value, or a reason why there is none."""
    return _RULES[cell.column.type](cell)


_RULES: dict[str, Callable[[Cell], Rule]] = {
    "str": value_words.text,
    "hash": value_people.hashed,
    "id18": value_people.person,
    "id18_or_uscc": value_people.holder,
    "uscc": value_people.company,
    "date": value_days.day,
    "datetime": value_days.moment,
    "yyyymm": value_days.month,
    "decimal": value_numbers.number,
    "ratio": value_numbers.ratio,
    "int": value_numbers.whole,
    "bool": value_words.flag,
    "enum": value_words.enum,
    "list": value_words.parts,
    "list[id18]": value_words.parts,
}

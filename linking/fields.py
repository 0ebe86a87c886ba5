"""The columns that are compared, each as numbers, and the outcome of comparing two rows in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.linking.dates import LEVELS as BIRTH_LEVELS
from doudi.linking.dates import Births, compare_births, read_births
from doudi.linking.likeness import LEVELS as NAME_LEVELS
from doudi.linking.likeness import Likeness
from doudi.linking.names import Names, read_names
from doudi.linking.text import Coded, Rated, Rows, coded, log_shares, tidy
from doudi.linking.values import LEVELS as VALUE_LEVELS
from doudi.linking.values import Values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Rate = Callable[[Rows, Rows], Rated]
"""Gives levels and rarities of pairs."""

MALE = ("男", "男性", "男士", "m", "male", "man", "1")
FEMALE = ("女", "女性", "女士", "f", "female", "woman", "2")
SEX_LEVELS = ("missing", "different", "same")
ATTRIBUTE = "compare:"
"""Stands before the name of a further attribute."""

USUAL: dict[str, tuple[float, ...]] = {
    "name": (0.01, 0.02, 0.03, 0.06, 0.08, 0.1, 0.7),
    "birth": (0.02, 0.01, 0.03, 0.05, 0.09, 0.8),
    "sex": (0.02, 0.98),
    "area": (0.1, 0.1, 0.2, 0.6),
    "compare": (0.1, 0.0001, 0.1, 0.7999),
}
"""How often the outcomes, from different to same, are expected of one person's rows, before the
rows themselves have said how often they are."""


@dataclass(frozen=True)
class Field:
    """One thing that is compared.

    Attributes:
        kind: ``name``, ``birth``, ``sex``, ``area`` or ``compare``.
        title: Kind, or the column's own name for a further attribute.
        levels: Names of the outcomes; the first is that one row does not tell.
        rate: Of pairs of rows the level of each, and the logarithm of the share of rows that have
            what the two share, 0 where that says nothing.
        chance: Share of random pairs that are the same.
    """

    kind: str
    title: str
    levels: tuple[str, ...]
    rate: Rate
    chance: float

    @property
    def usual(self) -> NDArray[np.float64]:
        """Expected shares of the levels from the second on."""
        return np.array(USUAL[self.kind])


@dataclass(frozen=True)
class People:
    """All rows of both sides as numbers, the left ones first.

    Attributes:
        names: Names, where they were mapped; so are the next three.
        births: Births.
        sex: Sexes.
        area: Areas.
        compare: Further attributes by column.
        fields: The same as things that are compared.
        many: Rows.
        left: Rows of the left side; all of them where there is one side.
    """

    names: Names | None
    births: Births | None
    sex: Coded | None
    area: Coded | None
    compare: Mapping[str, Coded]
    fields: tuple[Field, ...]
    many: int
    left: int

    @property
    def has_sides(self) -> bool:
        """Whether rows of one side are compared with those of the other only."""
        return self.left < self.many


def read_people(columns: Mapping[str, pa.ChunkedArray], *, left: int) -> People:
    """Everything mapped, read.

    Args:
        columns: Columns by what they are mapped to; a further attribute as ``compare:COLUMN``.
        left: Rows of the left side; the others are the right side's.
    """
    names = read_names(tidy(columns["name"])) if "name" in columns else None
    births = read_births(columns["birth"]) if "birth" in columns else None
    sex = coded(_sexes(tidy(columns["sex"]))) if "sex" in columns else None
    area = coded(tidy(columns["area"])) if "area" in columns else None
    compare = {
        name.removeprefix(ATTRIBUTE): coded(tidy(column))
        for name, column in columns.items()
        if name.startswith(ATTRIBUTE)
    }
    fields = [_name_field(names)] if names else []
    fields += [_birth_field(births)] if births else []
    fields += [_sex_field(sex)] if sex else []
    fields += [_value_field("area", "area", area)] if area else []
    fields += [_value_field("compare", title, value) for title, value in compare.items()]
    many = len(next(iter(columns.values())))
    return People(names, births, sex, area, compare, tuple(fields), many, left)


def _sexes(texts: pa.Array) -> pa.Array:
    """One word for each sex; others as they are."""
    is_male = pc.is_in(texts, value_set=pa.array(MALE))
    is_female = pc.is_in(texts, value_set=pa.array(FEMALE))
    return pc.if_else(is_male, "male", pc.if_else(is_female, "female", texts))


def _name_field(names: Names) -> Field:
    rate = partial(_rate_values, names.coded.codes, Likeness(names).compare)
    return _field("name", "name", NAME_LEVELS, rate, names.coded)


def _birth_field(births: Births) -> Field:
    days, years = (
        coded(pc.cast(pa.array(one, mask=one < 0), pa.string()))
        for one in (births.day, births.year)
    )
    rate = partial(_rate_births, births, days, years)
    field = _field("birth", "birth", BIRTH_LEVELS, rate, years)
    return Field(field.kind, field.title, field.levels, rate, days.chance)


def _sex_field(values: Coded) -> Field:
    return _field("sex", "sex", SEX_LEVELS, partial(_rate_same, values), values)


def _value_field(kind: str, title: str, values: Coded) -> Field:
    compared = Values(values, is_area=kind == "area")
    rate = partial(_rate_values, values.codes, compared.compare)
    return _field(kind, title, VALUE_LEVELS, rate, values)


def _field(kind: str, title: str, levels: tuple[str, ...], rate: Rate, values: Coded) -> Field:
    return Field(kind, title, levels, rate, values.chance)


def _rate_births(births: Births, days: Coded, years: Coded, left: Rows, right: Rows) -> Rated:
    level = compare_births(births, left, right)
    rarity = np.zeros(len(left), np.float32)
    for name, values in (("same", days), ("only_year", years)):
        at = np.flatnonzero(level == BIRTH_LEVELS.index(name))
        rarity[at] = log_shares(values)[values.codes[left[at]]]
    return level, rarity


def _rate_same(values: Coded, left: Rows, right: Rows) -> Rated:
    one, two = values.codes[left], values.codes[right]
    level = np.where((one < 0) | (two < 0), 0, 1 + (one == two)).astype(np.uint8)
    is_same = level == SEX_LEVELS.index("same")
    return level, np.where(is_same, log_shares(values)[one], 0).astype(np.float32)


def _rate_values(codes: Rows, compare: Rate, left: Rows, right: Rows) -> Rated:
    """A comparison of values as one of rows."""
    one, two = codes[left], codes[right]
    level, rarity = np.zeros(len(left), np.uint8), np.zeros(len(left), np.float32)
    told = np.flatnonzero((one >= 0) & (two >= 0))
    level[told], rarity[told] = compare(one[told], two[told])
    return level, rarity

"""The columns of a source's cleaned rows: the declared ones, and what is kept beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.loaders.source import NUMBERS
from doudi.loaders.values import SQL_TYPES

if TYPE_CHECKING:
    from doudi.loaders.source import Column, Source

NAMED = {"named": "VARCHAR", "born": "DATE"}
"""Beside a person number that cannot be used: the token of the name in the row, and the birth date."""

LATER = ("grades", *NAMED)
"""Extras that are not typed with their column, but found when people are."""


@dataclass(frozen=True)
class Frame:
    """The columns of cleaned rows, whether the file has them or not."""

    columns: tuple[Column, ...]

    @property
    def types(self) -> dict[str, str]:
        """DuckDB types by name, in order, those of grades and classes included."""
        found: dict[str, str] = {}
        for column in self.columns:
            found[column.name] = SQL_TYPES.get(column.type, "VARCHAR")
            found |= {f"{column.name}__{name}": kind for name, kind in extras(column).items()}
        return found

    @property
    def names(self) -> list[str]:
        """Their names, in order."""
        return list(self.types)


def frame_of(source: Source) -> Frame:
    """The frame of a source's declared columns."""
    return Frame(tuple(source.columns.values()))


def extras(column: Column) -> dict[str, str]:
    """What is kept beside a column, by suffix; of a number also whom the row names without one."""
    if column.type in NUMBERS:
        kept = {"grade": "VARCHAR", "birth": "DATE", "sex": "VARCHAR"}
        return kept | ({"kind": "VARCHAR"} if column.type == "id18_or_uscc" else NAMED)
    if column.type == "uscc":
        return {"grade": "VARCHAR"}
    if column.type == "list[id18]":
        return {"grades": "VARCHAR[]"}
    return {"class": "VARCHAR"} if column.classes else {}

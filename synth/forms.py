"""The sources of a county: their columns, and in which form each is delivered.

``sources.csv`` has a line a source and ``columns.csv`` a line a column; both follow the delivery
contract, and the forms are as different as those of real offices.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

ENGLISH, WITH_UNITS = "en", "zh(unit)"


@dataclass(frozen=True)
class Form:
    """How one source is delivered.

    Attributes:
        source: The slug.
        department: Who sends it.
        nature: register, event or month, as in the contract.
        key_kind: id, where a key stands for one row, or group.
        on_event: Whether a month without news sends no file; the others send one without rows.
        suffix: csv, csv.gz, xlsx or parquet.
        encoding: Of text files.
        headers: en, zh, or zh(unit) with the unit of amounts in brackets.
        dates: How days are written.
        separator: Between the parts of a list.
        yes, no: The words for a yes and a no.
        thousands: Whether amounts have thousands separators.
        run_by: county, or province, where every county gets the rows about all counties' people.
    """

    source: str
    department: str
    nature: str
    key_kind: str
    on_event: bool
    suffix: str
    encoding: str
    headers: str
    dates: str
    separator: str
    yes: str
    no: str
    thousands: bool
    run_by: str

    @property
    def is_shared(self) -> bool:
        """Whether the province runs it."""
        return self.run_by == "province"

    @property
    def is_text(self) -> bool:
        """Whether the file is lines of text, compressed or not."""
        return self.suffix in {"csv", "csv.gz"}

    @property
    def has_versions(self) -> bool:
        """Whether a key may come again with other values, of which the newest counts."""
        return self.nature == "register" and self.key_kind == "id"

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.source}.{self.suffix}"


@dataclass(frozen=True)
class Column:
    """One column of a source."""

    field: str
    header: str
    type: str
    unit: str
    role: str
    allowed: tuple[str, ...] = ()
    """What the contract allows; nothing where it allows any text."""


@cache
def forms() -> dict[str, Form]:
    """The form of every source, in the order of the catalogue."""
    found = {}
    for line in _lines("sources.csv"):
        told: dict[str, Any] = dict(line)
        for name in ("on_event", "thousands"):
            told[name] = line[name] == "yes"
        found[line["source"]] = Form(**told)
    return found


@cache
def columns() -> dict[str, list[Column]]:
    """The columns of every source, in order."""
    found: dict[str, list[Column]] = {}
    for told in _lines("columns.csv"):
        allowed = tuple(told.pop("values").split("/"))
        source, header = told.pop("source"), told.pop("header_zh")
        column = Column(header=header, allowed=allowed if any(allowed) else (), **told)
        found.setdefault(source, []).append(column)
    return found


def _lines(name: str) -> list[dict[str, str]]:
    """A table of this room, a dictionary a line."""
    text = (files("doudi.synth") / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def header(column: Column, form: Form) -> str:
    """What a column is called in a file."""
    if form.headers == ENGLISH:
        return column.field
    unit = {"CNY": "元", "万元": "万元"}.get(column.unit, "")
    return f"{column.header}({unit})" if form.headers == WITH_UNITS and unit else column.header


def amount_of(fields: list[Column]) -> Column | None:
    """The first amount in yuan: the one that control totals sum up."""
    exact = [c for c in fields if c.type == "decimal" and c.unit == "CNY"]
    yearly = [c for c in fields if c.type == "decimal" and c.unit.startswith("CNY")]
    return (exact + yearly + [None])[0]

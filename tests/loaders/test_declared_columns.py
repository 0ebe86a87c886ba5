"""Every shipped declaration beside the columns that the delivery contract promises."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import pytest

from doudi.loaders.source import Column, sources

CLASSES = {
    "id18": "id18", "id18_or_uscc": "id18_or_uscc", "list[id18]": "list[id18]", "str18": "uscc",
    "date": "date", "datetime": "datetime", "yyyymm": "yyyymm", "decimal": "decimal", "int": "int",
    "bool": "bool", "enum": "enum", "list": "list", "list[hash]": "list", "hash": "hash",
    "str": "str", "str12": "str", "str16": "str", "str17": "str", "str20": "str", "str28": "str",
    "id15": "id18", "point": "str", "json": "str",
}  # fmt: skip
"""The loader's type for each type of the contract's table."""

OTHERS = {
    "real_estate_registration.share": ("ratio", "percent and parts of one are told apart"),
    "shareholders.ratio": ("ratio", "percent and parts of one are told apart"),
    "provident_fund_contribution.rate": ("ratio", "percent and parts of one are told apart"),
    "deed_tax.share": ("ratio", "percent and parts of one are told apart"),
    "home_visit_record.visitors": (
        "str",
        "names of people, of which a pseudonym is kept as a whole",
    ),
    "home_visit_record.signature": (
        "str",
        "the hash of a signature is neither a phone nor an account",
    ),
}
"""Columns of another type than the table's, and why."""

BESIDE = {
    "household_id": "a programme kept by person may name the household all the same",
    "pay_month": "a register of accounts may come month by month",
}
"""Columns that the table lacks, and why; a file without them is complete."""

COMMON = {"_op"}
"""Columns that every source may have, and none declares."""


@cache
def promised(table: str) -> dict[str, list[dict[str, str]]]:
    """Lines of a table of the contract, by source."""
    text = files("doudi.synth").joinpath(table).read_text("utf-8-sig")
    found: dict[str, list[dict[str, str]]] = {}
    for line in csv.DictReader(text.splitlines()):
        found.setdefault(line["source"], []).append(line)
    return found


def problems(column: Column, line: dict[str, str]) -> list[str]:
    """Where a column differs from its line."""
    where = f"{line['source']}.{column.name}"
    kind = OTHERS[where][0] if where in OTHERS else CLASSES[line["type"]]
    is_hash = line["type"] == "str" and column.name.endswith(("_hash", "phone"))
    said = {
        "header": column.headers[:1] == (line["header_zh"],),
        "type": column.type == ("hash" if is_hash else kind),
        "unit": column.unit == line["unit"],
        "role": column.role == line["role"],
        "values": "/".join(column.values) == line["values"],
    }
    return [f"{where}: {name}" for name, agrees in said.items() if not agrees]


def test_every_source_of_the_contract_is_declared_and_no_other() -> None:
    assert set(sources()) == set(promised("columns.csv"))


@pytest.mark.parametrize("slug", sorted(sources()))
def test_columns_headers_types_units_roles_and_values_are_the_contracts(slug: str) -> None:
    columns = sources()[slug].columns
    lines = [line for line in promised("columns.csv")[slug] if line["field"] not in COMMON]
    told = {line["field"] for line in lines}
    beside = [name for name in columns if name not in told]
    assert [name for name in columns if name in told] == [line["field"] for line in lines]
    assert all(name in BESIDE and columns[name].role == "added" for name in beside)
    assert [p for line in lines for p in problems(columns[line["field"]], line)] == []


@pytest.mark.parametrize("slug", sorted(sources()))
def test_nature_and_kind_of_key_are_the_contracts(slug: str) -> None:
    [line] = promised("sources.csv")[slug]
    assert (sources()[slug].nature, sources()[slug].key_kind) == (line["nature"], line["key_kind"])

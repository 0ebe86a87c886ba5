"""A cell means the same whether its text is typed where it stands or looked up."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from doudi.loaders import typed
from doudi.loaders.clean import Feed
from doudi.loaders.declare import read_sources
from doudi.loaders.headers import match
from doudi.loaders.macros import engine
from doudi.loaders.typed import type_cells

if TYPE_CHECKING:
    import duckdb

ALL_TYPES = """
[source]
slug = "everything"
title = { zh = "各类", en = "all types" }
publisher = "x"
cadence = "once"
nature = "register"
key = ["person"]
key_kind = "id"
[columns]
person = { type = "id18", role = "key" }
holder = { type = "id18_or_uscc" }
company = { type = "uscc" }
certificate = { type = "str" }
inside = { type = "id18", embedded_in = "certificate" }
day = { type = "date" }
moment = { type = "datetime" }
month = { type = "yyyymm" }
amount = { type = "decimal", unit = "万元" }
share = { type = "ratio" }
count = { type = "int" }
flag = { type = "bool" }
word = { type = "enum", values = ["甲", "乙"], synonyms = { "1" = "甲" } }
parts = { type = "list" }
people = { type = "list[id18]" }
phone = { type = "hash", personal = "phone" }
kind = { type = "str", classes = { home = "院" } }
lacking = { type = "id18" }
"""
NUMBER = "11010519491231002X"
COLUMNS: dict[str, list[str | None]] = {
    "person": [NUMBER, "'" + NUMBER, "110105491231002", "x", None],
    "holder": [NUMBER, "91350100M000100Y43", "", "x", None],
    "company": ["91350100M000100Y43", "91350100M000100Y44", "", "1", None],
    "certificate": [f"残{NUMBER}01", "", "x", f"{NUMBER}", None],
    "inside": ["", NUMBER, "x", None, ""],
    "day": ["2024年1月5日", "20240105", "45000", "2030-01-01", "长期"],
    "moment": ["2024-01-05 7:30", "2024-01-05", "", "x", None],
    "month": ["202401", "2024-1", "2024-13", "", None],
    "amount": ["1.5", "２元", "3万", "1e99", None],
    "share": ["50", "50%", "1/2", "0.5", None],
    "count": ["1", "1.5", "", "x", None],
    "flag": ["是", "0", "", "x", None],
    "word": ["甲", "1", "", "丙", None],
    "parts": ["a；b", "a", "", '["a"]', None],
    "people": [f"{NUMBER}、x", NUMBER, "", "x", None],
    "phone": ["13800000000", "a1b2", "", "+8613800000000", None],
    "kind": ["敬老院", "家", "", " ", None],
}


def rows(con: duckdb.DuckDBPyConnection, parts: list[pa.Table]) -> list[tuple[Any, ...]]:
    """Every cell of the parts, typed; columns that no row has are null."""
    source = read_sources([("everything.toml", ALL_TYPES)])["everything"]
    headers = match(list(COLUMNS), source, Path("everything.csv"))
    feed = Feed(source, (headers,) * len(parts), date(2026, 5, 5), tuple(COLUMNS))
    tables = [type_cells(con, feed, number, part) for number, part in enumerate(parts)]
    names = sorted({name for table in tables for name in table.column_names})
    kinds = {f.name: str(f.type) for table in tables for f in table.schema}
    found = [
        tuple(row.get(name) for name in names) for table in tables for row in table.to_pylist()
    ]
    return [tuple(kinds[name] for name in names), tuple(names), *found]


def part(shift: int) -> pa.Table:
    """Fifteen rows in which the texts of columns meet in changing company."""
    places = [[(i + i // 5 * n + shift) % 5 for i in range(15)] for n in range(len(COLUMNS))]
    arrays = {
        f"c{n}": pa.array([texts[i] for i in places[n]], pa.string())
        for n, texts in enumerate(COLUMNS.values())
    }
    return pa.table({**arrays, "line": pa.array(range(2, 17), pa.int64())})


@pytest.mark.parametrize("long", [0, 3, 6, 15])
def test_looked_up_cells_are_those_typed_where_they_stand(
    monkeypatch: pytest.MonkeyPatch, long: int
) -> None:
    parts = [part(0), part(2)]
    with engine() as con:
        monkeypatch.setattr(typed, "LONG", 100)
        expected = rows(con, parts)
        monkeypatch.setattr(typed, "LONG", long)
        assert rows(con, parts) == expected


def test_each_row_of_a_share_counts_whichever_way_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = ["0.5"] * 6 + ["30", "40", "70"]
    names = {f"c{n}": pa.array([""] * len(shares)) for n in range(len(COLUMNS))}
    names[f"c{list(COLUMNS).index('share')}"] = pa.array(shares)
    table = pa.table({**names, "line": pa.array(range(2, 11), pa.int64())})
    for long in (100, 2):
        monkeypatch.setattr(typed, "LONG", long)
        with engine() as con:
            told = rows(con, [table])
        place = told[1].index("share")
        assert [row[place] for row in told[2:]] == [0.5] * 6 + [None] * 3


def test_parts_of_one_feed_may_go_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [part(0), part(1).slice(0, 4)]
    with engine() as con:
        monkeypatch.setattr(typed, "LONG", 100)
        expected = rows(con, parts)
        monkeypatch.setattr(typed, "LONG", 10)
        assert rows(con, parts) == expected

"""The short way through plain CSV files reads what the csv module reads, or nothing."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from doudi.loaders import plain_csv
from doudi.loaders.plain_csv import read_plain
from doudi.loaders.read import Sheet, read_sheet

if TYPE_CHECKING:
    from pathlib import Path

CELL = st.text(st.sampled_from('ab1 王，,;\t"\r\n\0\x1c\u3000\u2028\ufeff'), max_size=4)
ROW = st.lists(CELL, min_size=1, max_size=4)


@pytest.fixture(autouse=True)
def _short_files_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_csv, "SHORT", 0)


def by_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=6), st.sampled_from(["\n", "\r\n", "\r"]))
@example([["a", "b"], ["", ""], ["1", "2"]], "\n")
@example([["a"], ["1"], [""]], "\n")
@example([["a", "b"], ["1", "2", "3"]], "\n")
@example([["a", "b"], ["NULL", " 1 "]], "\r\n")
def test_what_it_reads_is_what_the_csv_module_reads(rows: list[list[str]], end: str) -> None:
    text = end.join(",".join(row) for row in rows) + end
    found = read_plain(text, ",")
    if found is None:
        return
    headers, table = found
    expected = by_csv(text)
    columns = [table[f"c{i}"].to_pylist() for i in range(len(headers))]
    assert [list(headers), *map(list, zip(*columns, strict=True))] == expected
    assert table["line"].to_pylist() == list(range(2, len(expected) + 1))
    assert all(any(cell.strip() for cell in row) for row in expected)


def test_a_plain_file_goes_the_short_way() -> None:
    headers, table = read_plain("姓名,金额\r\n王小明,100\r\n李小红,\r\n", ",") or ((), None)
    assert headers == ("姓名", "金额")
    assert table is not None
    assert table.to_pylist() == [
        {"c0": "王小明", "c1": "100", "line": 2},
        {"c0": "李小红", "c1": "", "line": 3},
    ]


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n"1",2\n',
        "a,b\n1\n",
        "a,b\n1,2,\n",
        "a,b\n1,2\n\n3,4\n",
        "a,b\n , \n3,4\n",
        "a,b\r1,2\r",
        "a,b\n1,\0\n",
        ",\n1,2\n",
        "\na,b\n1,2\n",
        f"a,b\n1,{'x' * (2**20 + 1)}\n",
    ],
)
def test_anything_else_is_left_to_the_csv_module(text: str) -> None:
    assert read_plain(text, ",") is None


def test_both_ways_give_one_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "shareholders.csv"
    path.write_text("a,b\n" + "".join(f"{i},{i % 7}\n" for i in range(3000)), "utf-8")

    def read(shortest: int) -> Sheet:
        monkeypatch.setattr(plain_csv, "SHORT", shortest)
        return read_sheet(path)

    short, long = read(0), read(2**30)
    assert short.rows.equals(long.rows)
    assert (short.headers, short.misshapen) == (long.headers, long.misshapen)

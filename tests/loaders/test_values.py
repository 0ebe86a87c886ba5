"""Cleaning rules, cell by cell (contract §3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import pytest

from doudi.loaders.macros import MACROS
from doudi.loaders.rules import rule
from doudi.loaders.source import Column
from doudi.loaders.typed import staged
from doudi.loaders.values import Cell

KNOWN = dt.date(2026, 5, 5)


def check_digit(body: str) -> str:
    """The last digit of a person number, written anew."""
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return str((12 - total % 11) % 11).replace("10", "X")


def number(serial: int, born: str = "19800101") -> str:
    """A person's number in an area that is not assigned."""
    body = f"539901{born}{serial:03d}"
    return body + check_digit(body)


ONE = number(1)


def clean(column: Column, *cells: str | None, unit: str = "", extra: str = "") -> list[Any]:
    """Value and reason (and an extra) of cells of one column."""
    con = duckdb.connect()
    con.execute(MACROS)
    con.execute("CREATE TABLE raw (place INTEGER, c0 VARCHAR)")
    con.executemany("INSERT INTO raw VALUES (?, ?)", list(enumerate(cells)))
    one = rule(Cell(column, "c0", unit or column.unit, KNOWN))
    more = f", {one.extras[extra]}" if extra else ""
    sql = f"SELECT {one.value}, {one.why}{more} FROM {staged('raw', [one])} ORDER BY place"
    return con.execute(sql).fetchall()


def of(kind: str, **more: Any) -> Column:  # noqa: ANN401 - whatever a column takes
    return Column("x", (), kind, more.pop("role", "main"), **more)


@pytest.mark.parametrize(
    "spelled",
    [ONE.replace("X", "x"), f" {ONE}", f"'{ONE}", ONE[:6] + " " + ONE[6:], "\u200b" + ONE, ONE[:6] + ONE[8:17],
     ONE.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})],
)  # fmt: skip  # one list
def test_a_number_is_repaired_and_graded_so(spelled: str) -> None:
    grade = "exact" if spelled == ONE else "repaired"
    assert clean(of("id18"), spelled, extra="grade") == [(ONE, None, grade)]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("", "id.missing"), ("无", "id.missing"), ("不详", "id.missing"), ("0" * 18, "id.missing"),
     ("1" * 18, "id.missing"), ("4.5E+17", "id.scientific"), ("5.39901198001e+17", "id.scientific"),
     (ONE[:17] + ("1" if ONE[17] != "1" else "2"), "id.checksum"), ("539901198002300010", "id.checksum"),
     ("王小明", "id.text"), ("12345", "id.text")],
)  # fmt: skip  # one list
def test_a_number_that_is_none_says_why(cell: str, reason: str) -> None:
    assert clean(of("id18"), cell) == [(None, reason)]


def test_an_optional_number_may_be_empty() -> None:
    assert clean(of("id18", role="plain"), "", None) == [(None, None), (None, None)]


def test_a_number_from_the_future_is_none() -> None:
    assert clean(of("id18"), number(1, "20270101")) == [(None, "id.checksum")]


def test_a_number_tells_sex_and_birth_date() -> None:
    assert clean(of("id18"), number(2, "19991231"), extra="sex")[0][2] == "女"
    assert clean(of("id18"), number(3, "19991231"), extra="birth")[0][2] == dt.date(1999, 12, 31)


def test_check_digits_agree_with_a_second_implementation() -> None:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    bodies = [f"539901{1950 + i % 70}0{1 + i % 9}1{i % 10}{i:03d}" for i in range(500)]
    wanted = [
        "10X98765432"[sum(int(d) * w for d, w in zip(b, weights, strict=True)) % 11] for b in bodies
    ]
    assert [check_digit(b) for b in bodies] == wanted
    good = [b + d for b, d in zip(bodies, wanted, strict=True)]
    assert [row[0] for row in clean(of("id18"), *good)] == good


@pytest.mark.parametrize(
    "cell", ["2025-03-07", "2025/3/7", "20250307", "2025年3月7日", "2025.3.7", "2025-03-07 10:11:12",
             "2025-03-07T10:11:12", "2025/3/7 0:00", "45723", "２０２５-03-07"]
)  # fmt: skip  # one list
def test_a_day_is_read_in_every_spelling(cell: str) -> None:
    assert clean(of("date"), cell) == [(dt.date(2025, 3, 7), None)]


def test_a_serial_of_the_other_epoch_is_four_years_on() -> None:
    assert clean(of("date", epoch=1904), "44261") == [(dt.date(2025, 3, 7), None)]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("2025-02-30", "date.impossible"), ("0000-00-00", "date.impossible"), ("19000100", "date.impossible"),
     ("25-3-7", "date.impossible"), ("明天", "date.impossible"), ("2026-05-06", "date.future"),
     ("长期", None), ("9999-12-31", None), ("", None), ("NULL", None), ("/", None)],
)  # fmt: skip  # one list
def test_a_day_that_is_none_says_why(cell: str, reason: str | None) -> None:
    assert clean(of("date"), cell) == [(None, reason)]


def test_the_day_of_the_delivery_is_no_future() -> None:
    assert clean(of("date"), "2026-05-05") == [(dt.date(2026, 5, 5), None)]


def test_an_end_may_lie_in_the_future() -> None:
    assert clean(of("date", future=True), "2030-01-01") == [(dt.date(2030, 1, 1), None)]


def test_a_moment_keeps_its_time() -> None:
    assert clean(of("datetime"), "2024/9/4 7:18:32", "20240904") == [
        (dt.datetime(2024, 9, 4, 7, 18, 32), None),  # noqa: DTZ001 - registers have no zone
        (dt.datetime(2024, 9, 4), None),  # noqa: DTZ001 - the same
    ]


@pytest.mark.parametrize(
    "cell", ["202503", "2025-03", "2025/3", "2025年3月", "2025-03-17", "2025.3"]
)
def test_a_month_is_its_first_day(cell: str) -> None:
    assert clean(of("yyyymm"), cell) == [(dt.date(2025, 3, 1), None)]


@pytest.mark.parametrize("cell", ["202513", "三月", "000000", "2025"])
def test_a_month_that_is_none_says_so(cell: str) -> None:
    assert clean(of("yyyymm"), cell) == [(None, "month.impossible")]


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1,234.50", 1234.5), ("￥12", 12.0), ("¥12元", 12.0), ("1.5万元", 15000.0), ("２００", 200.0),
     ("(30.10)", -30.1), ("-5", -5.0), ("0.1", 0.1), (".5", 0.5)],
)  # fmt: skip  # one list
def test_an_amount_is_read(cell: str, value: float) -> None:
    assert clean(of("decimal"), cell) == [(value, None)]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("待核", "number.text"), ("——", "number.text"), ("1e30", "number.range"), ("-", None)],
)
def test_an_amount_that_is_none_says_why(cell: str, reason: str | None) -> None:
    assert clean(of("decimal"), cell) == [(None, reason)]


def test_the_unit_in_force_converts_and_the_cell_wins() -> None:
    column = of("decimal", unit="万元")
    assert [row[0] for row in clean(column, "3", "3万元", "3元")] == [30000.0, 30000.0, 3.0]
    assert clean(of("decimal"), "250", unit="分") == [(2.5, None)]


def test_a_value_out_of_the_declared_range_is_unknown() -> None:
    column = of("decimal", range=(0, 100))
    assert clean(column, "100", "100.01") == [(100.0, None), (None, "number.range")]


def test_shares_are_percent_by_unit_sign_or_size() -> None:
    ratio = of("ratio")
    assert [r[0] for r in clean(ratio, "0.5", "1", "1/4")] == [0.5, 1.0, 0.25]
    assert [r[0] for r in clean(ratio, "50", "1", "0.5%")] == [0.5, 0.01, 0.005]
    assert [r[0] for r in clean(ratio, "0.8", unit="%")] == [0.008]
    assert clean(ratio, "1.5", "0.2") == [(None, "number.range"), (0.2, None)]


def test_one_share_that_is_none_changes_no_other() -> None:
    rows = clean(of("ratio"), "0.6", "0.4", "30", "1", "0.6")
    refused = (None, "number.range")
    assert rows == [(0.6, None), (0.4, None), refused, (1.0, None), (0.6, None)]


def test_one_small_percentage_does_not_make_shares_of_the_others() -> None:
    rows = clean(of("ratio"), "60", "39.5", "0.5", "100", "60", "1", "0")
    assert [row[0] for row in rows] == [0.6, 0.395, 0.005, 1.0, 0.6, 0.01, 0.0]


def test_slips_of_many_kinds_do_not_outweigh_shares_of_few() -> None:
    rows = clean(of("ratio"), *["0.5"] * 4, "30", "40", "70")
    assert [row[0] for row in rows] == [0.5] * 4 + [None] * 3
    assert [row[0] for row in clean(of("ratio"), "1", "1", "30")] == [1.0, 1.0, None]


def test_shares_on_both_sides_of_one_in_equal_number_are_shares() -> None:
    assert clean(of("ratio"), "0.4", "60") == [(0.4, None), (None, "number.range")]


@pytest.mark.parametrize(("cell", "value"), [("3", 3), ("3.0", 3), ("1,000", 1000)])
def test_a_count_is_whole(cell: str, value: int) -> None:
    assert clean(of("int"), cell, "3.5") == [(value, None), (None, "number.text")]


def test_a_count_out_of_its_declared_range_is_unknown() -> None:
    months = of("int", range=(1, 12))
    assert clean(months, "0", "1", "12", "13", "99999999999", "1.5") == [
        (None, "number.range"), (1, None), (12, None), (None, "number.range"),
        (None, "number.range"), (None, "number.text"),
    ]  # fmt: skip  # one list
    assert clean(of("int"), "999999999999", "1000000000000") == [
        (999_999_999_999, None),
        (None, "number.range"),
    ]


def test_flags() -> None:
    assert [r[0] for r in clean(of("bool"), "是", "有", "Y", "1", "TRUE")] == [True] * 5
    assert [r[0] for r in clean(of("bool"), "否", "无", "n", "0", "false")] == [False] * 5
    assert clean(of("bool"), "也许", "") == [(None, "bool.unknown"), (None, None)]


def test_words_of_an_enum_and_their_synonyms() -> None:
    sex = of("enum", values=("男", "女"), synonyms={"1": "男", "2": "女"})
    assert clean(sex, "男", " 2 ", "3") == [("男", None), ("女", None), (None, "enum.unknown")]
    assert clean(of("enum"), "什么（都行）") == [("什么（都行）", None)]


@pytest.mark.parametrize("cell", ["a;b", "a；b", "a、b", "a,b", "a，b", "a b", '["a", "b"]'])
def test_a_list_is_divided_by_any_mark(cell: str) -> None:
    assert clean(of("list"), cell, "", None) == [(["a", "b"], None), ([], None), ([], None)]


def test_company_codes_are_checked_and_old_numbers_kept() -> None:
    code = "91350100M000100Y43"
    assert clean(of("uscc"), code, code.lower(), "350100100000011", code[:17] + "4", extra="grade") == [
        (code, None, "exact"), (code, None, "repaired"), ("350100100000011", None, "repaired"),
        (None, "uscc.checksum", None),
    ]  # fmt: skip  # one list


def test_a_holder_is_a_person_or_a_company() -> None:
    rows = clean(of("id18_or_uscc"), ONE, "91350100M000100Y43", "某人", extra="kind")
    assert [row[2] for row in rows] == ["person", "company", None]


def test_a_hash_stays_and_a_clear_number_is_marked() -> None:
    phone = of("hash", personal="phone")
    assert clean(phone, "8f14e45fceea167a", "+86 138-0013-8000", extra="clear") == [
        ("8f14e45fceea167a", None, False), ("13800138000", None, True),
    ]  # fmt: skip  # one list


@pytest.mark.parametrize(
    "cell",
    ["13800138000", "'13800138000", "13800138000.0", "138 0013 8000", "+86-13800138000", "008613800138000",
     "８６13800138000", '"13800138000"', "‘13800138000’", "(138)00138000", "138.0013.8000"],
)  # fmt: skip  # one list
def test_one_phone_is_one_clear_number_however_it_is_typed(cell: str) -> None:
    phone = of("hash", personal="phone")
    assert clean(phone, cell, extra="clear") == [("13800138000", None, True)]


@pytest.mark.parametrize(
    "cell",
    ["13800138000/13900139000", "0571-88888888转12", "'6222021234567890123", "8812345", "无人",
     "6222-0212-3456-7890-123", "ICBC6222021234567890123", ONE, "11010519491231002X", "a1b2", "12" * 20],
)  # fmt: skip  # one list
def test_what_is_no_hash_is_hashed_here(cell: str) -> None:
    ((_, reason, clear),) = clean(of("hash", personal="account"), cell, extra="clear")
    assert (reason, clear) == (None, True)


@pytest.mark.parametrize(
    "cell", ["a" * 64, "8f14e45fceea167a", "0123456789abcdef" * 2, "MFRGGZDFMZTWQ2LK", "1" * 31 + "a",
             "n4bQgYhMfWWaL+qgxVrQ"[:13] + "9pR2", "MFRGGZDFMZTWQ2LKNM======"]
)  # fmt: skip  # one list
def test_a_hash_of_the_exchange_stays_as_sent(cell: str) -> None:
    hashed = of("hash", personal="account")
    assert clean(hashed, cell, f"'{cell}", extra="clear") == [(cell, None, False)] * 2


@pytest.mark.parametrize("cell", ["1.38E+10", "6.22202E+18", "1E+10", "1.3e10"])
@pytest.mark.parametrize("kind", ["phone", "account"])
def test_a_number_that_lost_its_digits_is_no_hash(cell: str, kind: Any) -> None:  # noqa: ANN401 - a word of personal
    told = clean(of("hash", personal=kind), cell, f"'{cell}", extra="clear")
    assert [(value, reason) for value, reason, _ in told] == [(None, "id.scientific")] * 2


def test_a_hash_that_happens_to_read_as_a_great_number_stays() -> None:
    cell = "1E" + "2345678901" * 3
    assert clean(of("hash", personal="phone"), cell) == [(cell, None)]


def test_an_empty_hash_is_none() -> None:
    empty = clean(of("hash", personal="phone"), "", None, "-", "无", "'", "( )", extra="clear")
    assert [row[0] for row in empty] == [None] * 6


def test_names_lose_blanks_and_dots_of_other_kinds() -> None:
    name = of("str", personal="name")
    assert [r[0] for r in clean(name, "王 明", "阿依•古丽", "阿依．古丽", "无")] == [
        "王明",
        "阿依·古丽",
        "阿依·古丽",
        "无",
    ]


@pytest.mark.parametrize(
    ("kind", "cell", "value", "why"),
    [
        ("str", number(2), None, "id.misplaced"),
        ("str", number(2)[:17] + "*", number(2)[:17] + "*", None),  # a wrong check digit: no number
        ("str", "13800138000", "13800138000", None),
        ("enum", "13800138000", None, "enum.unknown"),
        ("enum", "6222020200112233445", None, "enum.unknown"),
        ("enum", "1380013800", "1380013800", None),
        ("enum", "农村", "农村", None),
    ],
)
def test_a_number_of_a_person_is_no_text(
    kind: str, cell: str, value: str | None, why: str | None
) -> None:
    assert clean(of(kind), cell)[0][:2] == (value, why)

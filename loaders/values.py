"""Cleaning rules of contract.md §3 as DuckDB expressions: a value, or a reason why not.

Each rule works in steps, so that a macro is never pasted into another many times over: ``t`` is the
tidy text of a cell, ``p`` what a rule prepares from it, ``v`` the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from doudi.loaders.source import Column

MACROS = r"""
CREATE OR REPLACE MACRO tidy(x) AS trim(regexp_replace(translate(x,
    '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺｘ（）．，：－／　＋＊％',
    '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZx().,:-/ +*%'), '[\x{200B}-\x{200F}\x{FEFF}\x{2060}]', '', 'g'));
CREATE OR REPLACE MACRO filled(x) AS CASE WHEN x IN
    ('', 'NULL', 'null', '-', '/', '无', 'N/A') THEN NULL ELSE x END;
CREATE OR REPLACE MACRO place(x, i) AS ascii(substr(x, i, 1)) - 48;
CREATE OR REPLACE MACRO check_digit(x) AS substr('10X98765432', CAST(
    (7 * place(x, 1) + 9 * place(x, 2) + 10 * place(x, 3) + 5 * place(x, 4) + 8 * place(x, 5) +
     4 * place(x, 6) + 2 * place(x, 7) + place(x, 8) + 6 * place(x, 9) + 3 * place(x, 10) +
     7 * place(x, 11) + 9 * place(x, 12) + 10 * place(x, 13) + 5 * place(x, 14) +
     8 * place(x, 15) + 4 * place(x, 16) + 2 * place(x, 17)) % 11 AS INTEGER) + 1, 1);
CREATE OR REPLACE MACRO born(x) AS
    TRY_CAST(substr(x, 7, 4) || '-' || substr(x, 11, 2) || '-' || substr(x, 13, 2) AS DATE);
CREATE OR REPLACE MACRO longer(x) AS CASE WHEN regexp_full_match(x, '[1-9]\d{14}')
    THEN substr(x, 1, 6) || '19' || substr(x, 7, 9) ELSE x END;
CREATE OR REPLACE MACRO digits(x) AS longer(upper(regexp_replace(x, '[\s''’‘`"]', '', 'g')));
CREATE OR REPLACE MACRO person_number(x) AS CASE
    WHEN born(x) IS NULL THEN NULL
    WHEN regexp_full_match(x, '[1-9]\d{16}') THEN x || check_digit(x)
    WHEN regexp_full_match(x, '[1-9]\d{16}[\dX]') AND check_digit(x) = substr(x, 18, 1) THEN x END;
CREATE OR REPLACE MACRO uscc_check(x) AS substr('0123456789ABCDEFGHJKLMNPQRTUWXY', CAST((31 - list_sum(
    list_transform(range(1, 18), i ->
        (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(x, CAST(i AS INTEGER), 1)) - 1) *
        [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28][i])) % 31) % 31 AS INTEGER) + 1, 1);
CREATE OR REPLACE MACRO company_number(x) AS CASE
    WHEN regexp_full_match(x, '[0-9A-HJ-NPQRTUWXY]{18}') AND uscc_check(x) = substr(x, 18, 1) THEN x
    WHEN regexp_full_match(x, '\d{15}') THEN x END;
CREATE OR REPLACE MACRO day_text(x) AS regexp_replace(regexp_replace(regexp_replace(filled(x),
    '[T ]\d{1,2}:.*$', ''), '[年月/.]', '-', 'g'), '日$', '');
CREATE OR REPLACE MACRO is_open(x) AS coalesce(x, '') IN ('长期', '长期有效', '9999-12-31', '99991231');
CREATE OR REPLACE MACRO ymd(y, m, d) AS TRY_CAST(y || '-' || lpad(m, 2, '0') || '-' || lpad(d, 2, '0') AS DATE);
CREATE OR REPLACE MACRO day_of(x) AS CASE
    WHEN is_open(x) THEN NULL
    WHEN regexp_full_match(x, '\d{8}') THEN ymd(substr(x, 1, 4), substr(x, 5, 2), substr(x, 7, 2))
    WHEN regexp_full_match(x, '[2-5]\d{4}') THEN DATE '1899-12-30' + CAST(x AS INTEGER)
    WHEN regexp_full_match(x, '\d{4}-\d{1,2}-\d{1,2}')
        THEN ymd(split_part(x, '-', 1), split_part(x, '-', 2), split_part(x, '-', 3))
    WHEN regexp_full_match(x, '\d{4}-\d{1,2}-\d{1,2} .*') THEN TRY_CAST(substr(x, 1, 10) AS DATE) END;
CREATE OR REPLACE MACRO month_of(x) AS CASE
    WHEN regexp_full_match(x, '\d{6}') THEN ymd(substr(x, 1, 4), substr(x, 5, 2), '1')
    WHEN regexp_full_match(x, '\d{4}-\d{1,2}-?')
        THEN ymd(split_part(x, '-', 1), split_part(x, '-', 2), '1')
    ELSE CAST(date_trunc('month', day_of(x)) AS DATE) END;
CREATE OR REPLACE MACRO as_month(x) AS month_of(x);
CREATE OR REPLACE MACRO as_day(x) AS day_of(x);
CREATE OR REPLACE MACRO amount_text(x) AS regexp_replace(regexp_replace(filled(x),
    '[,\s￥¥]|万?元$|%$', '', 'g'), '^\((.*)\)$', '-\1');
CREATE OR REPLACE MACRO name_of(x) AS regexp_replace(regexp_replace(x, '[·•．.]', '·', 'g'), '\s', '', 'g');
CREATE OR REPLACE MACRO month_after(d) AS CAST(d + INTERVAL 1 MONTH AS DATE);
CREATE OR REPLACE MACRO day_after(d) AS CAST(d + INTERVAL 1 DAY AS DATE);
CREATE OR REPLACE MACRO months_on(d, n) AS CAST(d + to_months(CAST(n AS INTEGER)) AS DATE);
CREATE OR REPLACE MACRO as_ratio(x) AS CASE WHEN x > 1 THEN x / 100.0 ELSE x END;
"""
"""DuckDB macros; the last four are for the expressions of sources."""

ENDS = ("_to", "_end", "end", "valid_to", "review_due", "cancel_date", "removed_date")
"""Endings of columns that may lie in the future: ends, expiries, due dates."""


@dataclass(frozen=True)
class Rule:
    """Expressions of one column: what is prepared from ``t``, value of ``p``, reason from all."""

    prepare: str
    value: str
    reason: str


def rule(column: Column, unit: str, as_known: str) -> Rule:
    """The rule for a column.

    Args:
        column: The column.
        unit: Unit in force: the header's, else the declared one.
        as_known: The delivery's day, as an SQL literal.
    """
    return _RULES[column.type](column, unit, as_known)


def _text(column: Column, unit: str, as_known: str) -> Rule:
    del unit, as_known
    return Rule("name_of(filled(t))" if column.personal == "name" else "filled(t)", "p", "NULL")


_BAD_PERSON = (
    "CASE WHEN v IS NOT NULL THEN NULL WHEN filled(t) IS NULL OR t IN ('不详', '未知') "
    "OR regexp_full_match(p, '0+|1{15,18}') THEN 'id.missing' "
    "WHEN regexp_full_match(p, '\\d(\\.\\d+)?E\\+?\\d+') THEN 'id.scientific' "
    "WHEN regexp_full_match(p, '[\\dX]{15}|[\\dX]{17,18}') THEN 'id.checksum' ELSE 'id.text' END"
)


def _person(column: Column, unit: str, as_known: str) -> Rule:
    del column, unit, as_known
    return Rule("digits(t)", "person_number(p)", _BAD_PERSON)


def _holder(column: Column, unit: str, as_known: str) -> Rule:
    del column, unit, as_known
    return Rule("digits(t)", "coalesce(person_number(p), company_number(p))", _BAD_PERSON)


def _company(column: Column, unit: str, as_known: str) -> Rule:
    del column, unit, as_known
    prepare = "upper(regexp_replace(filled(t), '[\\s''’‘`\"]', '', 'g'))"
    return Rule(
        prepare, "company_number(p)", "CASE WHEN p IS NOT NULL AND v IS NULL THEN 'uscc.checksum' END"
    )


def _date(column: Column, unit: str, as_known: str) -> Rule:
    del unit
    later = column.name.endswith(ENDS) or column.name in ENDS
    late = "" if later else f" WHEN day_of(p) > {as_known} THEN 'date.future'"
    bad = "v IS NULL AND p IS NOT NULL AND NOT is_open(p) AND NOT is_open(t)"
    value = "day_of(p)" if later else f"CASE WHEN day_of(p) <= {as_known} THEN day_of(p) END"
    value = f"CASE WHEN {value} >= DATE '1900-01-02' THEN {value} END"
    reason = f"CASE WHEN {bad} THEN CASE WHEN day_of(p) < DATE '1900-01-02' THEN 'date.impossible'{late} ELSE 'date.impossible' END END"
    return Rule("day_text(t)", value, reason)


def _moment(column: Column, unit: str, as_known: str) -> Rule:
    """A moment, kept as text; its day is read where it is needed."""
    day = _date(column, unit, as_known)
    return Rule("day_text(t)", "CASE WHEN day_of(p) IS NOT NULL THEN replace(t, '/', '-') END", day.reason)


def _month(column: Column, unit: str, as_known: str) -> Rule:
    del column, unit, as_known
    bad = "v IS NULL AND p IS NOT NULL AND NOT is_open(p)"
    return Rule("day_text(t)", "month_of(p)", f"CASE WHEN {bad} THEN 'month.impossible' END")


_NUMBER = "TRY_CAST(p AS DECIMAL(18, 4)) * CASE WHEN t LIKE '%万元' THEN 10000 ELSE 1 END"
_BAD_NUMBER = "CASE WHEN p IS NOT NULL AND v IS NULL THEN 'number.text' END"


def _number(column: Column, unit: str, as_known: str) -> Rule:
    del column, as_known
    factor = " * CASE WHEN t LIKE '%万元' THEN 1 ELSE 10000 END" if unit == "万元" else ""
    return Rule("amount_text(t)", f"CAST({_NUMBER}{factor} AS DOUBLE)", _BAD_NUMBER)


def _whole(column: Column, unit: str, as_known: str) -> Rule:
    del column, unit, as_known
    number = "TRY_CAST(p AS DECIMAL(18, 4))"
    whole = f"CASE WHEN {number} = floor({number}) THEN CAST(floor({number}) AS BIGINT) END"
    return Rule("amount_text(t)", whole, _BAD_NUMBER)


def _flag(column: Column, unit: str, as_known: str) -> Rule:
    del column, unit, as_known
    value = (
        "CASE WHEN p IN ('true', '1', '是', '有', 'y', 'yes', '1.0') THEN true "
        "WHEN p IN ('false', '0', '否', '无', 'n', 'no', '0.0') THEN false END"
    )
    bad = "filled(t) IS NOT NULL AND v IS NULL"
    return Rule("lower(t)", value, f"CASE WHEN {bad} THEN 'bool.unknown' END")


def _enum(column: Column, unit: str, as_known: str) -> Rule:
    del unit, as_known
    if not column.values:
        return Rule("filled(t)", "p", "NULL")
    spellings = {**{value: value for value in column.values}, **column.synonyms}
    cases = "".join(f" WHEN {literal(a)} THEN {literal(b)}" for a, b in spellings.items())
    bad = "p IS NOT NULL AND v IS NULL"
    return Rule("filled(t)", f"CASE p{cases} END", f"CASE WHEN {bad} THEN 'enum.unknown' END")


_PARTS = "CASE WHEN p IS NULL THEN [] ELSE list_filter(regexp_split_to_array(p, '[;；、,，\\s]+'), x -> x <> '') END"


def _list(column: Column, unit: str, as_known: str) -> Rule:
    del column, unit, as_known
    return Rule("regexp_replace(filled(t), '[\\[\\]\"]', '', 'g')", _PARTS, "NULL")


def _people(column: Column, unit: str, as_known: str) -> Rule:
    """Numbers of several people; unreadable parts are left out and said."""
    base = _list(column, unit, as_known)
    numbers = f"list_transform(list_transform({_PARTS}, x -> digits(x)), x -> person_number(x))"
    good = f"list_filter({numbers}, x -> x IS NOT NULL)"
    bad = f"p IS NOT NULL AND len(v) < len({_PARTS})"
    return Rule(base.prepare, good, f"CASE WHEN {bad} THEN 'id.checksum' END")


_RULES: dict[str, Callable[[Column, str, str], Rule]] = {
    "str": _text,
    "hash": _text,
    "id18": _person,
    "id18_or_uscc": _holder,
    "uscc": _company,
    "date": _date,
    "datetime": _moment,
    "yyyymm": _month,
    "decimal": _number,
    "int": _whole,
    "bool": _flag,
    "enum": _enum,
    "list": _list,
    "list[id18]": _people,
}


def literal(text: str) -> str:
    """A text as an SQL literal.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"

"""Cleaning rules of contract.md §3 as DuckDB expressions: a value, or a reason why not.

Each rule is three steps, each of which sees the one before: a prepared text, a value, a reason.
Steps, because a macro is pasted where it stands, and a date that is read in five spellings inside
one expression would be pasted a hundred times. SQL text rather than Ibis, because the rules are
regular expressions and check digits put together from declarations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doudi.loaders.source import Column

MACROS = r"""
CREATE OR REPLACE MACRO tidy(x) AS trim(regexp_replace(translate(x,
    '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺｘ（）．，：－／　＋＊',
    '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZx().,:-/ +*'), '[\x{200B}-\x{200F}\x{FEFF}\x{2060}]', '', 'g'));
CREATE OR REPLACE MACRO filled(t) AS CASE WHEN t IN
    ('', 'NULL', 'null', '-', '/', '无', 'N/A', 'n/a', '—') THEN NULL ELSE t END;
CREATE OR REPLACE MACRO digits(t) AS upper(regexp_replace(t, '[\s''’‘`"]', '', 'g'));
CREATE OR REPLACE MACRO day_text(t) AS regexp_replace(regexp_replace(
    regexp_replace(t, '[T ]\d{1,2}:.*$', ''), '[年月/.]', '-', 'g'), '日$', '');
CREATE OR REPLACE MACRO amount_text(t) AS regexp_replace(regexp_replace(t,
    '[,\s￥¥]|万?元$|%$', '', 'g'), '^\((.*)\)$', '-\1');
CREATE OR REPLACE MACRO name_text(t) AS
    regexp_replace(regexp_replace(t, '[·•．.]', '·', 'g'), '\s', '', 'g');
CREATE OR REPLACE MACRO born(n) AS
    TRY_CAST(substr(n, 7, 4) || '-' || substr(n, 11, 2) || '-' || substr(n, 13, 2) AS DATE);
CREATE OR REPLACE MACRO place(n, i) AS ascii(substr(n, i, 1)) - 48;
CREATE OR REPLACE MACRO check_digit(n) AS substr('10X98765432', CAST((
    7 * place(n, 1) + 9 * place(n, 2) + 10 * place(n, 3) + 5 * place(n, 4) + 8 * place(n, 5) +
    4 * place(n, 6) + 2 * place(n, 7) + place(n, 8) + 6 * place(n, 9) + 3 * place(n, 10) +
    7 * place(n, 11) + 9 * place(n, 12) + 10 * place(n, 13) + 5 * place(n, 14) +
    8 * place(n, 15) + 4 * place(n, 16) + 2 * place(n, 17)) % 11 AS INTEGER) + 1, 1);
CREATE OR REPLACE MACRO longer(d) AS CASE WHEN regexp_full_match(d, '[1-9]\d{14}')
    THEN substr(d, 1, 6) || '19' || substr(d, 7, 9) ELSE d END;
CREATE OR REPLACE MACRO whole_number(l) AS CASE WHEN length(l) = 17 THEN l || check_digit(l) ELSE l END;
CREATE OR REPLACE MACRO person_number(w) AS CASE
    WHEN regexp_full_match(w, '[1-9]\d{16}[\dX]') AND born(w) IS NOT NULL
         AND check_digit(w) = substr(w, 18, 1) THEN w END;
CREATE OR REPLACE MACRO person_reason(t, d) AS CASE
    WHEN filled(t) IS NULL OR t IN ('不详', '未知') OR regexp_full_match(d, '0+|1{15,18}')
        THEN 'id.missing'
    WHEN regexp_full_match(d, '\d(\.\d+)?E\+?\d+') THEN 'id.scientific'
    WHEN regexp_full_match(d, '[\dX]{15}|[\dX]{18}') THEN 'id.checksum'
    ELSE 'id.text' END;
CREATE OR REPLACE MACRO uscc_place(c) AS strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', c) - 1;
CREATE OR REPLACE MACRO uscc_check(x) AS substr('0123456789ABCDEFGHJKLMNPQRTUWXY', CAST((31 -
    list_sum(list_transform(range(1, 18), i -> uscc_place(substr(x, CAST(i AS INTEGER), 1)) *
        [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28][i])) % 31) % 31
    AS INTEGER) + 1, 1);
CREATE OR REPLACE MACRO company_number(d) AS CASE
    WHEN regexp_full_match(d, '[0-9A-HJ-NPQRTUWXY]{18}') AND uscc_check(d) = substr(d, 18, 1) THEN d
    WHEN regexp_full_match(d, '\d{15}') THEN d END;
CREATE OR REPLACE MACRO is_open(t) AS t IN ('长期', '长期有效', '9999-12-31', '99991231');
CREATE OR REPLACE MACRO ymd(y, m, d) AS TRY_CAST(y || '-' || lpad(m, 2, '0') || '-' || lpad(d, 2, '0') AS DATE);
CREATE OR REPLACE MACRO as_day(p) AS CASE
    WHEN regexp_full_match(p, '\d{8}') THEN ymd(substr(p, 1, 4), substr(p, 5, 2), substr(p, 7, 2))
    WHEN regexp_full_match(p, '[2-5]\d{4}') THEN DATE '1899-12-30' + CAST(p AS INTEGER)
    WHEN regexp_full_match(p, '\d{4}-\d{1,2}-\d{1,2}')
        THEN ymd(split_part(p, '-', 1), split_part(p, '-', 2), split_part(p, '-', 3)) END;
CREATE OR REPLACE MACRO as_month(p) AS CASE
    WHEN regexp_full_match(p, '\d{6}') THEN ymd(substr(p, 1, 4), substr(p, 5, 2), '1')
    WHEN regexp_full_match(p, '\d{4}-\d{1,2}-?')
        THEN ymd(split_part(p, '-', 1), split_part(p, '-', 2), '1')
    ELSE CAST(date_trunc('month', as_day(p)) AS DATE) END;
CREATE OR REPLACE MACRO day_of(t) AS as_day(day_text(t));
CREATE OR REPLACE MACRO month_of(t) AS as_month(day_text(t));
CREATE OR REPLACE MACRO as_flag(t) AS CASE
    WHEN lower(t) IN ('true', '1', '是', '有', 'y', 'yes', '1.0') THEN true
    WHEN lower(t) IN ('false', '0', '否', '无', 'n', 'no', '0.0') THEN false END;
CREATE OR REPLACE MACRO parts_of(t) AS CASE WHEN filled(t) IS NULL THEN [] ELSE list_filter(
    regexp_split_to_array(regexp_replace(t, '[\[\]"]', '', 'g'), '[;；、,，\s]+'), p -> p <> '') END;
CREATE OR REPLACE MACRO part_number(p) AS person_number(whole_number(longer(digits(p))));
CREATE OR REPLACE MACRO month_after(d) AS CAST(d + INTERVAL 1 MONTH AS DATE);
CREATE OR REPLACE MACRO day_after(d) AS CAST(d + INTERVAL 1 DAY AS DATE);
CREATE OR REPLACE MACRO months_on(d, n) AS CAST(d + to_months(CAST(n AS INTEGER)) AS DATE);
CREATE OR REPLACE MACRO as_ratio(v) AS CASE WHEN v > 1 THEN v / 100.0 ELSE v END;
"""
"""DuckDB macros, written on prepared texts. The last six, ``day_of`` and ``month_of`` among them, are
for the expressions of sources."""

ENDS = ("_to", "_end", "end", "valid_to", "review_due", "cancel_date", "removed_date")
"""Endings of columns that may lie in the future: ends, expiries, due dates."""


@dataclass(frozen=True)
class Rule:
    """How one column is cleaned.

    Attributes:
        prepare: From the tidy text ``t`` a prepared text ``p``.
        value: From ``t`` and ``p`` the value ``v``.
        reason: From ``t``, ``p`` and ``v`` why it is unknown, or NULL.
    """

    prepare: str
    value: str
    reason: str


def rule(column: Column, unit: str, as_known: str) -> Rule:
    """The rule of a column.

    Args:
        column: The column.
        unit: Unit in force: the header's, else the declared one.
        as_known: The delivery's day, as an SQL literal.
    """
    if column.type in ("date", "datetime"):
        return _date(column, as_known)
    if column.type in ("decimal", "int"):
        return _number(column, unit)
    if column.type in ("enum", "str", "hash"):
        return _text(column)
    return _RULES[column.type]


def _date(column: Column, as_known: str) -> Rule:
    may_come = column.name.endswith(ENDS)
    late = "NULL" if may_come else f"CASE WHEN as_day(p) > {as_known} THEN 'date.future' END"
    bad = f"{_SAID} AND NOT is_open(t) AND (as_day(p) IS NULL OR as_day(p) < DATE '1900-01-02')"
    reason = f"CASE WHEN {bad} THEN 'date.impossible' ELSE {late} END"
    kept = "t" if column.type == "datetime" else "as_day(p)"
    value = f"CASE WHEN ({reason}) IS NULL AND NOT is_open(t) THEN {kept} END"
    return Rule("day_text(t)", value, reason)


def _number(column: Column, unit: str) -> Rule:
    number = "TRY_CAST(p AS DECIMAL(18, 4))"
    reason = f"CASE WHEN {_SAID} AND v IS NULL THEN 'number.text' END"
    if column.type == "int":
        whole = f"CASE WHEN {number} = floor({number}) THEN CAST(floor({number}) AS BIGINT) END"
        return Rule("amount_text(t)", whole, reason)
    other = "10000" if unit == "万元" else "1"
    factor = f"CASE WHEN t LIKE '%万元' THEN 10000 ELSE {other} END"
    return Rule("amount_text(t)", f"CAST({number} * {factor} AS DOUBLE)", reason)


def _text(column: Column) -> Rule:
    if column.personal == "name":
        return Rule("t", "name_text(filled(t))", "NULL")
    if column.type != "enum" or not column.values:
        return Rule("t", "filled(t)", "NULL")
    mapped = "".join(f" WHEN {literal(a)} THEN {literal(b)}" for a, b in column.synonyms.items())
    known = "".join(f" WHEN {literal(v)} THEN {literal(v)}" for v in column.values)
    reason = f"CASE WHEN {_SAID} AND v IS NULL THEN 'enum.unknown' END"
    return Rule("t", f"CASE t{known}{mapped} END", reason)


_SAID = "filled(t) IS NOT NULL"
_NUMBER = "whole_number(longer(digits(t)))"
_NO_NUMBER = "CASE WHEN v IS NULL THEN person_reason(t, digits(t)) END"
_RULES: dict[str, Rule] = {
    "id18": Rule(_NUMBER, "person_number(p)", _NO_NUMBER),
    "id18_or_uscc": Rule(
        _NUMBER, "coalesce(company_number(digits(t)), person_number(p))", _NO_NUMBER
    ),
    "uscc": Rule(
        "digits(t)",
        "company_number(p)",
        f"CASE WHEN {_SAID} AND v IS NULL THEN 'uscc.checksum' END",
    ),
    "yyyymm": Rule(
        "day_text(t)",
        "as_month(p)",
        f"CASE WHEN {_SAID} AND NOT is_open(t) AND v IS NULL THEN 'month.impossible' END",
    ),
    "bool": Rule("t", "as_flag(t)", f"CASE WHEN {_SAID} AND v IS NULL THEN 'bool.unknown' END"),
    "list": Rule("t", "parts_of(t)", "NULL"),
    "list[id18]": Rule(
        "t",
        "list_filter(list_transform(parts_of(t), q -> part_number(q)), q -> q IS NOT NULL)",
        "CASE WHEN len(v) < len(parts_of(t)) THEN 'id.checksum' END",
    ),
}


def literal(text: str) -> str:
    """A text as an SQL literal.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"

"""Cleaning rules of contract.md §3: for one cell, a typed value, or a reason why there is none.

A rule is a few steps of DuckDB expressions, each using the columns of the step before. Steps,
because a macro is pasted where it stands: one expression that parses a date in five spellings
would be pasted a hundred times over. SQL text rather than Ibis, because the rules are text rules
(regular expressions, check digits) that are put together from declarations.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from doudi.loaders.source import Column

SQL_TYPES = {
    "date": "DATE", "yyyymm": "DATE", "datetime": "TIMESTAMP", "decimal": "DOUBLE",
    "ratio": "DOUBLE", "int": "BIGINT", "bool": "BOOLEAN", "list": "VARCHAR[]",
    "list[id18]": "VARCHAR[]",
}  # fmt: skip
"""DuckDB types of cleaned columns; text for the others."""

UNITS = {"万元": 10_000, "万": 10_000, "千元": 1_000, "百万元": 1_000_000, "亿元": 100_000_000}
"""Units of money that are converted to yuan; 分 is a hundredth of one."""

LARGEST = 10**12
"""No amount of a county has thirteen digits: beyond it a number is out of range."""


@dataclass(frozen=True)
class Cell:
    """A column of one file, and what its rule needs to know.

    Attributes:
        column: The declared column.
        raw: Expression of the text as sent; ``NULL`` where the file lacks the column.
        unit: Unit in force: the header's, else the declared one.
        as_known: Day of the delivery.
        embedding: Expression of the text of the column that holds this number too.
        weight: Expression of the number of rows that hold the text.
    """

    column: Column
    raw: str
    unit: str
    as_known: date
    embedding: str = ""
    weight: str = "1"

    def at(self, step: str) -> str:
        """The name of an intermediate column."""
        return f'"{self.column.name}~{step}"'


@dataclass(frozen=True)
class Rule:
    """How a cell is cleaned.

    Attributes:
        steps: For each step, names and expressions of its columns.
        value: The typed value; NULL when unknown.
        why: The reason; NULL when there is nothing to say.
        extras: Further columns by suffix, such as ``__grade``.
    """

    steps: tuple[dict[str, str], ...]
    value: str
    why: str
    extras: dict[str, str] = field(default_factory=dict)


def rule(cell: Cell) -> Rule:
    """The rule for a cell by its column's type."""
    return _RULES[cell.column.type](cell)


def literal(text: str) -> str:
    """A text as an SQL literal.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def _text(cell: Cell) -> Rule:
    t = cell.at("t")
    if cell.column.personal == "name":
        tidy = {
            t: f"regexp_replace(regexp_replace(tidy({cell.raw}), '[·•．.・]', '·', 'g'), '\\s', '', 'g')"
        }
        empty = "('', 'NULL', 'null', '-', '/', 'N/A')"
        return Rule(
            (tidy,),
            f"CASE WHEN {t} NOT IN {empty} AND {t} NOT IN {TOTALS} THEN {t} END",
            "NULL",
            _classes(cell),
        )
    value = f"told({t})"
    if cell.column.role == "key":  # a row of totals has no key of its own
        value = f"CASE WHEN regexp_replace({t}, '\\s', '', 'g') NOT IN {TOTALS} THEN {value} END"
    return Rule(({t: f"tidy({cell.raw})"},), value, "NULL", _classes(cell))


TOTALS = "('合计', '总计', '小计', '共计', '本页合计', '本页小计')"
"""What stands where a key or a name would be in a row that sums the others."""


def _classes(cell: Cell) -> dict[str, str]:
    """The class that a pattern of the clear text gives."""
    if not cell.column.classes:
        return {}
    cases = " ".join(
        f"WHEN regexp_matches({cell.at('t')}, {literal(pattern)}) THEN {literal(name)}"
        for name, pattern in cell.column.classes.items()
    )
    return {"class": f"CASE {cases} END"}


def person_steps(cell: Cell) -> tuple[dict[str, str], ...]:
    """Steps to the first 17 digits (``b``), their check digit (``c``) and birth date (``y``)."""
    t, e, d, b, c, y = (cell.at(s) for s in "tedbcy")
    first = {t: f"tidy({cell.raw})", e: "false"}
    if cell.embedding:
        empty = f"coalesce(told(tidy({cell.raw})), '') = ''"
        inside = f"regexp_extract(tidy({cell.embedding}), '[1-9]\\d{{16}}[\\dXx]')"
        first = {t: f"CASE WHEN {empty} THEN {inside} ELSE tidy({cell.raw}) END", e: empty}
    return (
        first,
        {d: f"upper(regexp_replace({t}, '[\\s''’‘`\"]', '', 'g'))"},
        {b: f"CASE WHEN regexp_full_match({d}, '[1-9]\\d{{16}}[\\dX]') THEN substr({d}, 1, 17) "
            f"WHEN regexp_full_match({d}, '[1-9]\\d{{14}}') "
            f"THEN substr({d}, 1, 6) || '19' || substr({d}, 7, 9) END"},
        {c: f"check_digit({b})", y: f"ymd(substr({b}, 7, 4), substr({b}, 11, 2), substr({b}, 13, 2))"},
    )  # fmt: skip  # one expression a line


def _person(cell: Cell) -> Rule:
    t, e, d, b, c, y, v = (cell.at(s) for s in "tedbcyv")
    born = f"{y} BETWEEN DATE '1850-01-01' AND {_day(cell.as_known)}"
    number = {
        v: f"CASE WHEN {born} AND (length({d}) = 15 OR substr({d}, 18, 1) = {c}) THEN {b} || {c} END"
    }
    fix = f"CASE WHEN {v} IS NULL AND {born} AND length({d}) = 18 THEN {b} || {c} END"
    optional = cell.column.role in ("plain", "added")
    empty = f"WHEN told({t}) IS NULL THEN NULL" if optional else ""
    return Rule(
        (*person_steps(cell), number),
        v,
        f"CASE WHEN {v} IS NOT NULL THEN NULL {empty} {_bad_person(t, d)} END",
        {
            "grade": f"CASE WHEN {v} IS NULL THEN NULL WHEN {e} THEN 'certificate' "
            f"WHEN {cell.raw} = {v} THEN 'exact' ELSE 'repaired' END",
            "birth": f"CASE WHEN {v} IS NOT NULL THEN {y} END",
            "sex": f"CASE WHEN {v} IS NULL THEN NULL WHEN substr({v}, 17, 1) IN "
            "('1', '3', '5', '7', '9') THEN '男' ELSE '女' END",
            "fix": fix,
        },
    )


def _bad_person(t: str, d: str) -> str:
    return (
        f"WHEN told({t}) IS NULL OR {t} IN ('不详', '未知') OR regexp_full_match({d}, '0+|1{{15,18}}') "
        f"THEN 'id.missing' WHEN regexp_full_match({d}, '\\d(\\.\\d+)?E\\+?\\d+') THEN 'id.scientific' "
        f"WHEN regexp_full_match({d}, '\\d{{15}}|\\d{{17}}[\\dX]') THEN 'id.checksum' ELSE 'id.text'"
    )


def _company_steps(cell: Cell, digits: str) -> dict[str, str]:
    return {
        cell.at("u"): f"CASE WHEN regexp_full_match({digits}, '[0-9A-HJ-NPQRTUWXY]{{18}}') "
        f"AND uscc_check({digits}) = substr({digits}, 18, 1) THEN {digits} "
        f"WHEN regexp_full_match({digits}, '\\d{{15}}') THEN {digits} END"
    }


def _company(cell: Cell) -> Rule:
    t, d, u = (cell.at(s) for s in "tdu")
    steps = (
        {t: f"tidy({cell.raw})"},
        {d: f"upper(regexp_replace(told({t}), '[\\s''’‘`\"]', '', 'g'))"},
        _company_steps(cell, d),
    )
    grade = f"CASE WHEN {u} IS NOT NULL THEN CASE WHEN {cell.raw} = {u} AND length({u}) = 18 THEN 'exact' ELSE 'repaired' END END"
    return Rule(
        steps, u, f"CASE WHEN {d} IS NOT NULL AND {u} IS NULL THEN 'uscc.checksum' END",
        {"grade": grade},
    )  # fmt: skip  # one call


def _holder(cell: Cell) -> Rule:
    """A person's number or a company's; 18 digits can be a company's too, the check tells."""
    person = _person(cell)
    steps = list(person.steps)
    steps[2] = {**steps[2], **_company_steps(cell, cell.at("d"))}
    v, u, d = cell.at("v"), cell.at("u"), cell.at("d")
    company = f"{v} IS NULL AND {u} IS NOT NULL AND length({d}) = 18"
    return Rule(
        tuple(steps),
        f"CASE WHEN {company} THEN {u} ELSE {v} END",
        f"CASE WHEN {company} THEN NULL ELSE ({person.why}) END",
        {
            **person.extras,
            "grade": f"CASE WHEN {company} THEN CASE WHEN {cell.raw} = {u} THEN 'exact' ELSE 'repaired' END "
            f"ELSE {person.extras['grade']} END",
            "kind": f"CASE WHEN {company} THEN 'company' WHEN {v} IS NOT NULL THEN 'person' END",
            "fix": f"CASE WHEN {company} THEN NULL ELSE ({person.extras['fix']}) END",
        },
    )


OPEN = "('长期', '长期有效', '9999-12-31', '99991231', '9999/12/31', '永久')"


def _day(day: date) -> str:
    return f"DATE '{day.isoformat()}'"


EPOCHS = {1900: "1899-12-30", 1904: "1904-01-01"}
"""Day nought of Excel's serial dates, by the year from which a workbook counts."""


def _day_steps(cell: Cell) -> tuple[dict[str, str], ...]:
    """Steps to a day: ISO, with strokes, dots or Chinese marks, eight digits, an Excel serial."""
    t, d, v = (cell.at(s) for s in "tdv")
    return (
        {t: f"tidy({cell.raw})"},
        {d: f"regexp_replace(regexp_replace(regexp_replace(told({t}), '[T ]\\d{{1,2}}[:时].*$|\\.0$', ''), "
            f"'\\s*[年月/.]\\s*', '-', 'g'), '日$', '')"},
        {v: f"CASE WHEN {t} IN {OPEN} THEN NULL "
            f"WHEN regexp_full_match({d}, '\\d{{4}}-\\d{{1,2}}-\\d{{1,2}}') THEN "
            f"ymd(split_part({d}, '-', 1), split_part({d}, '-', 2), split_part({d}, '-', 3)) "
            f"WHEN regexp_full_match({d}, '\\d{{8}}') THEN "
            f"ymd(substr({d}, 1, 4), substr({d}, 5, 2), substr({d}, 7, 2)) "
            f"WHEN regexp_full_match({d}, '[1-9]\\d{{4}}') THEN "
            f"DATE '{EPOCHS[cell.column.epoch]}' + CAST({d} AS INTEGER) END"},
    )  # fmt: skip  # one expression a line


def _date(cell: Cell) -> Rule:
    t, v = cell.at("t"), cell.at("v")
    late = "" if cell.column.future else f" WHEN {v} > {_day(cell.as_known)} THEN 'date.future'"
    why = (
        f"CASE WHEN told({t}) IS NULL OR {t} IN {OPEN} THEN NULL "
        f"WHEN {v} IS NULL OR {v} < DATE '1900-01-02' THEN 'date.impossible'{late} END"
    )
    return Rule(
        (*_day_steps(cell), {cell.at("w"): why}),
        f"CASE WHEN {cell.at('w')} IS NULL THEN {v} END",
        cell.at("w"),
    )


def _moment(cell: Cell) -> Rule:
    """A day with a time; midnight where the time is not told."""
    day = _date(cell)
    hour = f"regexp_extract({cell.at('t')}, '[T ](\\d{{1,2}}:\\d{{2}}(:\\d{{2}})?)', 1)"
    text = f"CAST({cell.at('v')} AS VARCHAR) || ' ' || regexp_replace({cell.at('h')}, '^(\\d):', '0\\1:')"
    steps = (
        day.steps[0],
        {**day.steps[1], cell.at("h"): f"coalesce(nullif({hour}, ''), '00:00')"},
        *day.steps[2:],
    )
    return Rule(
        steps, f"CASE WHEN {day.why} IS NULL THEN TRY_CAST({text} AS TIMESTAMP) END", day.why
    )


def _month(cell: Cell) -> Rule:
    t, d, v, m = (cell.at(s) for s in "tdvm")
    first = {
        m: f"CASE WHEN {t} IN {OPEN} THEN NULL WHEN regexp_full_match({d}, '\\d{{6}}') "
        f"THEN ymd(substr({d}, 1, 4), substr({d}, 5, 2), '1') "
        f"WHEN regexp_full_match({d}, '\\d{{4}}-\\d{{1,2}}-?') "
        f"THEN ymd(split_part({d}, '-', 1), split_part({d}, '-', 2), '1') ELSE month_of({v}) END"
    }
    known = f"{m} BETWEEN DATE '1900-02-01' AND DATE '2199-12-01'"
    why = f"CASE WHEN told({t}) IS NULL OR {t} IN {OPEN} OR {known} THEN NULL ELSE 'month.impossible' END"
    return Rule((*_day_steps(cell), first), f"CASE WHEN {known} THEN {m} END", why)


NUMERIC = r"'[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?'"


def _number_steps(cell: Cell) -> tuple[dict[str, str], ...]:
    t, d, v = (cell.at(s) for s in "tdv")
    bare = f"regexp_replace(told({t}), '[,\\s￥¥]|(百万|[千万亿])?元$|万$|%$', '', 'g')"
    return (
        {t: f"tidy({cell.raw})"},
        {d: f"CASE WHEN regexp_full_match({t}, '\\d+(\\.\\d+)?') THEN {t} "
            f"ELSE regexp_replace({bare}, '^\\((.*)\\)$', '-\\1') END"},
        {v: f"CASE WHEN regexp_full_match({d}, {NUMERIC}) "
            f"AND length({d}) < 40 THEN TRY_CAST({d} AS DECIMAL(24, 6)) END"},
    )  # fmt: skip  # one expression a line


def _number(cell: Cell) -> Rule:
    t, d, v, x = (cell.at(s) for s in "tdvx")
    column = {"分": "0.01"}.get(cell.unit, str(UNITS.get(cell.unit, 1)))
    cases = " ".join(
        f"WHEN {t} LIKE '%{u}' THEN {n}" for u, n in sorted(UNITS.items(), key=lambda i: -len(i[0]))
    )
    scaled = {x: f"CAST({v} AS DOUBLE) * CASE {cases} WHEN {t} LIKE '%元' THEN 1 ELSE {column} END"}
    low, high = cell.column.range or (-LARGEST, LARGEST)
    odd = f"NOT ({x} BETWEEN {low} AND {high})"
    why = (
        f"CASE WHEN told({t}) IS NULL THEN NULL WHEN {odd} THEN 'number.range' WHEN {v} IS NOT NULL THEN NULL "
        f"WHEN regexp_full_match({d}, {NUMERIC}) THEN 'number.range' ELSE 'number.text' END"
    )
    return Rule(
        (*_number_steps(cell), scaled),
        f"CASE WHEN {odd} THEN NULL ELSE round({x}, 6) END",
        why,
        {"sent": v},
    )


SHARE = "share"
"""Unit of a column that was looked through and is not in percent."""


def _signed(cell: Cell) -> str:
    return f"{cell.at('t')} LIKE '%\\%' ESCAPE '\\'"


def side_steps(cell: Cell) -> tuple[dict[str, str], ...]:
    """Steps to the side of one (``n``) on which a share without a sign of its own lies."""
    v = cell.at("v")
    mine = f"CASE WHEN NOT {_signed(cell)} AND {v} > 0 THEN sign({v} - 1) END"
    return (*_number_steps(cell), {cell.at("n"): mine})


def _ratio(cell: Cell) -> Rule:
    """A share from 0 to 1; percent by the header's unit, a sign in the cell, or the column's size.

    A column is in percent when more of its rows are over one than under it, and no fewer than are
    one: a single slip of 30 does not make hundredths of all others.
    """
    t, d, v, n, x = (cell.at(s) for s in "tdvnx")
    fraction = (
        f"CASE WHEN regexp_full_match({d}, '\\d{{1,6}}/[1-9]\\d{{0,5}}') THEN "
        f"CAST(split_part({d}, '/', 1) AS DOUBLE) / CAST(split_part({d}, '/', 2) AS DOUBLE)"
    )
    signed = _signed(cell)
    over, one, under = (
        f"coalesce(sum({cell.weight}) FILTER ({n} = {side}) OVER (), 0)" for side in (1, 0, -1)
    )
    most = f"{over} > {under} AND {over} >= {one}"
    whole = {"%": "true", "percent": "true", SHARE: "false"}.get(cell.unit, most)
    scaled = {
        x: f"{fraction} WHEN {signed} OR ({whole}) THEN CAST({v} AS DOUBLE) / 100 ELSE CAST({v} AS DOUBLE) END"
    }
    fits = f"{x} BETWEEN 0 AND 1.0001"
    why = (
        f"CASE WHEN told({t}) IS NULL OR {fits} THEN NULL WHEN {x} IS NULL THEN 'number.text' "
        "ELSE 'number.range' END"
    )
    return Rule(
        (*side_steps(cell), scaled), f"CASE WHEN {fits} THEN least({x}, 1) END", why, {"sent": v}
    )


def _whole(cell: Cell) -> Rule:
    t, v = cell.at("t"), cell.at("v")
    low, high = cell.column.range or (1 - LARGEST, LARGEST - 1)
    whole = f"{v} = floor({v}) AND {v} BETWEEN {low} AND {high}"
    why = (
        f"CASE WHEN told({t}) IS NULL THEN NULL WHEN {v} IS NULL OR {v} <> floor({v}) THEN 'number.text' "
        f"WHEN NOT ({whole}) THEN 'number.range' END"
    )
    return Rule(
        _number_steps(cell),
        f"CASE WHEN {whole} THEN CAST(floor({v}) AS BIGINT) END",
        why,
        {"sent": v},
    )


def _flag(cell: Cell) -> Rule:
    t, v = cell.at("t"), cell.at("v")
    value = (
        f"CASE WHEN {t} IN ('true', '1', '是', '有', 'y', 'yes', '1.0') THEN true "
        f"WHEN {t} IN ('false', '0', '否', '无', 'n', 'no', '0.0') THEN false END"
    )
    steps = ({t: f"lower(tidy({cell.raw}))"}, {v: value})
    return Rule(
        steps,
        v,
        f"CASE WHEN {t} NOT IN ('', 'null', '-', '/', 'n/a') AND {v} IS NULL THEN 'bool.unknown' END",
    )


def _enum(cell: Cell) -> Rule:
    t, v = cell.at("t"), cell.at("v")
    if not cell.column.values:
        return Rule(({t: f"trim({cell.raw})"},), f"told({t})", "NULL", _classes(cell))
    spellings = {**{value: value for value in cell.column.values}, **cell.column.synonyms}
    cases = " ".join(f"WHEN {literal(a)} THEN {literal(b)}" for a, b in spellings.items())
    steps = ({t: f"tidy({cell.raw})"}, {v: f"CASE {t} {cases} END"})
    return Rule(
        steps, v, f"CASE WHEN told({t}) IS NOT NULL AND {v} IS NULL THEN 'enum.unknown' END"
    )


def _list(cell: Cell) -> Rule:
    """Parts divided by any usual mark, or a JSON array; numbers of people are cleaned one by one."""
    t, d = cell.at("t"), cell.at("d")
    steps = (
        {t: f"tidy({cell.raw})"},
        {d: f"regexp_replace(coalesce(told({t}), ''), '[\\[\\]\"]', '', 'g')"},
    )
    return Rule(
        steps, f"list_filter(regexp_split_to_array({d}, '[;；、,，\\s]+'), p -> p <> '')", "NULL"
    )


HASH = "'[0-9A-Za-z]{16,}=*'"
"""What the exchange's hashes look like: hexadecimal, or letters and digits of base32 or base64."""

SCIENTIFIC = r"'\d(\.\d+)?[Ee]\+?\d+'"
"""What a spreadsheet makes of a long number."""

LONG_HASH = 32
"""Signs from which no number with a word before it is as long; digits in a row prove nothing there."""


def _hash(cell: Cell) -> Rule:
    """A hash as sent; anything else counts as a number in clear, to be hashed here.

    Numbers lose what spreadsheets and typists add, so that one phone gives one token. One that a
    spreadsheet made into ``1.38E+10`` has lost digits: many phones would share its token.
    """
    t, q, h, d, v, w = (cell.at(s) for s in "tqhdvw")
    looks = (
        f"regexp_full_match({q}, {HASH}) AND regexp_matches({q}, '[A-Za-z]') AND "
        f"(length({q}) >= {LONG_HASH} OR NOT regexp_matches({q}, '\\d{{11}}'))"
    )
    lost = f"NOT {w} AND coalesce(regexp_full_match({q}, {SCIENTIFIC}), false)"
    whole = f"regexp_full_match({cell.raw}, '[0-9A-Za-z]{{{LONG_HASH},}}') AND regexp_matches({cell.raw}, '[A-Za-z]')"
    bare = f"regexp_replace(regexp_replace({q}, '\\.0+$', ''), '[().–—-]', '', 'g')"
    steps = (
        {w: whole},  # most are whole as they stand, and need no more
        {t: f"CASE WHEN {w} THEN {cell.raw} ELSE tidy({cell.raw}) END"},
        {q: f"CASE WHEN {w} THEN {t} ELSE nullif(regexp_replace(told({t}), '[\\s''’‘`\"]', '', 'g'), '') END"},
        {h: f"CASE WHEN {w} THEN true ELSE {looks} END", d: f"CASE WHEN {w} THEN NULL ELSE {bare} END"},
        {v: f"CASE WHEN {h} THEN {q} WHEN {lost} THEN NULL ELSE nullif(regexp_replace({d}, '^(\\+|00)?86(1\\d{{10}})$', '\\2'), '') END"},
    )  # fmt: skip  # one expression a line
    why = f"CASE WHEN {lost} AND NOT {h} THEN 'id.scientific' END"
    return Rule(steps, v, why, {"clear": f"coalesce(NOT {h}, false)"})


_RULES: dict[str, Callable[[Cell], Rule]] = {
    "str": _text,
    "hash": _hash,
    "id18": _person,
    "id18_or_uscc": _holder,
    "uscc": _company,
    "date": _date,
    "datetime": _moment,
    "yyyymm": _month,
    "decimal": _number,
    "ratio": _ratio,
    "int": _whole,
    "bool": _flag,
    "enum": _enum,
    "list": _list,
    "list[id18]": _list,
}

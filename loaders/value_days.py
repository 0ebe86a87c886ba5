"""Cleaned days, times and months."""

from __future__ import annotations

from doudi.loaders.values import Cell, Rule, day_sql

OPEN = "('长期', '长期有效', '9999-12-31', '99991231', '9999/12/31', '永久')"


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


def day(cell: Cell) -> Rule:
    """A day; open ends are unknown days that nobody need explain."""
    t, v = cell.at("t"), cell.at("v")
    late = "" if cell.column.future else f" WHEN {v} > {day_sql(cell.as_known)} THEN 'date.future'"
    why = (
        f"CASE WHEN told({t}) IS NULL OR {t} IN {OPEN} THEN NULL "
        f"WHEN {v} IS NULL OR {v} < DATE '1900-01-02' THEN 'date.impossible'{late} END"
    )
    return Rule(
        (*_day_steps(cell), {cell.at("w"): why}),
        f"CASE WHEN {cell.at('w')} IS NULL THEN {v} END",
        cell.at("w"),
    )


def moment(cell: Cell) -> Rule:
    """A day with a time; midnight where the time is not told."""
    alone = day(cell)
    hour = f"regexp_extract({cell.at('t')}, '[T ](\\d{{1,2}}:\\d{{2}}(:\\d{{2}})?)', 1)"
    text = f"CAST({cell.at('v')} AS VARCHAR) || ' ' || regexp_replace({cell.at('h')}, '^(\\d):', '0\\1:')"
    steps = (
        alone.steps[0],
        {**alone.steps[1], cell.at("h"): f"coalesce(nullif({hour}, ''), '00:00')"},
        *alone.steps[2:],
    )
    return Rule(
        steps, f"CASE WHEN {alone.why} IS NULL THEN TRY_CAST({text} AS TIMESTAMP) END", alone.why
    )


def month(cell: Cell) -> Rule:
    """The first day of a month; any date of it will do."""
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

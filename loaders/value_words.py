"""Cleaned text, flags, words of a list and lists of parts."""

from __future__ import annotations

from doudi.loaders.values import Cell, Rule, literal


def text(cell: Cell) -> Rule:
    """A text as sent; names without blanks, and their dots all alike."""
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
    return _without_numbers(cell, f"tidy({cell.raw})", value)


def _without_numbers(cell: Cell, tidy: str, value: str) -> Rule:
    """Text that is kept in clear: a person's number that got into the column is no value of it."""
    t, p = cell.at("t"), cell.at("p")
    if cell.column.personal:
        return Rule(({t: tidy},), value, "NULL", _classes(cell))
    number = f"""CASE WHEN length({t}) = 18 AND regexp_full_match({t}, '[1-9]\\d{{16}}[\\dXx]')
        THEN check_digit(substr({t}, 1, 17)) = upper(substr({t}, 18, 1))
            AND ymd(substr({t}, 7, 4), substr({t}, 11, 2), substr({t}, 13, 2)) IS NOT NULL
        ELSE false END"""
    return Rule(
        ({t: tidy}, {p: number}),
        f"CASE WHEN NOT {p} THEN {value} END",
        f"CASE WHEN {p} THEN 'id.misplaced' END",
        _classes(cell),
    )


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


def flag(cell: Cell) -> Rule:
    """Yes or no."""
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


def enum(cell: Cell) -> Rule:
    """One of the declared words, or any text where none are declared, but no phone or account."""
    t, v = cell.at("t"), cell.at("v")
    if not cell.column.values:
        number = f"length({t}) BETWEEN 11 AND 19 AND regexp_full_match({t}, '\\d{{10,18}}[\\dXx]')"
        return Rule(
            ({t: f"trim({cell.raw})"}, {cell.at("p"): f"coalesce({number}, false)"}),
            f"CASE WHEN NOT {cell.at('p')} THEN told({t}) END",
            f"CASE WHEN {cell.at('p')} THEN 'enum.unknown' END",
            _classes(cell),
        )
    spellings = {**{value: value for value in cell.column.values}, **cell.column.synonyms}
    cases = " ".join(f"WHEN {literal(a)} THEN {literal(b)}" for a, b in spellings.items())
    steps = ({t: f"tidy({cell.raw})"}, {v: f"CASE {t} {cases} END"})
    return Rule(
        steps, v, f"CASE WHEN told({t}) IS NOT NULL AND {v} IS NULL THEN 'enum.unknown' END"
    )


def parts(cell: Cell) -> Rule:
    """Parts divided by any usual mark, or a JSON array; numbers of people are cleaned one by one."""
    t, d = cell.at("t"), cell.at("d")
    steps = (
        {t: f"tidy({cell.raw})"},
        {d: f"regexp_replace(coalesce(told({t}), ''), '[\\[\\]\"]', '', 'g')"},
    )
    return Rule(
        steps, f"list_filter(regexp_split_to_array({d}, '[;；、,，\\s]+'), p -> p <> '')", "NULL"
    )

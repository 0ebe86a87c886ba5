"""Cleaned numbers of people and companies, and hashes of phones and accounts."""

from __future__ import annotations

from doudi.loaders.values import Cell, Rule, day_sql


def _person_steps(cell: Cell) -> tuple[dict[str, str], ...]:
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


def person(cell: Cell) -> Rule:
    """A person's number, with its grade and the birth date and sex inside it."""
    t, e, d, b, c, y, v = (cell.at(s) for s in "tedbcyv")
    born = f"{y} BETWEEN DATE '1850-01-01' AND {day_sql(cell.as_known)}"
    number = {
        v: f"CASE WHEN {born} AND (length({d}) = 15 OR substr({d}, 18, 1) = {c}) THEN {b} || {c} END"
    }
    fix = f"CASE WHEN {v} IS NULL AND {born} AND length({d}) = 18 THEN {b} || {c} END"
    optional = cell.column.role in ("plain", "added")
    empty = f"WHEN told({t}) IS NULL THEN NULL" if optional else ""
    return Rule(
        (*_person_steps(cell), number),
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


def company(cell: Cell) -> Rule:
    """A company's number: 18 signs with a check character, or the 15 digits of before."""
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


def holder(cell: Cell) -> Rule:
    """A person's number or a company's; 18 digits can be a company's too, the check tells."""
    alone = person(cell)
    steps = list(alone.steps)
    steps[2] = {**steps[2], **_company_steps(cell, cell.at("d"))}
    v, u, d = cell.at("v"), cell.at("u"), cell.at("d")
    company = f"{v} IS NULL AND {u} IS NOT NULL AND length({d}) = 18"
    return Rule(
        tuple(steps),
        f"CASE WHEN {company} THEN {u} ELSE {v} END",
        f"CASE WHEN {company} THEN NULL ELSE ({alone.why}) END",
        {
            **alone.extras,
            "grade": f"CASE WHEN {company} THEN CASE WHEN {cell.raw} = {u} THEN 'exact' ELSE 'repaired' END "
            f"ELSE {alone.extras['grade']} END",
            "kind": f"CASE WHEN {company} THEN 'company' WHEN {v} IS NOT NULL THEN 'person' END",
            "fix": f"CASE WHEN {company} THEN NULL ELSE ({alone.extras['fix']}) END",
        },
    )


HASH = "'[0-9A-Za-z]{16,}=*'"
"""What the exchange's hashes look like: hexadecimal, or letters and digits of base32 or base64."""

SCIENTIFIC = r"'\d(\.\d+)?[Ee]\+?\d+'"
"""What a spreadsheet makes of a long number."""

LONG_HASH = 32
"""Signs from which no number with a word before it is as long; digits in a row prove nothing there."""


def hashed(cell: Cell) -> Rule:
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

"""Cleaned amounts, counts and shares."""

from __future__ import annotations

from doudi.loaders.values import LARGEST, UNITS, Cell, Rule

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


def number(cell: Cell) -> Rule:
    """An amount, in yuan where it is money; units in the cell win over the column's."""
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


def ratio(cell: Cell) -> Rule:
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


def whole(cell: Cell) -> Rule:
    """A whole number."""
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

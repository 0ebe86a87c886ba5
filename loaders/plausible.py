"""Does a column's unit look right? A feed whose amounts are off by a constant factor is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.loaders.read import stopped
from doudi.loaders.values import literal

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from doudi.loaders.headers import Headers

FACTORS = (10_000, 100, 12)
"""元 and 万元, 元 and 分, a month and a year."""

NEAR = 0.15
"""How near a ratio must be to a factor, as a share of it."""

FEW = 20
"""Medians of fewer values are not compared."""


def check_units(con: duckdb.DuckDBPyConnection, headers: Headers, rows: Path, path: Path) -> None:
    """Stop the feed where an amount's median is off against its plausible range or the last batch.

    Raises:
        FeedStopped: naming the column and the factor; a unit in the header explains it.
    """
    problems = []
    for matched in headers.matched:  # a few amounts a source
        column = matched.column
        if column.type != "decimal" or matched.unit or column.plausible is None:
            continue
        count, median = _median(con, f'SELECT "{column.name}" AS v FROM typed')
        if count < FEW or median is None:
            continue
        low, high = column.plausible
        factor = _factor_to_range(median, low, high) or _factor_to_last(
            con, rows, column.name, median
        )
        if factor:
            problems.append(f"unit.suspect: {column.name} looks off by a factor of {factor}")
    if problems:
        raise stopped(
            path, "; ".join(problems), expected="the unit of the source, or a unit in the header"
        )


def _median(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, float | None]:
    row = con.execute(f"SELECT count(v), median(abs(v)) FROM ({sql}) WHERE v <> 0").fetchone()
    return (row[0], row[1]) if row else (0, None)


def _factor_to_range(median: float, low: float, high: float) -> str:
    """The factor that brings a median back into its range, where it is outside by far."""
    if low <= median <= high:
        return ""
    for factor in FACTORS[:2]:
        if low <= median / factor <= high:
            return f"{factor:,}"
        if low <= median * factor <= high:
            return f"1/{factor:,}"
    return ""


def _factor_to_last(con: duckdb.DuckDBPyConnection, rows: Path, name: str, median: float) -> str:
    """The factor against the last batch that was accepted, if there is one."""
    files = sorted(rows.glob("*.parquet"))
    if not files:
        return ""
    last = f'SELECT "{name}" AS v FROM read_parquet({literal(str(files[-1]))}) WHERE NOT _retracted'
    count, before = _median(con, last)
    if count < FEW or not before:
        return ""
    for factor in FACTORS[:2]:
        if abs(median / before / factor - 1) < NEAR:
            return f"{factor:,}"
        if abs(before / median / factor - 1) < NEAR:
            return f"1/{factor:,}"
    return ""

"""Does a feed look right? Amounts off by a constant factor and shrunken snapshots stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.graph.errors import joined
from doudi.loaders.messages import note, stopped
from doudi.loaders.modes import amounts_before
from doudi.loaders.values import UNITS

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from doudi.loaders.clean import Feed
    from doudi.loaders.modes import Delivery
    from doudi.loaders.source import Column

FACTORS = (10_000, 100, 12)
"""元 and 万元, 元 and 分, a month and a year."""

NEAR = 0.15
"""How near the ratio of two medians must be to a factor, as a share of it."""

FEW = 20
"""Medians of fewer values are not compared, and so small registers may shrink."""


def check_units(con: duckdb.DuckDBPyConnection, feed: Feed, rows: Path, path: Path) -> None:
    """Stop the feed where an amount's median is off against its plausible range or the rows before.

    Args:
        con: The engine, with ``judged``.
        feed: The declaration and the files' columns.
        rows: ``tables/_rows/<source>``.
        path: The file that is named.

    Raises:
        FeedStopped: naming the columns and factors; a unit in the header explains them.
    """
    units = {m.column.name for headers in feed.headers for m in headers.matched if m.unit}
    amounts = [
        c for c in feed.source.columns.values()
        if _is_amount(c) and c.name not in units and feed.has(c.name)
    ]  # fmt: skip  # one list
    if not amounts:
        return
    names = [c.name for c in amounts]
    now = _medians(con, names, "judged")
    if all(count < FEW for count, _ in now.values()):
        return
    before = _medians(con, names, amounts_before(rows, feed.as_known, names))
    problems = []
    for column in amounts:  # a few amounts a source
        count, median = now[column.name]
        known, last = before[column.name]
        if count < FEW or median is None:
            continue
        factor = _out_of(median, column.plausible) if column.plausible else ""
        if not factor and known >= FEW and last:
            factor = _against(median, last)
        if factor:
            problems.append(note("factor", name=column.name, factor=factor))
    if problems:
        raise stopped(path, "unit", problems=joined(problems))


def _is_amount(column: Column) -> bool:
    """Whether a column is money, or has a range in which its median is plausible."""
    money = column.unit.startswith("CNY") or column.unit in ("元", "分", *UNITS)
    return column.type == "decimal" and (money or column.plausible is not None)


def _medians(
    con: duckdb.DuckDBPyConnection, names: list[str], table: str
) -> dict[str, tuple[int, float | None]]:
    """Count and median size of the values of columns that are not nil."""
    looks = ", ".join(
        f'count("{n}") FILTER ("{n}" <> 0), median(abs("{n}")) FILTER ("{n}" <> 0)' for n in names
    )
    row = con.execute(f"SELECT {looks} FROM {table}").fetchall()[0]
    return {name: (row[2 * i], row[2 * i + 1]) for i, name in enumerate(names)}


def _out_of(median: float, plausible: tuple[float, float]) -> str:
    """The factor that brings a median back into its range, where it is outside."""
    low, high = plausible
    if low <= median <= high:
        return ""
    for factor in FACTORS[:2]:
        if low <= median / factor <= high:
            return f"{factor:,}"
        if low <= median * factor <= high:
            return f"1/{factor:,}"
    return ""


def _against(median: float, last: float) -> str:
    """The factor between two medians, where there is one."""
    for factor in FACTORS:
        if abs(median / last / factor - 1) < NEAR:
            return f"{factor:,}"
        if abs(last / median / factor - 1) < NEAR:
            return f"1/{factor:,}"
    return ""


def check_size(con: duckdb.DuckDBPyConnection, feed: Feed, delivery: Delivery, path: Path) -> None:
    """Stop a snapshot that lists far less than it did: a cut feed looks like people who left.

    Raises:
        FeedStopped: with both numbers.
    """
    if delivery.mode != "snapshot":
        return
    rows = con.execute("SELECT count(*) FROM judged").fetchall()[0][0]
    known = con.execute("SELECT count(*) FROM before").fetchall()[0][0]
    expect = feed.source.expect
    if rows < expect.rows[0]:
        raise stopped(path, "few", rows=rows, least=expect.rows[0])
    if feed.source.nature == "register" and known >= FEW and rows < known * expect.shrink:
        raise stopped(path, "shrunk", rows=rows, known=known)

"""Does a feed look right? Amounts off by a constant factor and shrunken snapshots stop it."""

from __future__ import annotations

from dataclasses import dataclass
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

FAR = 10
"""Few values are off only where all lie so many times outside of all that were known before."""


@dataclass(frozen=True)
class Sizes:
    """The sizes of a column's values that are not nil; None where there are none."""

    count: int
    median: float | None
    least: float | None
    greatest: float | None


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
    now = _sizes(con, names, "judged")
    if not any(sizes.count for sizes in now.values()):
        return
    before = _sizes(con, names, amounts_before(rows, feed.as_known, names))
    factors = {c.name: _factor(now[c.name], before[c.name], c) for c in amounts}
    problems = [note("factor", name=name, factor=f) for name, f in factors.items() if f]
    if problems:
        raise stopped(path, "unit", problems=joined(problems))


def _factor(now: Sizes, before: Sizes, column: Column) -> str:
    """The factor by which a column is off; empty where it is not, or nothing can be said."""
    if now.median is None:
        return ""
    if now.count < FEW:
        return _of_few(now, before) if before.count >= FEW else ""
    factor = _out_of(now.median, column.plausible) if column.plausible else ""
    if not factor and before.count >= FEW and before.median:
        factor = _against(now.median, before.median)
    return factor


def _of_few(now: Sizes, before: Sizes) -> str:
    """The factor of few values: only yuan for ten thousands, and only where nothing else explains it.

    Each value lies far outside of all that were known, and the factor brings each among them.
    """
    ends = (now.least, now.greatest, before.least, before.greatest)
    least, greatest, lowest, highest = (end or 0.0 for end in ends)
    factor = FACTORS[0]
    if greatest * FAR < lowest <= least * factor and greatest * factor <= highest:
        return f"1/{factor:,}"
    if least > highest * FAR and lowest <= least / factor and greatest / factor <= highest:
        return f"{factor:,}"
    return ""


def _is_amount(column: Column) -> bool:
    """Whether a column is money, or has a range in which its median is plausible."""
    money = column.unit.startswith("CNY") or column.unit in ("元", "分", *UNITS)
    return column.type == "decimal" and (money or column.plausible is not None)


def _sizes(con: duckdb.DuckDBPyConnection, names: list[str], table: str) -> dict[str, Sizes]:
    """The sizes of the values of columns."""
    looks = ", ".join(
        f"""count("{n}") FILTER ("{n}" <> 0), median(abs("{n}")) FILTER ("{n}" <> 0),
        min(abs("{n}")) FILTER ("{n}" <> 0), max(abs("{n}"))"""
        for n in names
    )
    row = con.execute(f"SELECT {looks} FROM {table}").fetchall()[0]
    return {name: Sizes(*row[4 * i : 4 * i + 4]) for i, name in enumerate(names)}


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

"""What a delivery looks like from afar: shares of empty cells, deciles, frequent words, townships.

A sketch is small, and holds nothing of one person: inner deciles of many values, and words of fixed
lists that many rows share.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doudi.loaders.modes import main_day
from doudi.loaders.values import literal

if TYPE_CHECKING:
    import duckdb

    from doudi.loaders.clean import Feed
    from doudi.loaders.source import Column

ENOUGH = 100
"""Values from which a distribution is sketched; fewer say little, and might be somebody's."""

SHARED = 10
"""Rows that must have a word before it is named."""

WORDS = 12
"""Most frequent words of a column; the others are one."""

SAMPLE = 200_000
"""Rows, about, of which deciles are taken in a long feed."""

MANY_TOWNSHIPS = 500
"""From so many townships on a feed does not cover a county, and its townships are not kept."""

PLACES = ("area_code", "address_code")
"""Columns that begin with a township's code, the best first."""

OTHER = "…"


@dataclass(frozen=True)
class Sketch:
    """A feed of one delivery, from afar.

    Attributes:
        digest: Names the content; the same rows in another order have the same.
        span: First and last month of an event or month feed; empty for a register.
        nulls: Share of rows without a value, by column that the files have.
        deciles: The nine inner deciles of number columns with enough values.
        shares: Shares of the most frequent words of enum and bool columns; they add up to 1.
        townships: Rows by 12-digit code of the township; empty where rows carry none.
    """

    digest: str = ""
    span: tuple[str, ...] = ()
    nulls: dict[str, float] = field(default_factory=dict)
    deciles: dict[str, list[float]] = field(default_factory=dict)
    shares: dict[str, dict[str, float]] = field(default_factory=dict)
    townships: dict[str, int] = field(default_factory=dict)


def sketch(con: duckdb.DuckDBPyConnection, feed: Feed) -> Sketch:
    """The sketch of a feed that was settled.

    Args:
        con: The engine, with ``judged`` and ``said``.
        feed: The declaration and the files' columns.
    """
    there = [c for c in feed.source.columns.values() if feed.has(c.name)]
    filled = _filled(con, there)
    rows = filled.pop("")
    enough = [c for c in there if filled[c.name] >= ENOUGH and not c.personal]
    return Sketch(
        digest=_digest(con),
        span=_span(con, feed),
        nulls={name: round(1 - count / rows, 4) for name, count in filled.items()} if rows else {},
        deciles=_deciles(con, [c.name for c in enough if c.type in ("decimal", "int", "ratio")]),
        shares={c.name: _shares(con, c.name) for c in enough if c.type in ("enum", "bool")},
        townships=_townships(con, there),
    )


def _filled(con: duckdb.DuckDBPyConnection, columns: list[Column]) -> dict[str, int]:
    """Rows with a value by column, and all rows under the empty name."""
    looks = [
        f"count(*) FILTER (len({_quoted(c)}) > 0)" if c.type.startswith("list") else f"count({_quoted(c)})"
        for c in columns
    ]  # fmt: skip  # one look
    row = con.execute(f"SELECT {', '.join(['count(*)', *looks])} FROM judged").fetchall()[0]
    return dict(zip(["", *(c.name for c in columns)], row, strict=True))


def _quoted(column: Column) -> str:
    return f'"{column.name}"'


def _digest(con: duckdb.DuckDBPyConnection) -> str:
    """A name of the accepted rows: they are pseudonymised, so that it gives no number away."""
    row = con.execute(
        "SELECT count(*), sum(hash(group_key, own_hash, op)::HUGEINT)::VARCHAR FROM said"
    ).fetchall()[0]
    return hashlib.sha256(repr(row).encode()).hexdigest()[:16]


def _span(con: duckdb.DuckDBPyConnection, feed: Feed) -> tuple[str, ...]:
    if feed.source.nature == "register":
        return ()
    months = ("min", "max")
    looks = ", ".join(f"strftime({one}({main_day(feed.source)}), '%Y-%m')" for one in months)
    sql = f"SELECT {looks} FROM said"
    first, last = con.execute(sql).fetchall()[0]
    return (first, last) if first else ()


def _deciles(con: duckdb.DuckDBPyConnection, names: list[str]) -> dict[str, list[float]]:
    if not names:
        return {}
    rows = con.execute("SELECT count(*) FROM judged").fetchall()[0][0]
    every = max(1, rows // SAMPLE)
    places = [tenth / 10 for tenth in range(1, 10)]
    looks = ", ".join(f'quantile_cont("{name}"::DOUBLE, {places})' for name in names)
    chosen = f"WHERE hash(_part, _line) % {every} = 0" if every > 1 else ""
    row = con.execute(f"SELECT {looks} FROM judged {chosen}").fetchall()[0]
    return {
        name: [float(f"{value:.3g}") for value in values]  # rounded: nobody's own amount
        for name, values in zip(names, row, strict=True)
        if values
    }


def _shares(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, float]:
    found = con.execute(f"""
        SELECT CASE WHEN count >= {SHARED} AND place <= {WORDS} THEN word ELSE {literal(OTHER)} END,
               sum(count) / sum(sum(count)) OVER ()
        FROM (SELECT "{name}"::VARCHAR AS word, count(*) AS count,
                     row_number() OVER (ORDER BY count(*) DESC, word) AS place
              FROM judged WHERE "{name}" IS NOT NULL GROUP BY word)
        GROUP BY 1 ORDER BY 2 DESC, 1""").fetchall()
    return {word: round(share, 4) for word, share in found}


def _townships(con: duckdb.DuckDBPyConnection, columns: list[Column]) -> dict[str, int]:
    there = {column.name for column in columns if not column.personal}
    name = next((place for place in PLACES if place in there), None)
    if name is None:
        return {}
    found = con.execute(rf"""
        SELECT township_of("{name}"), count(*) FROM judged
        WHERE regexp_matches("{name}", '^\d{{9}}') GROUP BY 1 ORDER BY 1""").fetchall()
    return dict(found) if len(found) <= MANY_TOWNSHIPS else {}

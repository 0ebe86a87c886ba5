"""Expressions of sources tried on empty tables, so that a slip shows when a file is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb

from doudi.graph.errors import joined
from doudi.loaders.columns import frame_of
from doudi.loaders.facts import block_sql
from doudi.loaders.macros import engine
from doudi.loaders.modes import KEPT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doudi.graph.errors import Pair
    from doudi.loaders.source import Block, Source


def rehearse(found: Iterable[Source]) -> list[Pair]:
    """Problems of the expressions, one sentence each."""
    con = engine()
    try:
        return [
            joined([f"sources/{source.slug}.toml", block.name, problem], "：", ": ")
            for source in found
            for block in source.blocks
            for problem in _try(con, source, block)
        ]
    finally:
        con.close()


def _try(con: duckdb.DuckDBPyConnection, source: Source, block: Block) -> list[str]:
    frame = frame_of(source)
    typed = [f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in (frame.types | KEPT).items()]
    empty = f"(SELECT {', '.join(typed)} WHERE false)"
    try:
        con.execute(f"EXPLAIN {block_sql(source, block, frame, empty)}")
    except duckdb.Error as error:
        return [_plain(str(error))]
    return []


def _plain(message: str) -> str:
    """The engine's sentence, with its proposals, without the statement."""
    return re.sub(r"\s+", " ", message.split("\n\nLINE", maxsplit=1)[0]).strip()

"""Which rows of a source are to be forgotten, and which cells of others.

A row goes whole where the person stands in its key, or where none of its records says anything without
the person as a main value, or where its day is over. Elsewhere the cells that name the person are
emptied, with all that is kept beside: what a row said of others before or after stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.loaders.columns import extras, frame_of
from doudi.loaders.facts import block_sql
from doudi.loaders.mentions import mention_block, mention_id, mentioning
from doudi.loaders.modes import every_sql
from doudi.loaders.source import NUMBERS
from doudi.loaders.values import day_sql

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import duckdb

    from doudi.loaders.source import Column, Source

LIST = "list[id18]"
OF_LIST = "regexp_full_match(x, getvariable('forgotten'))"
"""SQL: whether an element of a list, ``x``, is to be forgotten."""

START = """
CREATE OR REPLACE TABLE gone_row (source VARCHAR, row_key VARCHAR, group_key VARCHAR, row_hash VARCHAR);
CREATE OR REPLACE TABLE gone_fact (fact VARCHAR);
CREATE OR REPLACE TABLE gone_mention (id VARCHAR);
CREATE OR REPLACE TABLE emptied (source VARCHAR, field VARCHAR, row_hash VARCHAR)"""


def find_person(con: duckdb.DuckDBPyConnection, source: Source, folder: Path) -> None:
    """Note the rows of a source that go with one of ``forgotten_id``, and the cells of others.

    Args:
        con: The engine, with the tables of ``START`` and ``forgotten_id`` (id).
        source: The declaration.
        folder: ``tables/_rows/<source>``.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE records AS {every_sql(con, source, folder)}")
    people = [c for c in source.columns.values() if c.type in (*NUMBERS, LIST)]
    keys = [names(source, c) for c in people if c.name in source.key]
    mains = [names(source, c) for c in people if c.role == "main" and c.type != LIST]
    _note_rows(
        con,
        source,
        f"""bool_or({" OR ".join(keys) or "false"})
        OR bool_and({" OR ".join(mains) or "false"})""",
    )
    for column in people:
        hit = names(source, column)
        con.execute(f"""INSERT INTO emptied SELECT DISTINCT '{source.slug}', '{column.name}',
            row_hash FROM records WHERE {hit} AND row_key NOT IN (
                SELECT row_key FROM gone_row WHERE source = '{source.slug}')""")


def find_old(con: duckdb.DuckDBPyConnection, source: Source, folder: Path, before: date) -> None:
    """Note the rows of a source whose main day lies before a day."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE records AS {every_sql(con, source, folder)}")
    _note_rows(con, source, f"bool_or(coalesce(main_day < {day_sql(before)}, false))")


def names(source: Source, column: Column, *, keyed: bool = True) -> str:
    """SQL: whether a cell names one of ``forgotten_id``, by number or, with its row's key, by name."""
    ids = "(SELECT id FROM forgotten_id)"
    if column.type == LIST:
        return f'len(list_intersect(coalesce("{column.name}", []), (SELECT list(id) FROM forgotten_id))) > 0'
    hit = f'coalesce("{column.name}" IN {ids}, false)'
    if keyed and column.type == "id18":
        hit += f' OR ("{column.name}__named" IS NOT NULL AND {mention_id(source, column)} IN {ids})'
    return f"({hit})"


def emptying(source: Source, there: set[str], hits: dict[str, str]) -> dict[str, str]:
    """Columns of a table of rows, and the SQL of what becomes of them.

    Args:
        source: The declaration.
        there: The table's columns.
        hits: For each column of people, SQL of whether its cell is to be emptied.
    """
    found: dict[str, str] = {}
    emptied: dict[str, list[str]] = {}
    for name, hit in hits.items():
        column = source.columns[name]
        if column.type == LIST:
            others = f'list_transform("{name}", x -> NOT {OF_LIST})'
            for one in {name, f"{name}__grades"} & there:
                found[one] = f'CASE WHEN {hit} THEN list_where("{one}", {others}) ELSE "{one}" END'
            continue
        for one in {*beside(source, column)} & there:
            emptied.setdefault(one, []).append(hit)
    for one, any_hit in emptied.items():  # a name may stand beside two numbers
        found[one] = f'CASE WHEN NOT ({" OR ".join(any_hit)}) THEN "{one}" END'
    return found


def beside(source: Source, column: Column) -> list[str]:
    """A column of people and all that a row says of whom it names."""
    own = [f"{column.name}__{extra}" for extra in extras(column)]
    told = [source.companion(column.name, kind) for kind in ("name", "birth_date")]
    return [column.name, *own, *told]


def _note_rows(con: duckdb.DuckDBPyConnection, source: Source, gone: str) -> None:
    """Note the rows that go, the facts they gave, and the people whom they only name."""
    con.execute(f"""INSERT INTO gone_row
        SELECT DISTINCT '{source.slug}', row_key, group_key, row_hash FROM records
        WHERE row_key IN (SELECT row_key FROM records GROUP BY row_key HAVING {gone})""")
    con.execute(f"""CREATE OR REPLACE TEMP TABLE going AS SELECT * FROM records
        WHERE row_key IN (SELECT row_key FROM gone_row WHERE source = '{source.slug}')""")
    mentions = [mention_block(source, column) for column in mentioning(source)]
    for block in (*source.blocks, *mentions):
        facts = block_sql(source, block, frame_of(source), "going")
        con.execute(f"INSERT INTO gone_fact SELECT DISTINCT fact_id FROM ({facts})")
    for block in mentions:
        facts = block_sql(source, block, frame_of(source), "going")
        con.execute(f"INSERT INTO gone_mention SELECT DISTINCT id FROM ({facts})")

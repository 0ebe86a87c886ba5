"""People whom a row names without a usable number: each is a person of his own, graded by name only.

The id of such a person follows from the source, the column and the key of the row, so that it is
the same whatever else was loaded before; two rows of one name are two people until they are linked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.loaders.source import Block
from doudi.loaders.values import literal

if TYPE_CHECKING:
    import duckdb

    from doudi.loaders.source import Column, Source

PREFIX = "m"
"""Ids of such people begin with a small letter; pseudonyms of numbers hold none."""


def mentioning(source: Source) -> list[Column]:
    """Columns that may name a person without a number; a column of companies too may name either."""
    return [column for column in source.columns.values() if column.type == "id18"]


def with_mentions(source: Source, rows: str) -> str:
    """The rows with an id and a grade for everybody who is only named."""
    replaced = []
    for column in mentioning(source):
        number, named = f'"{column.name}"', f'"{column.name}__named"'
        own = f"CASE WHEN {named} IS NOT NULL THEN {mention_id(source, column)} END"
        grade = f"CASE WHEN {named} IS NOT NULL THEN 'name_only' END"
        replaced += [
            f"coalesce({number}, {own}) AS {number}",
            f'coalesce("{column.name}__grade", {grade}) AS "{column.name}__grade"',
        ]
    return f"(SELECT * REPLACE ({', '.join(replaced)}) FROM {rows})" if replaced else rows


def mention_id(source: Source, column: Column) -> str:
    """SQL of the id of the person whom a column of a row names without a number."""
    text = f"sha256({literal(f'{source.slug}|{column.name}|')} || row_key)"
    return f"'{PREFIX}' || substr({text}, 1, 25)"


def mention_blocks(con: duckdb.DuckDBPyConnection, source: Source) -> list[Block]:
    """The people whom ``incoming`` and ``outgoing`` rows name without a number, as nodes."""
    declared = {sql for b in source.blocks if b.label == "Person" for sql in b.ids.values()}
    columns = [c for c in mentioning(source) if c.name not in declared]
    if not columns:
        return []
    some = ", ".join(f'count("{column.name}__named")' for column in columns)
    looks = [con.execute(f"SELECT {some} FROM {t}").fetchall()[0] for t in ("incoming", "outgoing")]
    return [
        mention_block(source, column)
        for column, *counts in zip(columns, *looks, strict=True)
        if any(counts)
    ]


def mention_block(source: Source, column: Column) -> Block:
    """The node of the person whom a column names."""
    name = column.name
    told = {"name_token": f'"{name}__named"', "birth_date": f'"{name}__born"'}
    if name == "person_id" and "sex" in source.columns:
        told["sex"] = "sex"
    if "area_code" in source.columns:
        told["area_code"] = "area_of(area_code)"
    return Block(
        name=f"mention:{name}",
        label="Person",
        triple=None,
        ids={"id": f'"{name}"'},
        each="",
        where=f"starts_with(\"{name}\", '{PREFIX}')",
        properties=told,
        valid_from="NULL",
        valid_to="NULL",
    )

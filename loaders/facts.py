"""Rows to facts: the blocks of a source, evaluated over all rows at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from doudi.graph.schema import GRADES, schema
from doudi.loaders.values import literal

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from doudi.graph.tables import FactStore
    from doudi.loaders.clean import Frame
    from doudi.loaders.modes import Delivery
    from doudi.loaders.source import Block, Source

_ORDER = str(list(GRADES))


def write_facts(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    frame: Frame,
    delivery: Delivery,
    store: FactStore,
    seq: int,
) -> int:
    """Append the facts that the rows of a file give, and return how many.

    First the knowledge of rows that no longer hold ends; what was true until a change is told
    again, closed; then the new rows speak. Later records of a day win, by ``seq``.
    """
    written = 0
    for block in source.blocks:
        steps = (
            (seq, _sql(source, block, frame, "outgoing", seq, retracted=True)),
            (
                seq,
                _sql(source, block, frame, "outgoing", seq, closed=delivery)
                if block.triple
                else "",
            ),
            (seq + 1, _sql(source, block, frame, "incoming", seq + 1)),
        )
        for number, sql in steps:
            if sql:
                written += _append(
                    store, block, con.execute(sql).to_arrow_table(), number, source.slug
                )
    return written


def _append(store: FactStore, block: Block, table: pa.Table, seq: int, slug: str) -> int:
    if not table.num_rows:
        return 0
    if block.triple:
        store.append_links(*block.triple, table, seq=seq, source=slug)
    else:
        store.append_nodes(block.label, table, seq=seq, source=slug)
    return int(table.num_rows)


def _sql(
    source: Source,
    block: Block,
    frame: Frame,
    rows: str,
    seq: int,
    *,
    retracted: bool = False,
    closed: Delivery | None = None,
) -> str:
    """The records a block gives of a table of rows."""
    ends = ("start", "end") if block.triple else ("id",)
    ids = {"start": block.start, "end": block.end, "id": block.id}
    columns = {"start": "start_id", "end": "end_id", "id": "id"}
    declared = (
        schema().relation(block.triple[0]).properties
        if block.triple
        else schema().node(block.label).properties
    )
    values = [
        f'CAST({block.properties[p.name]} AS {_TYPES[p.type]}) AS "{p.name}"'
        for p in declared
        if p.name in block.properties
    ]
    segment = "'|' || CAST(_known_from AS VARCHAR)" if closed else "''"
    item = "'|' || coalesce(CAST(item AS VARCHAR), '')" if block.each else "''"
    fact = f"substr(sha256({literal(f'{source.slug}|{block.name}|')} || _row_key || {item} || {segment}), 1, 16)"
    valid_to = block.valid_to
    if closed:
        valid_to = f"coalesce({block.valid_to}, DATE '{closed.month.isoformat()}')"
    where = [f"({block.where})", *(f"({ids[e]}) IS NOT NULL" for e in ends)]
    if closed:
        where.append("was_true")
    if retracted:
        where.append("true")
    unfolded = f", unnest({block.each}) AS u(item)" if block.each else ""
    return f"""
    SELECT {fact} AS fact_id, {", ".join(f"CAST({ids[e]} AS VARCHAR) AS {columns[e]}" for e in ends)},
           {", ".join([*values, ""]) if values else ""}
           CAST({block.valid_from} AS DATE) AS valid_from, CAST({valid_to} AS DATE) AS valid_to,
           _known_from AS known_from, CAST({seq} AS BIGINT) AS seq, {str(retracted).lower()} AS retracted,
           {literal(source.slug)} AS source, _batch AS batch, _line AS row, {_grade(block, frame)} AS grade,
           _row_hash AS digest
    FROM {rows}{unfolded} WHERE {" AND ".join(where)}
    """


_TYPES = {"string": "VARCHAR", "int": "BIGINT", "float": "DOUBLE", "bool": "BOOLEAN", "date": "DATE",
          "strings": "VARCHAR[]"}  # fmt: skip


def _grade(block: Block, frame: Frame) -> str:
    """The weakest grade of the numbers that the block's ids are made of."""
    text = f"{block.id} {block.start} {block.end}"
    used = [
        f'"{c.name}__grade"'
        for c in frame.columns
        if c.type in ("id18", "id18_or_uscc") and re.search(rf"\b{c.name}\b", text)
    ]
    if not used:
        return "'exact'"
    places = ", ".join(f"coalesce(list_position({_ORDER}, {name}), 1)" for name in used)
    return f"{_ORDER}[greatest({places})]"

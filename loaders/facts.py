"""Rows to facts: the blocks of a source, evaluated over all rows at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from doudi.graph.schema import GRADES, schema
from doudi.loaders.columns import frame_of
from doudi.loaders.mentions import mention_blocks, with_mentions
from doudi.loaders.source import NUMBERS
from doudi.loaders.values import literal

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from doudi.graph.schema import Property
    from doudi.loaders.columns import Frame
    from doudi.loaders.modes import Delivery
    from doudi.loaders.source import Block, Source

GRADED = str(list(GRADES))
TYPES = {
    "string": "VARCHAR", "int": "BIGINT", "float": "DOUBLE", "bool": "BOOLEAN", "date": "DATE",
    "strings": "VARCHAR[]",
}  # fmt: skip


def declared(block: Block) -> tuple[Property, ...]:
    """The properties that the schema declares for what a block gives."""
    if block.triple:
        return schema().relation(block.triple[0]).properties
    return schema().node(block.label).properties


def make_facts(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    delivery: Delivery,
    records: Callable[..., str],
    seq: int,
) -> dict[tuple[str, ...], list[str]]:
    """SQL of the records that ``incoming`` and ``outgoing`` rows give, by label or (type, start, end).

    Knowledge of rows that no longer hold ends; what was true until a change is told again as a fact
    of its own, closed; then the new rows speak.

    Args:
        con: The engine, with ``incoming`` and ``outgoing``.
        source: The declaration.
        delivery: The delivery.
        records: Gives SQL of the records of a label or (type, start, end) told so far.
        seq: Running number of the load.
    """
    some_gone = con.execute("SELECT 1 FROM outgoing LIMIT 1").fetchall() != []
    found: dict[tuple[str, ...], list[str]] = {}
    for number, block in enumerate((*source.blocks, *mention_blocks(con, source))):
        name = block.triple or (block.label,)
        come = block_sql(source, block, frame_of(source), "incoming")
        if some_gone:
            gone = block_sql(source, block, frame_of(source), "outgoing")
            con.execute(f"CREATE OR REPLACE TABLE come AS {come}")
            con.execute(f"CREATE OR REPLACE TABLE gone AS {gone}")
            changed = _changed_sql(source, block, delivery, records(*name))
            con.execute(f"CREATE OR REPLACE TABLE changed{number} AS {changed}")
            come = f"FROM changed{number}"
        sql = f"SELECT * EXCLUDE (was_true, deleted), CAST({seq} AS BIGINT) AS seq FROM ({come})"
        found.setdefault(name, []).append(sql)
    return found


def block_sql(source: Source, block: Block, frame: Frame, rows: str) -> str:
    """The facts that a block gives of a table of rows.

    A fact is named by its source, block and key, and the item where a list is unfolded.
    """
    values = [
        f'CAST({block.properties[p.name]} AS {TYPES[p.type]}) AS "{p.name}"'
        for p in declared(block)
        if p.name in block.properties
    ]
    flags = _flags(rows)
    rows = with_mentions(source, rows)
    if source.derived:
        new = ", ".join(f'{sql} AS "{name}"' for name, sql in source.derived.items())
        rows = f"(SELECT *, {new} FROM {rows})"
    ids = [f'CAST({sql} AS VARCHAR) AS "{name}"' for name, sql in block.ids.items()]
    item = " || '|' || item" if block.each else ""
    fact = f"substr(sha256({literal(f'{source.slug}|{block.name}|')} || row_key{item}), 1, 16)"
    if block.each:
        grades = (
            f', unnest("{block.each}__grades") AS item__grade'
            if f"{block.each}__grades" in frame.types
            else ""
        )
        rows = f'(SELECT *, unnest("{block.each}") AS item{grades} FROM {rows})'
    present = " AND ".join(f'"{name}" IS NOT NULL' for name in block.ids)
    return f"""
    SELECT * FROM (
        SELECT {fact} AS fact_id, {", ".join([*ids, *values])},
               CAST({block.valid_from} AS DATE) AS valid_from,
               CAST(least({block.valid_to}, ended_on) AS DATE) AS valid_to,
               known_from, false AS retracted, {literal(source.slug)} AS source, _batch AS batch, _line AS row,
               {_grade(block, frame)} AS grade, row_hash AS digest, {flags}
        FROM {rows} WHERE {block.where}
    ) WHERE {present}"""


def _flags(rows: str) -> str:
    """Whether the row was true until a change, and whether it was deleted."""
    known = {"outgoing": "was_true, deleted", "incoming": "was_true, false AS deleted"}
    return known.get(rows, "false AS was_true, false AS deleted")


def _grade(block: Block, frame: Frame) -> str:
    """The weakest grade of the numbers that the block's ids are made of."""
    text = " ".join(block.ids.values())
    used = [
        f'"{c.name}__grade"'
        for c in frame.columns
        if c.type in (*NUMBERS, "uscc") and re.search(rf"\b{c.name}\b", text)
    ]
    if block.each and f"{block.each}__grades" in frame.types and re.search(r"\bitem\b", text):
        used.append("item__grade")
    if not used:
        return "'exact'"
    places = ", ".join(f"coalesce(list_position({GRADED}, {name}), 1)" for name in used)
    return f"{GRADED}[greatest({places})]" if len(used) > 1 else f"{GRADED}[{places}]"


def _changed_sql(source: Source, block: Block, delivery: Delivery, records: str) -> str:
    """The records of a delivery that changes rows of before.

    ``since`` is what the tables say of the fact's first day; it differs from the row's own where an
    earlier change cut the fact, which only a source whose rows change can have.
    """
    month = f"DATE '{delivery.month.isoformat()}'"
    same = [*block.ids, *(p.name for p in declared(block) if p.name in block.properties)]
    differs = " OR ".join(f'n."{name}" IS DISTINCT FROM o."{name}"' for name in same)
    moved = "n.valid_from IS DISTINCT FROM o.valid_from"
    begins = "n.valid_from"
    if block.triple:
        added = f"greatest(n.valid_from, {month})" if block.each else "n.valid_from"
        begins = f"""CASE WHEN o.fact_id IS NULL THEN CASE WHEN n.was_true THEN {added} ELSE n.valid_from END
            WHEN {moved} THEN n.valid_from
            WHEN o.was_true AND ({differs}) THEN greatest({month}, o.since) ELSE o.since END"""
    return f"""
    WITH stored AS ({_stored_sql(source, records) if source.can_change else NONE_STORED}),
    old AS (
        SELECT g.*, CASE WHEN s.fact_id IS NULL THEN g.valid_from ELSE s.valid_from END AS since
        FROM gone g LEFT JOIN stored s ON s.fact_id = g.fact_id
    ), new AS (
        SELECT n.* REPLACE ({begins} AS valid_from), o.fact_id IS NOT NULL AND ({differs}) AS differs
        FROM come n LEFT JOIN old o ON o.fact_id = n.fact_id
    ), cut AS (
        SELECT o.*, coalesce(n.valid_from, {month}) AS day FROM old o
        LEFT JOIN new n ON n.fact_id = o.fact_id
        WHERE o.was_true AND (n.fact_id IS NULL OR n.differs)
    )
    SELECT * EXCLUDE (since) REPLACE (true AS retracted) FROM old
        WHERE fact_id NOT IN (SELECT fact_id FROM new)
           OR known_from > (SELECT max(known_from) FROM new n WHERE n.fact_id = old.fact_id)
    UNION ALL BY NAME SELECT * EXCLUDE (since, day) REPLACE (
            fact_id || 's' || strftime(day, '%Y%m%d') AS fact_id, since AS valid_from,
            least(valid_to, day) AS valid_to) FROM cut
        WHERE {str(bool(block.triple)).lower()} AND (since IS NULL OR since < least(valid_to, day))
    UNION ALL BY NAME {_cut_before_sql(source, block, records)}
    UNION ALL BY NAME SELECT * EXCLUDE (differs) FROM new"""


NONE_STORED = "SELECT NULL::VARCHAR AS fact_id, NULL::DATE AS valid_from WHERE false"


def _stored_sql(source: Source, records: str) -> str:
    """First days of the facts that go, as the tables have them."""
    return f"""
        SELECT fact_id, valid_from FROM ({records})
        WHERE source = {literal(source.slug)} AND fact_id IN (SELECT fact_id FROM gone) AND NOT retracted
        QUALIFY row_number() OVER (PARTITION BY fact_id ORDER BY known_from DESC, seq DESC) = 1"""


def _cut_before_sql(source: Source, block: Block, records: str) -> str:
    """Closed facts that earlier changes left of a row that is deleted: never sent, so never cut."""
    if not (block.triple and source.can_change):
        return "SELECT * EXCLUDE (since) FROM old WHERE false"
    return f"""SELECT o.* EXCLUDE (since) REPLACE (s.fact_id AS fact_id, true AS retracted)
        FROM old o JOIN (SELECT DISTINCT fact_id FROM ({records}) WHERE contains(fact_id, 's')) s
            ON split_part(s.fact_id, 's', 1) = o.fact_id WHERE o.deleted"""

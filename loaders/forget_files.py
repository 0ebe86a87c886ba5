"""Files of a home written again without what is to be forgotten; each changes at once or not at all."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.graph.drafts import ROWS, draft, write_bytes, write_table
from doudi.loaders.forget_rows import LIST, emptying, names
from doudi.loaders.identity import unsealed
from doudi.loaders.names import open_sealed, seal
from doudi.loaders.source import NUMBERS
from doudi.loaders.values import literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from doudi.loaders.identity import Keys
    from doudi.loaders.source import Source

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Pen:
    """What files are written again with.

    Attributes:
        con: The engine, with the tables of ``forget_rows.START``, and a variable ``forgotten``: a
            pattern of the ids.
        is_dry: Whether rows are only counted.
    """

    con: duckdb.DuckDBPyConnection
    is_dry: bool = False


def rewrite(pen: Pen, path: Path, gone: str, changes: Mapping[str, str] = NOTHING) -> int:
    """Write a Parquet file again without some rows, and with some cells changed.

    Args:
        pen: The engine.
        path: The file; its schema and what it says of itself stay.
        gone: SQL of whether a row goes.
        changes: Columns and the SQL of their new values.

    Returns:
        Rows that went or were changed; 0 where the file stays as it is.

    Raises:
        HomeError: if it cannot be written.
    """
    table = f"read_parquet({literal(str(path))})"
    differs = [f'"{name}" IS DISTINCT FROM ({sql})' for name, sql in changes.items()]
    touched = " OR ".join([f"({gone})", *differs])
    count: int = pen.con.execute(f"SELECT count(*) FROM {table} WHERE {touched}").fetchall()[0][0]
    if not count or pen.is_dry:
        return count
    schema = pq.read_schema(path)
    new = ", ".join(f'{sql} AS "{name}"' for name, sql in changes.items())
    chosen = f"* REPLACE ({new})" if new else "*"
    rows = pen.con.execute(f"SELECT {chosen} FROM {table} WHERE NOT ({gone})").to_arrow_reader(ROWS)
    made = draft(path, _tables(rows, schema))
    if made:
        made.keep()
    return count


def _tables(rows: pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.Table]:
    """At least one table, of the schema of before."""
    yield schema.empty_table()
    for batch in rows:
        yield pa.Table.from_batches([batch]).cast(schema)


def rewrite_facts(pen: Pen, path: Path) -> int:
    """Facts without those of ``gone_fact``, and without whoever is in ``forgotten_id``.

    Facts that name the person as what they are of, or at an end, go; in others the name is taken out.
    A record of a fact that also had somebody else stays as the end of what was known before it.
    """
    types = {field.name: field.type for field in pq.read_schema(path)}
    ends = _ends(path)
    gone = " OR ".join(
        [
            "substr(fact_id, 1, 16) IN (SELECT fact FROM gone_fact)",
            f"({' OR '.join(map(speaks, ends))}) AND NOT {SHARED}",
            *(f'"{name}" IN (SELECT id FROM gone_mention)' for name in ends[1:]),
        ]
    )
    named = " OR ".join(map(speaks, ends))
    changes = {"retracted": f"retracted OR coalesce({SHARED} AND ({named}), false)"}
    changes |= {
        name: f"regexp_replace(\"{name}\", getvariable('forgotten'), 'forgotten', 'g')"
        for name in ends[1:]
    }
    for name, kind in types.items():
        if pa.types.is_string(kind) and name not in ends:
            changes[name] = f'CASE WHEN NOT coalesce({speaks(name)}, false) THEN "{name}" END'
        elif pa.types.is_list(kind):
            changes[name] = f'list_filter("{name}", x -> NOT coalesce({speaks("x")}, false))'
    return rewrite(pen, path, f"coalesce({gone}, false)", changes)


SHARED = "fact_id IN (SELECT fact_id FROM shared_fact)"


def note_shared(pen: Pen, paths: Sequence[Path]) -> None:
    """Make ``shared_fact``: facts of a label or relation that were the person's and somebody else's."""
    files = ", ".join(literal(str(path)) for path in paths)
    named = " OR ".join(map(speaks, _ends(paths[0])))
    pen.con.execute(f"""CREATE OR REPLACE TABLE shared_fact AS
        SELECT fact_id FROM read_parquet([{files}], union_by_name = true) GROUP BY fact_id
        HAVING bool_or({named}) AND NOT bool_and({named})""")


def _ends(path: Path) -> list[str]:
    """The columns that say what a fact is of: its own name first, then a node's or two ends."""
    there = pq.read_schema(path).names
    return [name for name in ("fact_id", "id", "start_id", "end_id") if name in there]


def speaks(name: str) -> str:
    """SQL: whether a text holds an id that is to be forgotten; ids stand in no other word."""
    quoted = name if name == "x" else f'"{name}"'
    return f"regexp_matches({quoted}, getvariable('forgotten'))"


def rewrite_rows(pen: Pen, source: Source, path: Path) -> int:
    """Records of rows without those that go, cells emptied in others."""
    mine = f"source = '{source.slug}'"
    gone = f"row_key IN (SELECT row_key FROM gone_row WHERE {mine})"
    there = set(pq.read_schema(path).names)
    hits = {name: f"row_hash IN (SELECT row_hash FROM emptied WHERE {mine} AND field = '{name}')"
            for name in _people(source, there)}  # fmt: skip  # one mapping
    return rewrite(pen, path, gone, emptying(source, there, hits))


def rewrite_values(pen: Pen, source: Source, path: Path) -> int:
    """Values that stand beside statements: without those no statement names any more."""
    said = sorted(path.parent.parent.glob("[0-9]*.parquet"))
    files = ", ".join(literal(str(one)) for one in said)
    there = set(pq.read_schema(path).names)
    people = _people(source, there)
    gone = f"row_hash NOT IN (SELECT own_hash FROM read_parquet([{files}], union_by_name = true))"
    whole = [name for name in people if name in source.key]
    for name in whole:
        gone += f" OR {names(source, source.columns[name], keyed=False)}"
    hits = {name: f"({names(source, source.columns[name], keyed=False)} OR row_hash IN (SELECT row_hash "
            f"FROM emptied WHERE source = '{source.slug}' AND field = '{name}'))"
            for name in people if name not in whole}  # fmt: skip  # one mapping
    return rewrite(pen, path, gone, emptying(source, there, hits))


def rewrite_strangers(pen: Pen, path: Path) -> int:
    """People's facts without what the numbers of those in ``forgotten_id`` say by themselves."""
    return rewrite(pen, path, "fact_id IN (SELECT 'person:' || id FROM forgotten_id)")


def people_in(source: Source, path: Path) -> list[str]:
    """SQL of the pseudonyms in each column of people of a file of rows."""
    table = f"read_parquet({literal(str(path))})"
    columns = [source.columns[name] for name in _people(source, set(pq.read_schema(path).names))]
    cells = [f'unnest("{c.name}")' if c.type == LIST else f'"{c.name}"' for c in columns]
    return [f"SELECT DISTINCT {cell} FROM {table}" for cell in cells]


def rewrite_said(pen: Pen, source: Source, path: Path) -> int:
    """A statement without the lines of rows that go."""
    gone = f"SELECT group_key FROM gone_row WHERE source = '{source.slug}'"
    return rewrite(pen, path, f"group_key IN ({gone})")


def rewrite_retold(pen: Pen, path: Path) -> int:
    """Facts and rows that were told anew, without those that go; they stand there by hash or id."""
    if "row_key" in pq.read_schema(path).names:
        return rewrite(pen, path, "row_key IN (SELECT row_key FROM gone_row)")
    gone = "substr(fact_id, 1, 16) IN (SELECT fact FROM gone_fact)"
    return rewrite(pen, path, f"{gone} OR {speaks('fact_id')}")


def rewrite_decisions(pen: Pen, path: Path) -> int:
    """Decisions on who is who without those about the person."""
    return rewrite(pen, path, f"{speaks('left')} OR {speaks('right')}")


def rewrite_vault(pen: Pen, path: Path) -> int:
    """Sealed numbers without the person's."""
    return rewrite(pen, path, "pid IN (SELECT id FROM forgotten_id)")


def rewrite_refused(pen: Pen, path: Path, keys: Keys, numbers: Collection[str]) -> int:
    """Refused rows without those that hold one of some numbers, also as one of 15 digits."""
    table = pq.read_table(path)
    forms = {form for number in numbers for form in (number, number[:6] + number[8:17])}
    keep = []
    for sealed in table["row"].to_pylist():  # decrypting is no function of the engine
        text = _bare(unsealed(keys.vault, sealed.encode(), "quarantine").decode())
        keep.append(not any(form in text for form in forms))
    gone = keep.count(False)
    if gone and not pen.is_dry:
        write_table(path, table.filter(pa.array(keep)))
    return gone


def _bare(row: str) -> str:
    """A row as text, its numbers without what typists and spreadsheets put into them."""
    return re.sub(r"[\s'’‘`]", "", unicodedata.normalize("NFKC", row)).upper()


def rewrite_names(pen: Pen, path: Path, keys: Keys, told: pa.Array) -> int:
    """Sealed names without those that no table tells any more."""
    names = open_sealed(path, keys.vault)
    kept = names.filter(pc.is_in(names["token"], told))
    gone: int = names.num_rows - kept.num_rows
    if gone and not pen.is_dry:
        write_bytes(path, seal(kept, keys.vault))
    return gone


def _people(source: Source, there: set[str]) -> list[str]:
    columns = source.columns.values()
    return [c.name for c in columns if c.type in (*NUMBERS, LIST) and c.name in there]

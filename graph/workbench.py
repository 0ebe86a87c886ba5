"""The tables of one projection while it is being made, in one DuckDB.

Nodes stand in tables ``n_<Label>``, relations in ``l_<TYPE>_<Start>_<End>``, each with exactly the
columns of the graph. The steps of a projection read them, and add rows through ``add_nodes`` and
``add_links``, which fill what every derived row has in common.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from doudi.graph.schema import GRADES, schema
from doudi.graph.tables import properties_of, sql_type

if TYPE_CHECKING:
    from datetime import date

    import duckdb

_GRADES = "[" + ", ".join(f"'{grade}'" for grade in GRADES) + "]"

MACROS = f"""
CREATE OR REPLACE TEMP MACRO grade_rank(grade) AS list_position({_GRADES}, grade);
CREATE OR REPLACE TEMP MACRO grade_named(rank) AS {_GRADES}[rank];
CREATE OR REPLACE TEMP MACRO key16(value) AS left(sha256(value), 16);
CREATE OR REPLACE TEMP MACRO is_span(a, b) AS (a IS NULL OR b IS NULL OR a < b);
"""
"""``grade_rank`` counts from 1, the strongest; ``key16`` is the hash behind every rid; ``is_span``
holds for a closed-open interval that is not empty. DuckDB's ``greatest`` and ``least`` pass over
NULL, so that they meet intervals with open ends."""

STRONG = "('exact', 'repaired', 'certificate', 'linked')"
"""Grades good enough to close a marriage or to make kin; the others never reach a lead."""


def columns_of(*name: str) -> pa.Schema:
    """The Arrow schema of a label or (type, start, end) triple in the graph."""
    fixed = {"fact_id", "seq", "retracted", *(p.name for p in schema().common)}
    own = [column for column in properties_of(*name) if column.name not in fixed]
    return pa.schema([*own, *((p.name, p.arrow) for p in schema().common)])


def property_names(*name: str) -> list[str]:
    """The property columns of a label or triple, in declared order."""
    declared = schema().node(name[0]) if len(name) == 1 else schema().relation(name[0])
    return [p.name for p in declared.properties]


def table_name(*name: str) -> str:
    """The quoted name of a label's or triple's table in the workbench."""
    return f'"{"n" if len(name) == 1 else "l"}_{"_".join(name)}"'


@dataclass(frozen=True)
class Workbench:
    """The connection, and the day whose holdings count as current."""

    con: duckdb.DuckDBPyConnection
    today: date

    def create(self, query: str, *name: str) -> None:
        """Make the table of a label or triple from a query that names its columns."""
        typed = ", ".join(
            f'"{c.name}"::{sql_type(c.type)} AS "{c.name}"' for c in columns_of(*name)
        )
        self.con.execute(f"CREATE TEMP TABLE {table_name(*name)} AS SELECT {typed} FROM ({query})")

    def add_nodes(self, query: str, label: str) -> None:
        """Add derived nodes: ``query`` gives ``id``, properties and, where known, dates."""
        self.con.execute(
            f"""INSERT INTO {table_name(label)} BY NAME
            SELECT q.*, key16('{label}|' || q.id) AS rid, {_ORIGIN}, {self._digest(query)} AS digest
            FROM ({query}) q"""
        )

    def add_links(self, query: str, *triple: str) -> None:
        """Add derived relations.

        ``query`` gives ``start_id``, ``end_id``, properties, ``valid_from``, ``valid_to``,
        ``known_from``, ``grade``, ``rows`` and ``rule``: the derivation and what tells two
        relations of the same ends apart.
        """
        name = ".".join(triple)
        self.con.execute(
            f"""INSERT INTO {table_name(*triple)} BY NAME
            SELECT q.* EXCLUDE (rule), {_ORIGIN}, {self._digest(query)} AS digest,
                key16(concat_ws('|', '{name}', q.start_id, q.end_id, q.rule)) AS rid
            FROM ({query}) q"""
        )

    def _digest(self, query: str) -> str:
        """SQL: the hash over all columns of ``q``; twice as fast as over its JSON."""
        values = [f"coalesce(q.\"{name}\"::VARCHAR, '')" for name in self.con.sql(query).columns]
        return f"key16(concat_ws('|', {', '.join(values)}))"

    def count(self, *name: str) -> int:
        """Rows of a label or triple."""
        row = self.con.execute(f"SELECT count(*) FROM {table_name(*name)}").fetchone()
        return int(row[0]) if row else 0


_ORIGIN = "'derived' AS source, '' AS batch, NULL AS row, true AS derived"

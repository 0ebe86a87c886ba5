"""The projection's tables as views of one DuckDB connection, where hits are worked on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.graph.projection import Projection
from doudi.graph.schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

ORIGIN = ("valid_from", "valid_to", "known_from", "source", "batch", "row", "rows", "grade",
          "derived", "digest")  # fmt: skip
"""Common columns a receipt shows of an edge."""


class Facts:
    """A projection opened for work: its views, and tables of one's own beside them.

    Views are ``node_<Label>`` and ``link_<TYPE>_<Start>_<End>``; absent files are empty views.

    Args:
        folder: Folder of a projection.
    """

    def __init__(self, folder: Path) -> None:
        """Open the views; nothing is read yet."""
        self._projection = Projection(folder)
        self.con = self._projection.con

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """All rows of a query."""
        return list(self.con.execute(sql, list(values)).fetchall())

    def table(self, sql: str, values: Sequence[object] = ()) -> pa.Table:
        """All rows of a query as an Arrow table."""
        return self.con.execute(sql, list(values)).fetch_arrow_table()

    def close(self) -> None:
        """Let go of the files."""
        self._projection.close()


def _quoted(name: str) -> str:
    return f'"{name}"'


def link_view(name: str, start: str, end: str) -> str:
    """The view of a relation type between two labels.

    >>> link_view("PAID", "Person", "Account")
    'link_PAID_Person_Account'
    """
    return f"link_{name}_{start}_{end}"


def edge_queries(wanted: str) -> Iterator[str]:
    """One query a relation type that gives the edges whose rid stands in a table.

    Args:
        wanted: Table with a column ``rid``.

    Yields:
        SQL with columns ``rid, type, start_label, start_id, end_label, end_id``, the origin
        columns, ``via`` and ``properties`` (a JSON object, names in order).
    """
    for name, start, end in schema().triples():
        properties = schema().relations[name].properties
        shown = sorted(p.name for p in properties if p.name != "via")
        packed = ", ".join(f'"{p}" := "{p}"' for p in shown)
        as_json = f"to_json(struct_pack({packed}))::VARCHAR" if shown else "'{}'"
        via = "via" if any(p.name == "via" for p in properties) else "CAST(NULL AS VARCHAR[])"
        origin = ", ".join(f'"{column}"' for column in ORIGIN)
        yield (
            f"SELECT rid, '{name}' AS type, '{start}' AS start_label, start_id, "
            f"'{end}' AS end_label, end_id, {origin}, {via} AS via, {as_json} AS properties "
            f'FROM "{link_view(name, start, end)}" WHERE rid IN (SELECT rid FROM {wanted})'
        )


def last_known(facts: Facts) -> dict[str, str]:
    """For each source the newest day on which we learnt a fact from it, as ``YYYY-MM-DD``."""
    parts = [
        f'SELECT source, max(known_from) AS known FROM "{link_view(*triple)}" GROUP BY source'
        for triple in schema().triples()
    ]
    parts += [
        f'SELECT source, max(known_from) AS known FROM "node_{label}" GROUP BY source'
        for label in schema().nodes
    ]
    sql = (
        "SELECT source, max(known)::VARCHAR FROM (" + " UNION ALL ".join(parts) + ") "
        "WHERE source IS NOT NULL AND source <> 'derived' AND known IS NOT NULL "
        "GROUP BY source ORDER BY source"
    )
    return {str(source): str(known) for source, known in facts.rows(sql)}

"""CONTROLS: who holds how much of a company over all chains, as a derived relation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from scipy import sparse

from doudi.graph.ownership import MIN_SHARE, look_through

if TYPE_CHECKING:
    import duckdb

MAX_DEPTH = 8
"""Longest chain that is looked for when the strongest one is named."""


def controls(con: duckdb.DuckDBPyConnection) -> None:
    """Add CONTROLS: the look-through share, and the strongest chain with its rids.

    Holdings that have ended are left out. ``depth`` is the length of the strongest chain; the
    relation is valid from the latest start on it.
    """
    from doudi.graph.derive import derived_sql, weakest_sql

    con.execute(_holdings_sql())
    con.register("look_through", _shares(con))
    con.execute(_chains_sql())
    con.execute(f"""
    INSERT INTO link_CONTROLS_Person_Company BY NAME
    SELECT start_id, end_id, share, depth, via, valid_from, known_from,
           {weakest_sql("grades")} AS grade, {derived_sql("CONTROLS", "''")},
           substr(sha256(array_to_string(via, '') || round(share, 6)), 1, 16) AS digest
    FROM look_through JOIN strongest_chain USING (start_id, end_id)
    WHERE share >= {MIN_SHARE}
    """)
    con.unregister("look_through")


def _holdings_sql() -> str:
    """Current holdings, several of one holder in one company added up."""
    columns = (
        "sum(ratio) AS ratio, arg_max(rid, ratio) AS rid, arg_max(grade, ratio) AS grade, "
        "max(valid_from) AS valid_from, max(known_from) AS known_from"
    )
    return "".join(
        f"""
        CREATE OR REPLACE TEMP TABLE held_{kind} AS
        SELECT start_id, end_id, {columns} FROM link_SHAREHOLDER_OF_{kind}_Company
        WHERE ratio > 0 AND valid_to IS NULL GROUP BY start_id, end_id;
        """
        for kind in ("Person", "Company")
    )


def _shares(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """Look-through shares as ``start_id, end_id, share``."""
    people = con.execute("SELECT DISTINCT start_id FROM held_Person ORDER BY 1").fetchnumpy()
    firms = con.execute("""
        SELECT end_id AS id FROM held_Person UNION SELECT end_id FROM held_Company
        UNION SELECT start_id FROM held_Company ORDER BY 1""").fetchnumpy()
    who, what = np.asarray(people["start_id"], str), np.asarray(firms["id"], str)
    direct = _matrix(con, "held_Person", who, what)
    held = _matrix(con, "held_Company", what, what)
    shares = look_through(direct, held).shares.tocoo()
    return pa.table(
        {"start_id": who[shares.row], "end_id": what[shares.col], "share": shares.data}
        if shares.nnz
        else {"start_id": pa.array([], pa.string()), "end_id": pa.array([], pa.string()),
              "share": pa.array([], pa.float64())}
    )  # fmt: skip  # one table either way


def _matrix(
    con: duckdb.DuckDBPyConnection, table: str, rows: np.ndarray, columns: np.ndarray
) -> sparse.csr_matrix:
    """Holdings as a matrix over sorted ids, shape (n_rows, n_columns)."""
    held = con.execute(f"SELECT start_id, end_id, ratio FROM {table}").fetchnumpy()
    i = np.searchsorted(rows, np.asarray(held["start_id"], str))
    j = np.searchsorted(columns, np.asarray(held["end_id"], str))
    data = np.asarray(held["ratio"], float)
    return sparse.csr_matrix((data, (i, j)), shape=(len(rows), len(columns)))


def _chains_sql() -> str:
    """The strongest chain from each person to each company, without coming back to a company."""
    return f"""
    CREATE OR REPLACE TEMP TABLE strongest_chain AS
    WITH RECURSIVE chain AS (
        SELECT start_id, end_id, ratio, 1 AS depth, [rid] AS via, [grade] AS grades,
               valid_from, known_from, [end_id] AS passed
        FROM held_Person
        UNION ALL
        SELECT c.start_id, h.end_id, c.ratio * h.ratio, c.depth + 1, list_append(c.via, h.rid),
               list_append(c.grades, h.grade), greatest(c.valid_from, h.valid_from),
               greatest(c.known_from, h.known_from), list_append(c.passed, h.end_id)
        FROM chain c JOIN held_Company h ON h.start_id = c.end_id
        WHERE c.depth < {MAX_DEPTH} AND NOT list_contains(c.passed, h.end_id)
          AND c.ratio * h.ratio >= {MIN_SHARE / 100}
    )
    SELECT start_id, end_id, depth, via, grades, valid_from, known_from FROM chain
    QUALIFY row_number() OVER (
        PARTITION BY start_id, end_id ORDER BY ratio DESC, depth, via
    ) = 1
    """

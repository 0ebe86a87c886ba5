"""Policy parameters: the one source whose rows are kept as a table of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def make_parameters(con: duckdb.DuckDBPyConnection, seq: int) -> pa.Table:
    """Dated parameters: those that came, and the end of those that no longer hold."""
    columns = (
        "param, area_of(area_code) AS area_code, valid_from, "
        "least(day_after(valid_to), ended_on) AS valid_to, "
        'CAST("value" AS DOUBLE) AS value, unit, document_no, known_from'
    )
    return con.execute(f"""
        SELECT {columns}, CAST({seq} AS BIGINT) AS seq, true AS retracted FROM outgoing WHERE NOT replaced
        UNION ALL SELECT {columns}, CAST({seq} AS BIGINT), false FROM incoming""").to_arrow_table()

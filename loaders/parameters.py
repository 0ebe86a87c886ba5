"""Policy parameters: the one source whose rows are kept as a table of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb


def write_parameters(con: duckdb.DuckDBPyConnection, folder: Path, seq: int) -> int:
    """Append dated parameters: those that came, and the end of those that no longer hold.

    Returns:
        Number of records.
    """
    columns = (
        "param, rpad(area_code, 12, '0') AS area_code, valid_from, "
        "CASE WHEN valid_to IS NULL THEN NULL ELSE day_after(valid_to) END AS valid_to, "
        'CAST("value" AS DOUBLE) AS value, unit, document_no, _known_from AS known_from'
    )
    table = con.execute(f"""
        SELECT {columns}, CAST({seq} AS BIGINT) AS seq, true AS retracted FROM outgoing WHERE NOT replaced
        UNION ALL SELECT {columns}, CAST({seq + 1} AS BIGINT), false FROM incoming""").to_arrow_table()
    if table.num_rows:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{seq:06d}-policy_parameters.parquet"
        draft = path.with_suffix(".new")
        pq.write_table(table, draft)
        draft.replace(path)
    return int(table.num_rows)

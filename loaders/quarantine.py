"""Refused rows and unreadable fields, with file, line, field, kind of value and reason.

The value itself is in no column; the raw row is there, encrypted with the vault key, so that it can
be repaired and sent again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.loaders.values import literal

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb
    from cryptography.fernet import Fernet

    from doudi.loaders.headers import Headers
    from doudi.loaders.read import Sheet

KIND = r"""CASE WHEN v IS NULL OR trim(v) = '' THEN 'empty'
    WHEN regexp_full_match(trim(v), '\d+(\.\d+)?[Ee]\+?\d+') THEN 'number in scientific notation'
    WHEN regexp_full_match(trim(v), '[\dXx]+') THEN length(trim(v)) || ' digits'
    WHEN regexp_full_match(trim(v), '[\d.,/年月日 :-]+') THEN 'digits and marks'
    ELSE 'text of ' || length(v) || ' characters' END"""

COLUMNS = ("batch", "file", "source", "line", "field", "kind", "reason", "effect", "row")


def collect(con: duckdb.DuckDBPyConnection, headers: Headers) -> None:
    """Make ``trouble``: line, field, kind, reason and effect of every refused row and field."""
    places = {m.column.name: f"c{m.place}" for m in headers.matched}
    parts = []
    for name, place in places.items():  # one declared column after the other
        kind = f"(SELECT {KIND} FROM (SELECT r.{place} AS v))"
        parts.append(
            f"SELECT j.line, {literal(name)} AS field, {kind} AS kind, "
            f"CASE WHEN j._fate = 'refused' AND j._field = {literal(name)} THEN j._reason "
            f'ELSE j."{name}__why" END AS reason, '
            f"CASE WHEN j._fate = 'refused' AND j._field = {literal(name)} THEN 'row refused' "
            "ELSE 'field unknown' END AS effect "
            "FROM judged j JOIN raw r ON r.line = j.line "
            f"WHERE (j._fate = 'refused' AND j._field = {literal(name)}) "
            f"OR (j._fate = 'kept' AND j.\"{name}__why\" IS NOT NULL)"
        )
    con.execute(f"CREATE OR REPLACE TABLE trouble AS {' UNION ALL '.join(parts)}")


def write(
    con: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    *,
    batch: str,
    file: str,
    source: str,
    folder: Path,
    vault: Fernet,
) -> None:
    """Write the quarantine table of a file; nothing when there is nothing to say."""
    fixed = f"{literal(batch)} AS batch, {literal(file)} AS file, {literal(source)} AS source"
    cells = ", ".join(f"c{i}" for i in range(len(sheet.headers)))
    found = con.execute(
        f"SELECT {fixed}, t.*, to_json([{cells}])::VARCHAR AS row FROM trouble t "
        "JOIN raw USING (line) ORDER BY line, field"
    ).to_arrow_table()
    misshapen = pa.Table.from_pylist(
        [
            {
                "batch": batch, "file": file, "source": source, "line": line, "field": "",
                "kind": f"{len(cells_)} cells", "reason": reason, "effect": "row refused",
                "row": json.dumps(cells_, ensure_ascii=False),
            }
            for line, reason, cells_ in sheet.misshapen
        ],
        schema=pa.schema([(n, pa.int64() if n == "line" else pa.string()) for n in COLUMNS]),
    )  # fmt: skip  # rows of the wrong width, few
    table = pa.concat_tables([misshapen, found.select(list(COLUMNS)).cast(misshapen.schema)])
    if not table.num_rows:
        return
    # Encryption is no function of the engine; only refused rows come here.
    sealed = [vault.encrypt(row.encode()).decode() for row in table.column("row").to_pylist()]
    place = table.schema.get_field_index("row")
    table = table.set_column(place, "row", pa.array(sealed, pa.string()))
    path = folder / batch / f"{source}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        others = pq.read_table(path).filter(pa.compute.field("file") != file)
        table = pa.concat_tables([others, table])
    draft = path.with_suffix(".new")
    pq.write_table(table, draft, compression="zstd")
    draft.replace(path)

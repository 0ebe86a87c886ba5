"""What doudi is compared with: plain scripts that do one job and nothing else."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from doudi.graph.connection import Connection

LOADED = ("dibao_household_register", "dibao_member_register", "one_card_payment")
"""The sources the plain script knows, without which there is no audit."""

BATCH = 10_000

_READ = """
CREATE TABLE pay AS SELECT * FROM read_csv('{folder}/one_card_payment.csv*', all_varchar = true);
CREATE TABLE household AS
SELECT * FROM read_csv('{folder}/dibao_household_register.csv', all_varchar = true);
CREATE TABLE member AS
SELECT * FROM read_csv('{folder}/dibao_member_register.csv', all_varchar = true);
CREATE MACRO as_month(t) AS
    CAST(left(regexp_replace(t, '[^0-9]', '', 'g'), 4) || '-'
         || substr(regexp_replace(t, '[^0-9]', '', 'g'), 5, 2) || '-01' AS DATE);
"""

_WRITE = """
COPY (SELECT p.token AS start_id, pay.account_hash AS end_id, as_month(pay.benefit_month) AS valid_from,
             (as_month(pay.benefit_month) + INTERVAL 1 MONTH)::DATE AS valid_to, pay.programme,
             pay.amount::DOUBLE AS amount_yuan, pay.household_id, pay.status, pay.payment_no,
             pay.reverses
      FROM pay JOIN token AS p ON p.clear = pay.payee_id)
TO '{out}/PAID.parquet' (FORMAT parquet, COMPRESSION zstd);
COPY (SELECT p.token AS start_id, 'dibao_household_register/' || m."户编号" AS end_id,
             m."是否保障对象" = '是' AS is_beneficiary, m."与户主关系" AS relation_to_head
      FROM member AS m JOIN token AS p ON p.clear = m."公民身份号码")
TO '{out}/MEMBER_OF.parquet' (FORMAT parquet, COMPRESSION zstd);
COPY (SELECT 'dibao_household_register/' || "户编号" AS id, "行政区划代码" AS area_code,
             "类别" AS category, as_month("起始年月") AS start_date, "月保障金额"::DOUBLE AS amount
      FROM household)
TO '{out}/Benefit.parquet' (FORMAT parquet, COMPRESSION zstd);
"""


def plain_load(folder: Path, out: Path, key: bytes) -> None:
    """Read three sources with DuckDB and write them as tables under pseudonyms.

    It trusts every cell: nothing is cleaned, checked, quarantined, receipted or kept for later
    corrections. It is the floor of loading, not another way to do it.

    Args:
        folder: A delivery folder.
        out: Folder of the tables.
        key: Key of the pseudonyms.
    """
    out.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.execute(_READ.format(folder=folder))
        clear = con.execute(
            """SELECT payee_id AS clear FROM pay UNION SELECT "公民身份号码" FROM member"""
        ).fetch_arrow_table()
        tokens = [_token(key, number) for number in clear["clear"].to_pylist()]
        con.register("token", clear.append_column("token", pa.array(tokens, pa.string())))
        con.execute(_WRITE.format(out=out))


def _token(key: bytes, number: str) -> str:
    digest = hmac.digest(key, f"person:{number}".encode(), "sha256")
    return base64.b32encode(digest).decode()[:26]


def unwind_fill(connection: Connection, projection: Path) -> None:
    """Bring a projection into an empty graph by one writer, 10,000 rows a statement.

    The way most programs fill Neo4j; nothing is compared with what is there.
    """
    for path in sorted(projection.glob("nodes/*.parquet")):
        label = path.stem
        connection.schema(
            f"CREATE CONSTRAINT unique_{label} IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
        )
        for rows in _rows(path):
            connection.run(f"UNWIND $rows AS row CREATE (n:{label}) SET n = row", {"rows": rows})
    for path in sorted(projection.glob("links/*.parquet")):
        kind, start, end = path.stem.split(".")
        query = (
            f"UNWIND $rows AS row MATCH (a:{start} {{id: row.start_id}}) "
            f"MATCH (b:{end} {{id: row.end_id}}) CREATE (a)-[r:{kind}]->(b) "
            "SET r = row {.*, start_id: null, end_id: null}"
        )
        for rows in _rows(path):
            connection.run(query, {"rows": rows})


def _rows(path: Path) -> Iterator[list[dict[str, object]]]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH):
            yield batch.to_pylist()

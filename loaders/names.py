"""Names behind their tokens, encrypted in the vault: what linking compares and nobody else reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.loaders.identity import write_bytes

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb
    from cryptography.fernet import Fernet

SCHEMA = pa.schema([("token", pa.string()), ("clear", pa.string())])


def open_names(con: duckdb.DuckDBPyConnection, folder: Path, vault: Fernet) -> None:
    """Make ``known_name`` (token, clear) of the names in the vault, and ``new_name``, empty.

    Args:
        con: The engine.
        folder: The folder ``vault/names`` of a home.
        vault: What decrypts them.
    """
    con.register("_names", read_names(folder, vault))
    con.execute("CREATE OR REPLACE TABLE known_name AS SELECT DISTINCT token, clear FROM _names")
    con.execute("CREATE OR REPLACE TABLE new_name AS SELECT token, clear FROM known_name LIMIT 0")
    con.unregister("_names")


def read_names(folder: Path, vault: Fernet) -> pa.Table:
    """The names in the vault: token and clear text."""
    sealed = [path.read_bytes() for path in sorted(folder.glob("[0-9]*.sealed"))]
    tables = [pq.read_table(pa.BufferReader(vault.decrypt(data))) for data in sealed]
    return pa.concat_tables([SCHEMA.empty_table(), *tables])


def note_names(con: duckdb.DuckDBPyConnection) -> None:
    """Add the names of a feed, which stand in ``token``, to those to keep."""
    con.execute("""
        INSERT INTO new_name SELECT token, clear FROM token WHERE space = 'name'
        EXCEPT (SELECT * FROM known_name UNION ALL SELECT * FROM new_name)""")


def keep_names(con: duckdb.DuckDBPyConnection, folder: Path, vault: Fernet) -> None:
    """Write the new names as one more encrypted file, and count them among the known."""
    fresh = con.execute("SELECT token, clear FROM new_name ORDER BY token").to_arrow_table()
    if not fresh.num_rows:
        return
    sink = pa.BufferOutputStream()
    pq.write_table(fresh, sink, compression="zstd")
    number = 1 + max((int(path.stem) for path in folder.glob("[0-9]*.sealed")), default=0)
    write_bytes(vault.encrypt(sink.getvalue().to_pybytes()), folder / f"{number:06d}.sealed")
    con.execute("INSERT INTO known_name SELECT * FROM new_name")
    con.execute("DELETE FROM new_name")

"""Names behind their tokens, encrypted in the vault: what linking compares and nobody else reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.graph.drafts import write_bytes
from doudi.loaders.identity import unsealed

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb
    from cryptography.fernet import Fernet

SCHEMA = pa.schema([("token", pa.string()), ("clear", pa.string())])


def open_names(con: duckdb.DuckDBPyConnection, folder: Path, vault: Fernet) -> None:
    """Make ``known_name`` (token, clear) of the names in the vault.

    Args:
        con: The engine.
        folder: The folder ``vault/names`` of a home.
        vault: What decrypts them.
    """
    con.register("_names", read_names(folder, vault))
    con.execute("CREATE OR REPLACE TABLE known_name AS SELECT DISTINCT token, clear FROM _names")
    con.unregister("_names")


def read_names(folder: Path, vault: Fernet) -> pa.Table:
    """The names in the vault: token and clear text.

    Raises:
        HomeError: if the key does not open them.
    """
    tables = [open_sealed(path, vault) for path in sorted(folder.glob("[0-9]*.sealed"))]
    return pa.concat_tables([SCHEMA.empty_table(), *tables])


def open_sealed(path: Path, vault: Fernet) -> pa.Table:
    """The names of one file of the vault; otherwise as ``read_names``."""
    return pq.read_table(pa.BufferReader(unsealed(vault, path.read_bytes(), "vault/names")))


def seal(names: pa.Table, vault: Fernet) -> bytes:
    """Names as a file of the vault holds them."""
    sink = pa.BufferOutputStream()
    pq.write_table(names, sink, compression="zstd")
    return vault.encrypt(sink.getvalue().to_pybytes())


def keep_names(con: duckdb.DuckDBPyConnection, met: pa.Table, folder: Path, vault: Fernet) -> None:
    """Write the names that are new as one more encrypted file, and count them among the known.

    Once somebody was forgotten, only names that an accepted row tells.

    Args:
        con: The engine, with ``known_name``, ``forgotten`` and ``name_told``.
        met: Names of a delivery: ``token`` and ``clear``.
        folder: The folder ``vault/names`` of a home.
        vault: What encrypts them.
    """
    con.register("_met_name", met)
    fresh = con.execute(
        """SELECT token, clear FROM _met_name
        WHERE token IN (SELECT token FROM name_told) OR NOT EXISTS (FROM forgotten)
        EXCEPT SELECT token, clear FROM known_name ORDER BY token"""
    ).to_arrow_table()
    con.unregister("_met_name")
    if not fresh.num_rows:
        return
    number = 1 + max((int(path.stem) for path in folder.glob("[0-9]*.sealed")), default=0)
    write_bytes(folder / f"{number:06d}.sealed", seal(fresh, vault))
    con.register("_fresh_name", fresh)
    con.execute("INSERT INTO known_name SELECT * FROM _fresh_name")
    con.unregister("_fresh_name")

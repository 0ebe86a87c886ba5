"""Pseudonyms: what replaces numbers, names, phones, accounts and plates, and the keys behind them.

A pid is base32 of HMAC-SHA256 of the normalised 18-digit number under the deployment's key. Names
and other identifiers get tokens of the same kind in spaces of their own. The clear numbers go,
encrypted, into the vault, and nowhere else.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.graph.errors import HomeError

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb
    from cryptography.fernet import Fernet

PID_LETTERS = 26
"""Letters of base32 that are kept: 130 bits."""


@dataclass(frozen=True)
class Keys:
    """The keys of a home; made once, mode 0600, never in a log."""

    folder: Path

    @property
    def pid(self) -> bytes:
        """The key under which pseudonyms are made."""
        return _key(self.folder / "pid.key", secrets.token_bytes(32))

    @property
    def vault(self) -> Fernet:
        """What encrypts the vault and quarantined rows."""
        from cryptography.fernet import Fernet

        return Fernet(_key(self.folder / "vault.key", Fernet.generate_key()))


def _key(path: Path, fresh: bytes) -> bytes:
    if not path.exists():
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        except OSError as error:
            raise HomeError(f"cannot be written ({error.strerror})", where=str(path)) from None
        with os.fdopen(descriptor, "wb") as file:
            file.write(fresh)
    return path.read_bytes()


def pseudonym(key: bytes, space: str, clear: str) -> str:
    """The pseudonym of one identifier.

    Args:
        key: The deployment's key.
        space: ``person``, ``name``, ``phone``, ``account`` or ``plate``; the same text in two
            spaces has two pseudonyms.
        clear: The normalised identifier.

    >>> pseudonym(b"k", "person", "x") == pseudonym(b"k", "name", "x")
    False
    """
    digest = hmac.digest(key, f"{space}:{clear}".encode(), "sha256")
    return base64.b32encode(digest).decode()[:PID_LETTERS]


def pseudonymise(
    con: duckdb.DuckDBPyConnection, key: bytes, wanted: dict[str, str], *, out: str
) -> None:
    """Make a table ``space, clear, token`` for identifiers.

    Args:
        con: The engine.
        key: The deployment's key.
        wanted: SQL of the clear values (one column) for each space.
        out: Name of the table.
    """
    parts = [
        f"SELECT DISTINCT '{space}' AS space, clear FROM ({sql}) AS v(clear) WHERE clear IS NOT NULL"
        for space, sql in wanted.items()
    ]
    if not parts:
        con.execute(f"CREATE OR REPLACE TABLE {out} (space VARCHAR, clear VARCHAR, token VARCHAR)")
        return
    found = con.execute(" UNION ALL ".join(parts)).to_arrow_table()
    spaces, clears = found.column("space").to_pylist(), found.column("clear").to_pylist()
    # HMAC is no function of the engine; each distinct identifier is seen once.
    tokens = [pseudonym(key, space, clear) for space, clear in zip(spaces, clears, strict=True)]
    con.register("_tokens", found.append_column("token", pa.array(tokens, pa.string())))
    con.execute(f"CREATE OR REPLACE TABLE {out} AS SELECT * FROM _tokens")
    con.unregister("_tokens")


def keep_in_vault(con: duckdb.DuckDBPyConnection, tokens: str, folder: Path, vault: Fernet) -> None:
    """Add encrypted numbers of people whom the vault does not hold yet."""
    path = folder / "people.parquet"
    known = f"SELECT pid FROM read_parquet('{path}')" if path.exists() else "SELECT ''"
    fresh = con.execute(
        f"SELECT token, clear FROM {tokens} WHERE space = 'person' AND token NOT IN ({known}) "
        "ORDER BY token"
    ).to_arrow_table()
    if not fresh.num_rows:
        return
    # Encryption is no function of the engine; each new person is seen once.
    sealed = [vault.encrypt(clear.encode()).decode() for clear in fresh.column("clear").to_pylist()]
    table = pa.table({"pid": fresh.column("token"), "sealed": pa.array(sealed, pa.string())})
    if path.exists():
        table = pa.concat_tables([pq.read_table(path), table])
    draft = path.with_suffix(".new")
    pq.write_table(table, draft, compression="zstd")
    draft.replace(path)

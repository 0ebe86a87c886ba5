"""Pseudonyms: what replaces numbers, names, phones, accounts and plates, and the keys behind them.

A pid is base32 of HMAC-SHA256 of the normalised 18-digit number under the deployment's key. Names
and other identifiers get tokens of the same kind in spaces of their own. The clear numbers go,
encrypted, into the vault, and nowhere else.
"""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.graph.errors import HomeError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    import duckdb
    from cryptography.fernet import Fernet

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
PAIRS = tuple(a + b for a in LETTERS for b in LETTERS)
SHIFTS = tuple(range(126, 0, -10))
"""26 letters of base32, two at a time: 130 bits; base64.b32encode takes twenty times as long."""


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
    """The key in a file; made whole under another name first, so that two loads agree on one."""
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(fresh)
            os.link(draft, path)
        except FileExistsError:
            return path.read_bytes()
        except OSError as error:
            raise HomeError.unwritten(error, path.name) from None
        finally:
            draft.unlink(missing_ok=True)
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
    bits = int.from_bytes(digest[:17])
    return "".join([PAIRS[bits >> shift & 1023] for shift in SHIFTS])


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


def open_vault(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make a table ``vaulted`` of the people whom the vault holds."""
    files = sorted(folder.glob("[0-9]*.parquet"))
    names = ", ".join(f"'{path}'" for path in files)
    known = (
        f"SELECT pid FROM read_parquet([{names}])"
        if files
        else "SELECT NULL::VARCHAR AS pid WHERE false"
    )
    con.execute(f"CREATE OR REPLACE TABLE vaulted AS {known}")


def newcomers(con: duckdb.DuckDBPyConnection, people: str) -> pa.Table:
    """People whom the vault does not hold yet: pid, number, sex and birth date.

    Args:
        con: The engine, with ``token`` and ``vaulted``.
        people: SQL of the pids of accepted rows.

    Sex and birth date are those inside the number.
    """
    return con.execute(f"""
        SELECT 'person:' || token AS fact_id, token AS pid, clear, CASE WHEN substr(clear, 17, 1) IN ('1', '3', '5', '7', '9')
                   THEN '男' ELSE '女' END AS sex,
               ymd(substr(clear, 7, 4), substr(clear, 11, 2), substr(clear, 13, 2)) AS birth_date
        FROM token WHERE space = 'person' AND token NOT IN (SELECT pid FROM vaulted)
            AND token IN ({people}) ORDER BY token
    """).to_arrow_table()


def keep_in_vault(
    con: duckdb.DuckDBPyConnection, fresh: pa.Table, path: Path, vault: Fernet
) -> None:
    """Write the encrypted numbers of newcomers as a file of the vault."""
    if not fresh.num_rows:
        return
    # Encryption is no function of the engine; each new person is seen once.
    sealed = [vault.encrypt(clear.encode()).decode() for clear in fresh.column("clear").to_pylist()]
    write_whole(
        pa.table({"pid": fresh.column("pid"), "sealed": pa.array(sealed, pa.string())}), path
    )
    con.register("_fresh", fresh.select(["pid"]))
    con.execute("INSERT INTO vaulted SELECT pid FROM _fresh")
    con.unregister("_fresh")


def write_whole(table: pa.Table, path: Path) -> None:
    """Write a Parquet file whole or not at all: under another name first, then renamed.

    Raises:
        HomeError: if it cannot be written.
    """
    _write(path, lambda handle: pq.write_table(table, handle, compression="zstd"))


def write_bytes(data: bytes, path: Path) -> None:
    """Write a file whole or not at all.

    Raises:
        HomeError: if it cannot be written.
    """
    _write(path, lambda handle: handle.write(data))


def _write(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as handle:
            fill(handle)
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise HomeError.unwritten(error, f"{path.parent.name}/{path.name}") from error

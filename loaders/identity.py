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

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.graph.errors import HomeError
from doudi.loaders.tombstones import open_tombstones

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb
    from cryptography.fernet import Fernet

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
SIGNS = 26
"""Letters of a pseudonym: the first 130 bits in base32."""

REMEMBERED = 250_000
"""Identifiers of one space whose pseudonyms are kept in mind within a load; bounds memory."""


@dataclass(frozen=True)
class Keys:
    """The keys of a home; made once, mode 0600, never in a log."""

    folder: Path

    @property
    def pid(self) -> bytes:
        """The key under which pseudonyms are made."""
        return _key(self.folder / "pid.key", secrets.token_bytes(32))

    @property
    def has_vault(self) -> bool:
        """Whether the key of the vault was made."""
        return (self.folder / "vault.key").exists()

    @property
    def vault(self) -> Fernet:
        """What encrypts the vault and quarantined rows."""
        from cryptography.fernet import Fernet

        return Fernet(_key(self.folder / "vault.key", Fernet.generate_key()))


def unsealed(vault: Fernet, sealed: bytes, where: str) -> bytes:
    """What was encrypted.

    Args:
        vault: What decrypts it.
        sealed: The encrypted bytes.
        where: The folder of the home, for the message.

    Raises:
        HomeError: if the key is another one, or a byte was changed.
    """
    from cryptography.fernet import InvalidToken

    try:
        return vault.decrypt(sealed)
    except InvalidToken:
        raise HomeError(
            (
                "保险库无法用现有密钥打开：密钥不是原来的，或文件被改动",
                "the vault does not open: the key is another one, or a file was changed",
            ),
            where=where,
            expected=(
                "与 keys/vault.key 同时备份的文件",
                "the files that belong to keys/vault.key",
            ),
            next_step=("从同一次备份中恢复二者", "restore both from one backup"),
        ) from None


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
    return str(pseudonyms(key, space, [clear])[0].as_py())


def pseudonyms(key: bytes, space: str, clears: Sequence[str]) -> pa.Array:
    """The pseudonyms of many identifiers, in their order, as an array of text."""
    keyed, before = hmac.new(key, digestmod="sha256"), f"{space}:"
    digests = []
    for clear in clears:  # HMAC is no function of the engine or of Arrow
        one = keyed.copy()
        one.update((before + clear).encode())
        digests.append(one.digest())
    square = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, 32)[:, :17]
    bits = np.unpackbits(square, axis=1)[:, : 5 * SIGNS].reshape(-1, SIGNS, 5)
    letters = np.frombuffer(LETTERS.encode(), np.uint8)[np.packbits(bits, axis=2)[:, :, 0] >> 3]
    ends = np.arange(0, SIGNS * (len(clears) + 1), SIGNS, dtype=np.int32)
    return pa.StringArray.from_buffers(len(clears), pa.py_buffer(ends), pa.py_buffer(letters))


class Veil:
    """Puts pseudonyms in the place of identifiers; a load makes each once.

    Args:
        key: The deployment's key.
    """

    def __init__(self, key: bytes) -> None:
        """Know nobody yet."""
        self._key = key
        self._known: dict[str, dict[str, str]] = {}
        self._people: list[pa.Table] = []
        self._names: list[pa.Table] = []

    def over(self, space: str, clear: pa.Array) -> pa.Array:
        """The pseudonyms of identifiers, null for null; equal ones are worked out once."""
        coded = clear.dictionary_encode()
        texts = coded.dictionary.to_pylist()
        known = self._known.setdefault(space, {})
        if len(known) > REMEMBERED:
            known.clear()
        new = [text for text in texts if text not in known]
        if new:
            self._learn(space, known, new)
        return pa.array([known[text] for text in texts], pa.string()).take(coded.indices)

    def _learn(self, space: str, known: dict[str, str], new: list[str]) -> None:
        tokens = pseudonyms(self._key, space, new)
        if space == "person":
            self._people.append(pa.table({"clear": pa.array(new, pa.string()), "token": tokens}))
        elif space == "name":
            self._names.append(pa.table({"token": tokens, "clear": pa.array(new, pa.string())}))
        known.update(zip(new, tokens.to_pylist(), strict=True))

    def people(self) -> pa.Table:
        """Numbers (``clear``) and pids (``token``) of those met and not yet let go."""
        empty = pa.schema([("clear", pa.string()), ("token", pa.string())]).empty_table()
        return pa.concat_tables([empty, *self._people])

    def names(self) -> pa.Table:
        """Names met in this load: ``token`` and ``clear``; some more than once."""
        empty = pa.schema([("token", pa.string()), ("clear", pa.string())]).empty_table()
        return pa.concat_tables([empty, *self._names])

    def keep(self, people: pa.Table) -> None:
        """Let everybody go but these: the others are in the vault."""
        self._people = [people] if people.num_rows else []


def open_vault(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make a table ``vaulted`` of the people whom the vault holds, and ``forgotten`` of the others."""
    files = sorted(folder.glob("[0-9]*.parquet"))
    names = ", ".join(f"'{path}'" for path in files)
    known = (
        f"SELECT pid FROM read_parquet([{names}])"
        if files
        else "SELECT NULL::VARCHAR AS pid WHERE false"
    )
    con.execute(f"CREATE OR REPLACE TABLE vaulted AS {known}")
    open_tombstones(con, folder)


def sealed(fresh: pa.Table, vault: Fernet) -> pa.Table:
    """The encrypted numbers of newcomers, as the vault keeps them."""
    # Encryption is no function of the engine; each new person is seen once.
    texts = [vault.encrypt(clear.encode()).decode() for clear in fresh.column("clear").to_pylist()]
    return pa.table({"pid": fresh.column("pid"), "sealed": pa.array(texts, pa.string())})


def remember(con: duckdb.DuckDBPyConnection, fresh: pa.Table, veil: Veil) -> None:
    """Let the newcomers be known: ``vaulted`` has them, and the veil lets them go."""
    people = veil.people()
    if fresh.num_rows:
        con.register("_fresh", fresh.select(["pid"]))
        con.execute("INSERT INTO vaulted SELECT pid FROM _fresh")
        con.unregister("_fresh")
    veil.keep(people.filter(pc.invert(pc.is_in(people["token"], fresh["pid"].combine_chunks()))))

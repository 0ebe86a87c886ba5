"""The vault of a home, opened: whose number and names stand behind a pseudonym."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.graph.errors import HomeError
from doudi.graph.tables import FactStore
from doudi.loaders.identity import Keys, unsealed
from doudi.loaders.names import read_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAMES = "name_token"


@dataclass(frozen=True)
class Revealed:
    """A person in clear.

    Attributes:
        pid: The pseudonym.
        number: The 18-digit number; empty for somebody who is only named.
        names: Every name under which registers have the person, sorted.
    """

    pid: str
    number: str
    names: tuple[str, ...]


def known(home: Path, pids: Sequence[str]) -> set[str]:
    """Which of some pseudonyms are of people whom the tables or the vault know; nothing is opened."""
    with FactStore(home / "tables").connect() as view:
        people = view.node("Person")
        found = people.filter(people["id"].isin(pids)).select("id").distinct().to_pyarrow()["id"]
    return {*found.to_pylist(), *_sealed(home, pids)}


def reveal(home: Path, pids: Sequence[str]) -> list[Revealed]:
    """Numbers and names behind pseudonyms, in their order.

    Args:
        home: The home folder.
        pids: Pseudonyms of known people, once each.

    Raises:
        HomeError: if the key of the vault is not there, or does not open it.
    """
    key = Keys(home / "keys")
    if not key.has_vault:
        raise HomeError(
            ("没有保险库的密钥", "the key of the vault is not there"),
            where=str(key.folder / "vault.key"),
            expected=("与 vault/ 同时生成的密钥", "the key that was made with vault/"),
            next_step=("从备份中恢复该文件", "restore the file from its backup"),
        )
    sealed = _sealed(home, pids)
    names = _names(home, key, pids)
    return [
        Revealed(pid, _number(key, sealed.get(pid)), names[pid])
        for pid in pids  # those who were asked for
    ]


def numbers_of(home: Path, keys: Keys, pids: Sequence[str]) -> list[str]:
    """The numbers of those whom the vault holds.

    Raises:
        HomeError: if the key does not open it.
    """
    return [_number(keys, sealed) for sealed in _sealed(home, pids).values()]


def _number(keys: Keys, sealed: bytes | None) -> str:
    return unsealed(keys.vault, sealed, "vault").decode() if sealed else ""


def _sealed(home: Path, pids: Sequence[str]) -> dict[str, bytes]:
    """The encrypted numbers of some people."""
    found: dict[str, bytes] = {}
    for path in sorted((home / "vault").glob("[0-9]*.parquet")):  # one file a delivery
        table = pq.read_table(path, filters=pc.field("pid").isin(pa.array(pids, pa.string())))
        found |= {row["pid"]: row["sealed"].encode() for row in table.to_pylist()}
    return found


def _names(home: Path, keys: Keys, pids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The names of some people."""
    folder = home / "vault" / "names"
    with FactStore(home / "tables").connect() as view:
        people = view.node("Person")
        tokens = people.filter(people["id"].isin(pids)).select("id", NAMES).distinct().to_pyarrow()
    clear = read_names(folder, keys.vault)
    told = tokens.join(clear, NAMES, "token", join_type="inner").to_pylist()
    return {pid: tuple(sorted({row["clear"] for row in told if row["id"] == pid})) for pid in pids}

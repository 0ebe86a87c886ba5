"""The workloads ``load``, ``ids`` and ``delta``: payments loaded, numbers checked, a few rows changed."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks import peers_load, timing
from benchmarks.payments import FAULTS, numbers, write_households, write_payments
from doudi.loaders.load import load
from doudi.loaders.macros import engine
from doudi.loaders.source import Column
from doudi.loaders.typed import ruled_numbers
from doudi.loaders.values import Cell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.timing import Lap

ROWS = 200_000
"""Payments of a delivery at scale 1."""

DELTA = 3
"""How many times as many are there before a delta comes."""

IDS = 500_000
KEY, VAULT = b"k" * 32, b"YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY="
PER_HOUSEHOLD = 60
CHANGED = 100

PAID = """SELECT fact_id, start_id, end_id, valid_from, valid_to, programme, amount_yuan, household_id,
    status, payment_no, reverses, grade, digest, "row", register FROM read_parquet('{files}')"""
REFUSED = "SELECT line, field, reason, effect FROM read_parquet('{files}')"
ACCOUNTS = "SELECT fact_id, id, holder_kind, digest, \"row\" FROM read_parquet('{files}')"


def load_laps(
    folder: Path, scale: float, seed: int, rounds: int
) -> tuple[int, dict[str, list[Lap]]]:
    """Payments with faults to facts, refused rows and sealed numbers: ours, SQL, polars."""
    rows = max(20_000, round(ROWS * scale))
    delivery = folder / f"payments-{rows}-{seed}" / "2026-04"
    if not delivery.exists():
        write_payments(delivery, rows, seed)
    cases = {
        name: partial(timing.in_fresh_process, load_lap, name, delivery, folder / f"load-{name}")
        for name in ("ours", "sql", "polars")
    }
    return rows, timing.interleaved(cases, rounds)


def load_lap(name: str, delivery: Path, out: Path) -> Lap:
    """One side's load into an empty folder, and the fingerprint of what it wrote."""
    shutil.rmtree(out, ignore_errors=True)
    if name == "ours":
        _keys(out)
        lap = timing.measured(partial(_loaded, [delivery], out))
        names = ("tables/links/PAID.Person.Account/*", "tables/nodes/Account/*", "quarantine/*/*")
    else:
        script = peers_load.sql_load if name == "sql" else peers_load.polars_load
        lap = timing.measured(partial(_scripted, script, delivery, out))
        names = ("PAID", "Account", "refused")
    queries = zip((PAID, ACCOUNTS, REFUSED), names, strict=True)
    return timing.Lap(
        lap.figures, fingerprint([q.format(files=out / f"{n}.parquet") for q, n in queries])
    )


def _keys(home: Path) -> None:
    (home / "keys").mkdir(parents=True)
    (home / "keys" / "pid.key").write_bytes(KEY)
    (home / "keys" / "vault.key").write_bytes(VAULT)


def _loaded(deliveries: list[Path], home: Path) -> str:
    for delivery in deliveries:
        receipt = load(delivery, home, lang="en")
        if len(receipt.files) < len(list(delivery.glob("*.csv"))):
            raise AssertionError(receipt.messages)
    return ""


def _scripted(script: Callable[[Path, Path, bytes, bytes], None], delivery: Path, out: Path) -> str:
    script(delivery, out, KEY, VAULT)
    return ""


def fingerprint(queries: list[str]) -> str:
    """What queries give, whatever the order of the rows: counts and sums of hashes."""
    with duckdb.connect() as con:
        found = [
            con.execute(
                f"SELECT count(*), sum(hash(x)), bit_xor(hash(x)) FROM ({q}) AS x"
            ).fetchall()
            for q in queries
        ]
    return hashlib.sha256(str(found).encode()).hexdigest()[:16]


def id_laps(scale: float, seed: int, rounds: int) -> tuple[int, dict[str, list[Lap]]]:
    """Numbers, one in a hundred of them none, with the reason for each."""
    count = max(100_000, round(IDS * scale))
    cases = {
        "ours": partial(timing.in_fresh_process, id_lap, "ours", count, seed),
        "loop": partial(timing.in_fresh_process, id_lap, "loop", count, seed),
    }
    return count, timing.interleaved(cases, rounds)


def spoilt_numbers(count: int, seed: int) -> list[str]:
    """Numbers, one in a hundred of them spoilt."""
    texts = numbers(count, seed).tolist()
    cells = [cell for fault in FAULTS[:4] for cell in fault.cells]
    for place, row in enumerate(range(0, count, 100)):
        texts[row] = cells[place % len(cells)]
    return [str(text) for text in texts]


def id_lap(side: str, count: int, seed: int) -> Lap:
    """One side's reasons; the numbers, and the engine, are there before."""
    texts = spoilt_numbers(count, seed)
    if side == "loop":
        found: list[str] = []
        lap = timing.measured(partial(_looped, texts, found))
    else:
        cell = Cell(Column("p", (), "id18", "key"), "c0", "", date(2026, 5, 5))
        array, told = pa.array(texts), list[pa.Array]()
        with engine() as con:
            con.execute("SET threads TO 1")
            ruled_numbers(con, cell, array.slice(0, 1000))
            lap = timing.measured(partial(_told, con, cell, array, told))
        found = [why or "" for why in told[0].to_pylist()]
    return timing.Lap(lap.figures, hashlib.sha256("|".join(found).encode()).hexdigest()[:16])


def _looped(texts: list[str], found: list[str]) -> str:
    for text in texts:
        found.append(peers_load.plain_reason(text))  # noqa: PERF401 - the plain loop is the peer
    return ""


def _told(con: duckdb.DuckDBPyConnection, cell: Cell, texts: pa.Array, told: list[pa.Array]) -> str:
    """A reason for every number that is none, as the loop gives it, and nothing else."""
    checked, ruled = ruled_numbers(con, cell, texts)
    none = pa.nulls(len(texts), pa.string())
    why = ruled["p__why"].combine_chunks()
    told.append(pc.replace_with_mask(none, pa.array(~checked.valid), why))
    return ""


def delta_laps(
    folder: Path, scale: float, seed: int, rounds: int
) -> tuple[int, dict[str, list[Lap]]]:
    """One household in a hundred changed: the delta, and both deliveries into an empty home."""
    rows = max(20_000, round(DELTA * ROWS * scale))
    base = folder / f"delta-{rows}-{seed}"
    if not (base / "home").exists():
        _deliveries(base, rows, seed)
        _keys(base / "home")
        _loaded([base / "2026-04"], base / "home")
    cases = {
        name: partial(timing.in_fresh_process, delta_lap, name, base) for name in ("ours", "again")
    }
    return rows, timing.interleaved(cases, rounds)


def _deliveries(base: Path, rows: int, seed: int) -> None:
    write_payments(base / "2026-04", rows, seed)
    write_households(base / "2026-04", rows // PER_HOUSEHOLD)
    lines = (base / "2026-04" / "one_card_payment.csv").read_text("utf-8").splitlines()
    later = base / "2026-05"
    later.mkdir()
    own = [line.replace(",P", ",Q") for line in lines[1::CHANGED]]
    (later / "one_card_payment.csv").write_text("\n".join([lines[0], *own]) + "\n", "utf-8")
    write_households(later, rows // PER_HOUSEHOLD, changed=CHANGED)
    about = 'batch = "2026-05"\nas_known = 2026-06-05\nmode = "delta"\n'
    (later / "delivery.toml").write_text(about, "utf-8")


def delta_lap(side: str, base: Path) -> Lap:
    """The delta into a copy of the home, or everything again; imports are not counted."""
    pa.array(["pyarrow imports pandas here"])
    home = base / f"home-{side}"
    shutil.rmtree(home, ignore_errors=True)
    months = [base / "2026-04", base / "2026-05"]
    if side == "ours":
        shutil.copytree(base / "home", home)
        months = months[1:]
    else:
        _keys(home)
    lap = timing.measured(partial(_loaded, months, home))
    kinds = sorted({path.parent for path in (home / "tables").rglob("[0-9]*.parquet")})
    return timing.Lap(
        lap.figures,
        fingerprint([f"SELECT * FROM read_parquet('{k}/[0-9]*.parquet')" for k in kinds]),
    )

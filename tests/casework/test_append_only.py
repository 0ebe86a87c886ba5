"""Decisions and the access log can be added to, and neither changed nor deleted."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, update

from doudi.casework import access
from doudi.casework.ledger import Ledger
from doudi.casework.tables import Access, Transition
from doudi.graph.errors import LedgerError

if TYPE_CHECKING:
    from pathlib import Path

ATTEMPTS = [
    "UPDATE transitions SET actor = 'nobody' WHERE lead_id = 'e1'",
    "UPDATE transitions SET seq = seq + 10",
    "DELETE FROM transitions WHERE lead_id = 'e1'",
    "DELETE FROM transitions",
    "INSERT OR REPLACE INTO transitions SELECT * FROM transitions WHERE seq = 1",
    "REPLACE INTO transitions SELECT * FROM transitions",
    "UPDATE access_log SET who = 'nobody'",
    "DELETE FROM access_log",
    "INSERT OR REPLACE INTO access_log SELECT * FROM access_log",
    (
        "INSERT INTO access_log SELECT * FROM access_log WHERE true "
        "ON CONFLICT (seq) DO UPDATE SET who = 'nobody'"
    ),
]


def _dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as raw:
        return list(raw.iterdump())


@pytest.mark.parametrize("statement", ATTEMPTS)
def test_the_file_itself_refuses_to_change_history(
    ledger: Ledger, ledger_path: Path, statement: str
) -> None:
    access.record(ledger, "li", "home visit", "e1", ["months"], 1)
    before = _dump(ledger_path)
    with (
        closing(sqlite3.connect(ledger_path)) as raw,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        raw.execute(statement)
    assert _dump(ledger_path) == before


def test_a_replacement_by_the_hidden_row_number_is_impossible(
    ledger: Ledger, ledger_path: Path
) -> None:
    before = ledger.history("e1")
    with (
        closing(sqlite3.connect(ledger_path)) as raw,
        pytest.raises(sqlite3.OperationalError, match="rowid"),
    ):
        raw.execute(
            "REPLACE INTO transitions (rowid, lead_id, seq, at, to_state, action, actor, reason) "
            "VALUES (1, 'e1', 99, '2026-07-06', 'VOID', 'void', 'nobody', '')"
        )
    assert ledger.history("e1").equals(before)


def test_a_replacement_by_hash_pushes_nobody_out(ledger: Ledger, ledger_path: Path) -> None:
    access.record(ledger, "li", "home visit", "e1", ["months"], 1)
    columns = "at, purpose, subject, fields, result_count, previous_hash, hash"
    with closing(sqlite3.connect(ledger_path)) as raw, raw:
        raw.execute(
            f"REPLACE INTO access_log (seq, who, {columns}) "
            f"SELECT 2, 'nobody', {columns} FROM access_log"
        )
    assert access.entries(ledger)["who"].tolist() == ["nobody", "li"]
    assert access.verify_chain(ledger).broken_at == 2


def test_guards_that_were_taken_away_come_back_with_the_next_opening(
    ledger: Ledger, ledger_path: Path
) -> None:
    ledger.close()
    with closing(sqlite3.connect(ledger_path)) as raw:
        raw.execute("DROP TRIGGER transitions_no_delete")
    Ledger.open(ledger_path).close()
    with (
        closing(sqlite3.connect(ledger_path)) as raw,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        raw.execute("DELETE FROM transitions")


def test_the_refusal_comes_as_a_ledger_error(ledger: Ledger) -> None:
    for change, table in (
        (delete(Transition), "transitions"),
        (update(Transition).values(actor="nobody"), "transitions"),
        (delete(Access), "access_log"),
    ):
        access.record(ledger, "li", "home visit", "e1", ["months"], 1)
        with (
            pytest.raises(LedgerError, match="append-only") as refusal,
            ledger.store.writing() as session,
        ):
            session.execute(change)
        assert refusal.value.__suppress_context__
        assert refusal.value.found == f"{table} is append-only"
        assert f"：表 {table} 只增不改；应为：" in refusal.value.told("zh")

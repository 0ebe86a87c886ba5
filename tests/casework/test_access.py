"""The access log: complete, free of personal data, and its chain breaks where it is touched."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from doudi.casework import access
from doudi.casework.access import GENESIS, ChainReceipt, Link
from doudi.casework.tables import Access
from doudi.graph.errors import LedgerError

if TYPE_CHECKING:
    from pathlib import Path

    from doudi.casework.ledger import Ledger

ENTRIES = 5


def _fill(ledger: Ledger) -> Link:
    """Five looks at the data; the place of the last one."""
    query = sha256(b"MATCH (h:Household) RETURN count(h)").hexdigest()
    for subject in ("e1", "DB-0001", "person:ab12", query):
        access.record(ledger, "li", "入户核查", subject, ["months", "net_picture"], 1)
    return access.record(ledger, "he", "audit sample", "e1", [], 0)


def _tamper(path: Path, *statements: str) -> None:
    """Change the file as somebody with all rights to it could."""
    with closing(sqlite3.connect(path)) as raw, raw:
        for kind in ("update", "delete", "replace"):
            raw.execute(f"DROP TRIGGER access_log_no_{kind}")
        for statement in statements:
            raw.execute(statement)


def test_an_untouched_log_is_whole(ledger: Ledger) -> None:
    last = _fill(ledger)
    assert access.verify_chain(ledger, noted=last) == ChainReceipt(ENTRIES, True, last)  # noqa: FBT003 - is whole


def test_an_empty_log_is_whole(ledger: Ledger) -> None:
    receipt = access.verify_chain(ledger)
    assert (receipt.is_whole, receipt.head) == (True, Link(0, GENESIS))


@pytest.mark.parametrize(
    "column", ["at", "who", "purpose", "subject", "fields", "result_count", "previous_hash", "hash"]
)
def test_a_changed_entry_is_found_at_its_place(
    ledger: Ledger, ledger_path: Path, column: str
) -> None:
    _fill(ledger)
    values = {"at": "'2026-07-01 00:00:00.000000'", "fields": "'[]'", "result_count": "99"}
    value = values.get(column, "'nobody'")
    _tamper(ledger_path, f"UPDATE access_log SET {column} = {value} WHERE seq = 3")
    receipt = access.verify_chain(ledger)
    assert (receipt.is_whole, receipt.broken_at, receipt.head.seq) == (False, 3, 2)
    assert receipt.problem


@pytest.mark.parametrize("first_gone", [1, 3])
def test_a_missing_entry_is_found_at_its_place(
    ledger: Ledger, ledger_path: Path, first_gone: int
) -> None:
    _fill(ledger)
    _tamper(ledger_path, f"DELETE FROM access_log WHERE seq = {first_gone}")
    receipt = access.verify_chain(ledger)
    assert (receipt.broken_at, receipt.problem) == (first_gone, f"entry {first_gone} is missing")


def test_a_gap_that_was_closed_by_renumbering_is_found(ledger: Ledger, ledger_path: Path) -> None:
    _fill(ledger)
    _tamper(
        ledger_path,
        "DELETE FROM access_log WHERE seq = 3",
        "UPDATE access_log SET seq = 3 WHERE seq = 4",
        "UPDATE access_log SET seq = 4 WHERE seq = 5",
    )
    assert access.verify_chain(ledger).broken_at == 3


def test_a_changed_entry_with_a_fitting_hash_breaks_the_next_link(
    ledger: Ledger, ledger_path: Path
) -> None:
    _fill(ledger)
    with ledger.store.reading() as session:
        forged = session.get_one(Access, 3)
        forged.who = "nobody"
        fitting = access._hash(forged)
    _tamper(
        ledger_path,
        f"UPDATE access_log SET who = 'nobody', hash = '{fitting}' WHERE seq = 3",
    )
    receipt = access.verify_chain(ledger)
    assert (receipt.is_whole, receipt.broken_at) == (False, 4)


def test_a_log_cut_short_is_found_with_a_link_kept_elsewhere(
    ledger: Ledger, ledger_path: Path
) -> None:
    last = _fill(ledger)
    _tamper(ledger_path, "DELETE FROM access_log WHERE seq > 3")
    assert access.verify_chain(ledger).is_whole
    receipt = access.verify_chain(ledger, noted=last)
    assert (receipt.is_whole, receipt.broken_at) == (False, 4)


def test_a_log_written_anew_is_found_with_a_link_kept_elsewhere(ledger: Ledger) -> None:
    last = _fill(ledger)
    other = Link(last.seq, "f" * 64)
    receipt = access.verify_chain(ledger, noted=other)
    assert (receipt.is_whole, receipt.broken_at) == (False, last.seq)


@pytest.mark.parametrize(
    "subject", ["11010519491231002X", "person:11010519491231002X", "13912345678", "张三 的家", ""]
)
def test_a_subject_is_a_lead_a_case_or_a_hash(ledger: Ledger, subject: str) -> None:
    with pytest.raises(LedgerError, match="the subject holds") as refusal:
        access.record(ledger, "li", "home visit", subject, [], 0)
    assert not subject or subject not in str(refusal.value)
    assert access.entries(ledger).empty


def test_a_long_case_number_is_no_citizens_number(ledger: Ledger) -> None:
    access.record(ledger, "li", "home visit", "539901001001000123", [], 1)
    assert access.verify_chain(ledger).entries == 1


@pytest.mark.parametrize(
    ("who", "purpose", "count"),
    [("", "visit", 1), ("li", " ", 1), ("li", "visit", -1), ("li", "calls 13912345678", 1)],
)
def test_who_and_what_for_are_said_without_personal_data(
    ledger: Ledger, who: str, purpose: str, count: int
) -> None:
    with pytest.raises(LedgerError):
        access.record(ledger, who, purpose, "e1", [], count)


def test_the_log_says_who_looked_at_a_case(ledger: Ledger) -> None:
    _fill(ledger)
    looked = access.entries(ledger, subject="e1")
    assert looked["who"].tolist() == ["he", "li"]
    assert looked["fields"].iloc[1] == ["months", "net_picture"]
    assert len(access.entries(ledger, who="li", limit=2)) == 2

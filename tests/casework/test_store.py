"""A ledger that cannot be used says so in one message of doudi's own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from doudi.casework import store
from doudi.casework.ledger import Ledger
from doudi.graph.errors import DoudiError, HomeError, LedgerError

if TYPE_CHECKING:
    from pathlib import Path


def _refusal(path: str | Path) -> DoudiError:
    with pytest.raises(DoudiError) as refusal:
        Ledger.open(path)
    said = refusal.value
    assert said.__suppress_context__ or said.__context__ is None
    assert "sqlalche" not in str(said)
    assert "\n" not in str(said)
    assert said.expected
    return said


def test_a_ledger_that_may_only_be_read_is_read_and_says_so_when_it_is_written(
    ledger: Ledger, ledger_path: Path
) -> None:
    ledger.close()
    with Ledger.open(f"sqlite:///file:{ledger_path}?mode=ro&uri=true") as reader:
        assert len(reader.leads()) == 2
        with pytest.raises(HomeError, match="readonly") as refusal:
            reader.decide("e1", "dispatch", actor="chen")
    assert refusal.value.__suppress_context__
    assert "\n" not in str(refusal.value)


def test_a_ledger_that_cannot_be_made_is_a_matter_of_the_home(tmp_path: Path) -> None:
    said = _refusal(f"sqlite:///file:{tmp_path}/new.sqlite?mode=ro&uri=true")
    assert isinstance(said, HomeError)


def test_a_folder_that_is_missing_or_in_the_way_is_a_matter_of_the_home(tmp_path: Path) -> None:
    assert isinstance(_refusal(tmp_path / "none" / "ledger.sqlite"), HomeError)
    assert isinstance(_refusal(f"sqlite:///{tmp_path}/none/ledger.sqlite"), HomeError)
    assert isinstance(_refusal(tmp_path), HomeError)


def test_a_file_that_is_no_ledger_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"household,amount\n" * 500)
    said = _refusal(path)
    assert isinstance(said, LedgerError)
    assert "damaged or no ledger" in said.found
    assert path.read_bytes() == b"household,amount\n" * 500


def test_a_ledger_damaged_in_the_middle_is_refused_when_it_is_read(
    ledger: Ledger, ledger_path: Path
) -> None:
    ledger.close()
    content = bytearray(ledger_path.read_bytes())
    with closing(sqlite3.connect(ledger_path)) as raw:
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'leads'").fetchone()[0]
        size = raw.execute("PRAGMA page_size").fetchone()[0]
    content[(page - 1) * size : page * size] = b"\xff" * size
    ledger_path.write_bytes(content)
    with pytest.raises(LedgerError, match="damaged"):
        ledger.leads()


def test_a_database_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE leads (lead_id TEXT PRIMARY KEY)")
    said = _refusal(path)
    assert "leads.household_id" in said.found


def test_a_ledger_that_is_held_is_said_to_be_held(
    ledger: Ledger, ledger_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_BUSY_SECONDS", 0)
    with Ledger.open(ledger_path) as hurried, ledger.store.writing() as session:
        session.connection()
        with pytest.raises(LedgerError, match="another program"):
            hurried.decide("e1", "dispatch", actor="chen")
    assert ledger.lead("e1").state == "TRIAGED"


def test_other_databases_and_memory_are_refused() -> None:
    assert "mysql" in _refusal("mysql://db/ledger").found
    assert "memory" in _refusal("sqlite://").found
    _refusal("http//:nonsense://")


def test_a_password_is_in_no_message() -> None:
    said = _refusal("postgresql://clerk:geheim@localhost:1/ledger")
    assert "geheim" not in str(said)
    assert isinstance(said, LedgerError)


def test_what_fails_in_the_middle_leaves_nothing_behind(ledger: Ledger, ledger_path: Path) -> None:
    """The step and the lead's new state are kept together, or not at all."""
    with closing(sqlite3.connect(ledger_path)) as raw, raw:
        raw.execute(
            "CREATE TRIGGER full BEFORE INSERT ON transitions WHEN NEW.action = 'dispatch' "
            "BEGIN SELECT RAISE(ABORT, 'no space'); END"
        )
    before = ledger.lead("e1")
    with pytest.raises(LedgerError, match="no space"):
        ledger.decide("e1", "dispatch", actor="chen")
    assert ledger.lead("e1") == before

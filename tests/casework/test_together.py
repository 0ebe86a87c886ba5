"""Several people and processes at one ledger."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from doudi.casework import access
from doudi.casework.ledger import Ledger
from doudi.graph.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

DECIDE = """
import sys
from doudi.casework.ledger import Ledger
from doudi.graph.errors import LedgerError

path, actor = sys.argv[1:]
with Ledger.open(path) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        ledger.decide("e1", "dispatch", actor=actor)
        print("done")
    except LedgerError as refusal:
        print(f"refused: {refusal}")
"""
LOOK = """
import sys
from doudi.casework import access
from doudi.casework.ledger import Ledger

path, who = sys.argv[1:]
with Ledger.open(path) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(20):
        access.record(ledger, who, "home visit", "e1", ["months"], 1)
    print("done")
"""


def _run_together(script: str, path: Path, names: list[str]) -> list[str]:
    """What each process says in the end; all start at one moment."""
    command = [sys.executable, "-c", script, str(path)]
    processes = [
        subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in names
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate(timeout=60)[0].strip() for process in processes]


def test_of_two_processes_that_decide_the_same_lead_one_is_told(
    ledger: Ledger, ledger_path: Path
) -> None:
    said = _run_together(DECIDE, ledger_path, ["chen", "wang"])
    assert sorted(line.split(":")[0] for line in said) == ["done", "refused"]
    refused = next(line for line in said if line.startswith("refused"))
    assert "lead e1" in refused
    assert "DISPATCHED" in refused
    assert ledger.history("e1")["action"].tolist() == ["generate", "triage", "dispatch"]


def test_a_decision_on_what_has_changed_meanwhile_is_refused_and_says_who_was_faster(
    ledger: Ledger, ledger_path: Path, clock: Callable[[], datetime]
) -> None:
    def overtaken() -> datetime:
        """The moment between reading and writing, used by somebody else."""
        with Ledger.open(ledger_path, now=clock) as other:
            other.assign("e1", "sun", "zhao")
        return clock()

    faster = pytest.raises(LedgerError, match="zhao took the step assign in the meantime")
    with Ledger.open(ledger_path, now=overtaken) as slow, faster as refusal:
        slow.decide("e1", "dispatch", actor="chen")
    assert "zhao 在此期间办理了 assign 指派；线索现为 TRIAGED" in refusal.value.told("zh")
    assert ledger.lead("e1").state == "TRIAGED"
    assert len(ledger.history("e1")) == 3


def test_a_decision_on_an_old_view_is_refused(ledger: Ledger) -> None:
    shown = ledger.lead("e1")
    ledger.assign("e1", "sun", "zhao")
    with pytest.raises(LedgerError, match="has moved on"):
        ledger.decide("e1", "dispatch", actor="chen", expected_seq=shown.seq)
    ledger.decide("e1", "dispatch", actor="chen", expected_seq=shown.seq + 1)


def test_the_chain_stays_whole_when_several_processes_write_it(
    ledger: Ledger, ledger_path: Path
) -> None:
    said = _run_together(LOOK, ledger_path, ["li", "sun", "he"])
    assert said == ["done"] * 3
    receipt = access.verify_chain(ledger)
    assert (receipt.entries, receipt.is_whole) == (60, True)


def test_two_processes_may_make_the_ledger_at_once(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    script = "import sys; from doudi.casework.ledger import Ledger; print('ready', flush=True); "
    script += "sys.stdin.readline(); Ledger.open(sys.argv[1]).close(); print('done')"
    assert _run_together(script, path, ["a", "b", "c"]) == ["done"] * 3


def test_a_reader_sees_the_old_or_the_new_state_while_a_writer_works(
    ledger: Ledger, ledger_path: Path
) -> None:
    with Ledger.open(ledger_path) as reader, ledger.store.writing() as session:
        session.connection().exec_driver_sql("UPDATE leads SET stale = 1")
        assert not reader.lead("e1").stale
    assert ledger.lead("e1").stale

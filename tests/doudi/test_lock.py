"""One writer at a time: the second waits or is told who is first, and a dead owner's place is taken."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from doudi import lock
from doudi.graph.errors import HomeError
from doudi.lock import DEAD_SECONDS, Holder, held
from tests.doudi.conftest import delivery, payments, registers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from doudi.graph.errors import Pair
    from tests.doudi.conftest import Clerk

PAIRS = 50
COUNT = """
import sys
from pathlib import Path
from doudi.lock import held

folder, times = Path(sys.argv[1]), int(sys.argv[2])
for _ in range(times):
    with held(folder, "count", wait=60):
        count = int((folder / "count").read_text())
        (folder / "count").write_text(str(count + 1))
"""
HOLD = """
import sys, time
from pathlib import Path
from doudi.lock import held

with held(Path(sys.argv[1]), "load"):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def run(script: str, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, words)], stdout=subprocess.PIPE, text=True
    )


def ended(process: subprocess.Popen[str]) -> int:
    """The exit code of a process, once it has one."""
    process.communicate()
    return process.returncode


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the place for a minute, or until it is killed."""
    process = run(HOLD, tmp_path, 60)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def named(folder: Path) -> str:
    holder = Holder.of(folder / ".lock")
    return holder.purpose if holder else ""


def leave(folder: Path, *, silent: float = 0.0, **told: object) -> None:
    """A lock that somebody left, last touched some time ago."""
    path = folder / ".lock"
    path.write_text(json.dumps({"pid": os.getpid(), "purpose": "load", "since": "?"} | told))
    before = time.time() - silent
    os.utime(path, (before, before))


def test_two_writers_take_turns(tmp_path: Path) -> None:
    (tmp_path / "count").write_text("0")
    both = [run(COUNT, tmp_path, PAIRS) for _ in range(2)]
    assert [ended(process) for process in both] == [0, 0]
    assert (tmp_path / "count").read_text() == str(2 * PAIRS)
    assert not (tmp_path / ".lock").exists()


def test_the_second_is_told_who_is_first_and_since_when(
    tmp_path: Path, other: subprocess.Popen[str]
) -> None:
    with pytest.raises(HomeError, match=rf"\(load, process {other.pid} on .*, since 2\d{{3}}-"):
        held(tmp_path, "detect").__enter__()


def test_who_waits_says_so_and_comes_after(tmp_path: Path) -> None:
    process = run(HOLD, tmp_path, 1.0)
    told: list[Pair] = []
    assert process.stdout is not None
    process.stdout.readline()
    with held(tmp_path, "detect", wait=30, tell=told.append):
        assert named(tmp_path) == "detect"
    process.communicate()
    assert [text[1].split(",")[0] for text in told] == ["waiting for another command (load"]


def test_waiting_ends(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    assert other.poll() is None
    with pytest.raises(HomeError, match="--wait SECONDS"):
        held(tmp_path, "detect", wait=0.5).__enter__()


def test_the_place_of_a_killed_process_is_taken_at_once(
    tmp_path: Path, other: subprocess.Popen[str]
) -> None:
    other.send_signal(signal.SIGKILL)
    other.wait()
    with held(tmp_path, "detect"):
        assert named(tmp_path) == "detect"


def test_another_process_of_the_same_number_is_not_the_owner(tmp_path: Path) -> None:
    leave(tmp_path, began="boot/1")
    with held(tmp_path, "detect"):
        assert named(tmp_path) == "detect"


@pytest.mark.parametrize("silent", [DEAD_SECONDS - 5, DEAD_SECONDS + 5])
def test_an_owner_on_another_machine_lives_while_his_heart_beats(
    tmp_path: Path, silent: float
) -> None:
    leave(tmp_path, host="elsewhere", pid=2**22 + 1, silent=silent)
    if silent < DEAD_SECONDS:
        with pytest.raises(HomeError, match="elsewhere"):
            held(tmp_path, "detect").__enter__()
    else:
        with held(tmp_path, "detect"):
            assert named(tmp_path) == "detect"


def test_a_heart_beats_while_the_place_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "BEAT_SECONDS", 0.02)
    with held(tmp_path, "load"):
        path = tmp_path / ".lock"
        os.utime(path, (0, 0))
        until = time.monotonic() + 10
        while not path.stat().st_mtime and time.monotonic() < until:
            time.sleep(0.02)
        assert path.stat().st_mtime > 0


def test_who_slept_while_his_place_was_given_away_is_told(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="took its place"), held(tmp_path, "load"):
        leave(tmp_path, host="elsewhere")
    assert named(tmp_path) == "load"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_a_lock_that_was_left_half_written_holds_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / ".lock").write_text(text)
    with held(tmp_path, "detect"):
        assert named(tmp_path) == "detect"


def test_two_loads_at_once_end_as_one_after_the_other(clerk: Clerk) -> None:
    folders = [
        delivery(clerk.folder / month, registers() | payments(month))
        for month in ("2026-01", "2026-02")
    ]
    command = [sys.executable, "-m", "doudi", "load", "--wait", "120", "--home", str(clerk.home)]
    both = [subprocess.Popen([*command, str(folder)], text=True) for folder in folders]
    assert [ended(process) for process in both] == [0, 0]
    again = clerk.types("load", *folders, "--json").receipt["files"]
    assert {file["batch"] for file in again} == {"2026-01", "2026-02"}
    assert {file["facts"] for file in again} == {0}


def test_a_command_waits_as_long_as_it_may(clerk: Clerk) -> None:
    clerk.loads("2026-01", registers())
    with held(clerk.home, "load"):
        said = clerk.types("compact", "--wait", "0.3")
    assert said.code == 1
    assert said.has("waiting for another command (load", "--wait SECONDS")

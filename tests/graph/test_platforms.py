"""Locks and living processes on every system; what only Windows has is replaced by stand-ins."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from doudi.graph import platforms
from doudi.graph.neo4j_process import exclusive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NO_FCNTL = """
import errno, os, sys
from pathlib import Path
from types import SimpleNamespace

sys.modules["fcntl"] = None
import doudi.cli  # with subprocess, which takes this system for Windows where msvcrt is there
from doudi.graph.neo4j_process import exclusive

refusals = [errno.EACCES, errno.EDEADLK]

def locking(descriptor, mode, count):
    print(mode, count, os.lseek(descriptor, 0, os.SEEK_CUR))
    if mode == "take" and refusals:
        raise OSError(refusals.pop(), "held by another")

sys.modules["msvcrt"] = SimpleNamespace(locking=locking, LK_NBLCK="take", LK_UNLCK="leave")
with exclusive(Path(sys.argv[1])):
    print("held")
refusals.append(errno.EBADF)
try:
    with exclusive(Path(sys.argv[1])):
        print("never")
except OSError as error:
    print(errno.errorcode[error.errno])
"""


@pytest.fixture
def ended() -> int:
    """Number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def kernel32(*, handle: int, code: int, closed: list[int]) -> SimpleNamespace:
    """A stand-in for the library of Windows that knows one process."""

    def open_process(_access: int, _inherit: int, _pid: int) -> int:
        return handle

    def exit_code(_handle: ctypes.c_void_p, found: object) -> int:
        found._obj.value = code  # type: ignore[attr-defined]  # what byref points at
        return 1

    def close(given: ctypes.c_void_p) -> None:
        closed.append(given.value or 0)

    return SimpleNamespace(
        OpenProcess=open_process, GetExitCodeProcess=exit_code, CloseHandle=close
    )


@pytest.fixture
def on_windows(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    """Take this system for Windows, with one process; gives the handles that were closed."""

    def make(*, handle: int = 7, code: int = 259, error: int = 0) -> list[int]:
        closed: list[int] = []
        library = kernel32(handle=handle, code=code, closed=closed)
        monkeypatch.setattr(platforms, "IS_WINDOWS", True)
        monkeypatch.setattr(platforms, "_kernel32", lambda: library)
        monkeypatch.setattr(ctypes, "get_last_error", lambda: error, raising=False)
        return closed

    return make


def test_without_fcntl_one_byte_is_locked_and_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    file.write_text("x" * 5, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", NO_FCNTL, str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        *["take 1 0"] * 3,  # twice another holds it
        "held",
        "leave 1 0",
        "take 1 0",
        "EBADF",
    ]


def test_a_lock_is_let_go_when_its_work_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), exclusive(tmp_path / "lock"):
        _ = 1 / 0
    with exclusive(tmp_path / "lock"):
        pass


def test_a_living_process_is_told_from_one_that_has_ended(ended: int) -> None:
    assert platforms.is_alive(os.getpid())
    assert not platforms.is_alive(ended)


def test_a_command_line_is_that_of_the_process(ended: int) -> None:
    assert "python" in platforms.command_line(os.getpid())
    assert platforms.command_line(ended) == ""


@pytest.mark.parametrize(
    ("process", "lives", "closed"),
    [
        pytest.param({}, True, [7], id="runs"),
        pytest.param({"code": 1}, False, [7], id="ended, still looked at by somebody"),
        pytest.param({"handle": 0, "error": 87}, False, [], id="no such process"),
        pytest.param({"handle": 0, "error": 5}, True, [], id="of another user"),
    ],
)
def test_windows_is_asked_for_the_exit_code(
    on_windows: Callable[..., list[int]], *, process: dict[str, int], lives: bool, closed: list[int]
) -> None:
    handles = on_windows(**process)
    assert platforms.is_alive(4711) is lives
    assert handles == closed


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_windows_is_asked_for_the_command_line_of_what_lives(
    on_windows: Callable[..., list[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "powershell"
    script.write_text('#!/bin/sh\nprintf "%s " "java --home-dir=C:/所 $*"\n', "utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    on_windows()
    told = platforms.command_line(4711)
    assert told.startswith("java --home-dir=C:/所 ")
    assert "ProcessId=4711" in told
    on_windows(code=0)
    assert platforms.command_line(4711) == ""

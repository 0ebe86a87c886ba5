"""What differs between Linux, macOS and Windows: locks, folders, processes known by pid.

The branches of Windows are written for it and tested on Linux, with stand-ins for its libraries.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import subprocess
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

IS_WINDOWS = os.name == "nt"
HAS_FLOCK = find_spec("fcntl") is not None
ENDING_SIGNALS = (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM))
"""How a process is asked to end, and how it is made to. Windows knows the second way only, under
the first name; a store of Neo4j recovers from it by its own log."""

_RETRY_SECONDS = 0.05
_QUERY_LIMITED = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION
_ACCESS_DENIED = 5  # ERROR_ACCESS_DENIED
_STILL_ACTIVE = 259


def lock(descriptor: int) -> None:
    """Hold an open file for this process alone; wait for another process that holds it.

    Args:
        descriptor: Of a file opened for writing. Closing it, or the end of the process, lets go.
    """
    if HAS_FLOCK:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return
    while not _took_first_byte(descriptor):
        time.sleep(_RETRY_SECONDS)


def unlock(descriptor: int) -> None:
    """Let go of a file held by :func:`lock`."""
    if HAS_FLOCK:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_UN)
    else:
        _lock_first_byte(descriptor, "LK_UNLCK")


def _took_first_byte(descriptor: int) -> bool:
    # LK_LOCK would wait by itself, but gives up after ten seconds.
    try:
        _lock_first_byte(descriptor, "LK_NBLCK")
    except OSError as error:
        if error.errno in {errno.EACCES, errno.EDEADLK}:
            return False
        raise
    return True


def _lock_first_byte(descriptor: int, mode: str) -> None:
    msvcrt = import_module("msvcrt")
    os.lseek(descriptor, 0, os.SEEK_SET)
    msvcrt.locking(descriptor, getattr(msvcrt, mode), 1)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk; Windows does that by itself, and opens no folder."""
    if IS_WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_alive(pid: int) -> bool:
    """Whether a process of that number lives, whoever it belongs to."""
    if IS_WINDOWS:  # os.kill(pid, 0) would send it Ctrl-C there
        return _is_active(_kernel32(), pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def began(pid: int) -> str:
    """When a process began, in the system's own terms; empty where it does not say.

    Two processes that had one number after each other began at different times.
    """
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{stat.read_text().rpartition(')')[2].split()[19]}"
    return "" if IS_WINDOWS else _printed("/bin/ps", "-o", "lstart=", "-p", str(pid)).strip()


def _kernel32() -> Any:  # noqa: ANN401 - a library of functions without types
    return ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]  # of Windows


def _is_active(library: Any, pid: int) -> bool:  # noqa: ANN401 - the same
    library.OpenProcess.restype = ctypes.c_void_p  # a handle is wider than an int
    opened = library.OpenProcess(_QUERY_LIMITED, 0, pid)
    if not opened:
        return bool(ctypes.get_last_error() == _ACCESS_DENIED)  # type: ignore[attr-defined]  # of Windows
    handle, code = ctypes.c_void_p(opened), ctypes.c_ulong()
    try:
        library.GetExitCodeProcess(handle, ctypes.byref(code))
    finally:
        library.CloseHandle(handle)
    return code.value == _STILL_ACTIVE


def command_line(pid: int) -> str:
    """The words a process was started with, as one text; empty when it is gone."""
    if IS_WINDOWS:
        return _asked_of_powershell(pid) if is_alive(pid) else ""
    proc = Path("/proc")
    if not (proc / "self" / "cmdline").exists():
        return _printed("/bin/ps", "-ww", "-o", "command=", "-p", str(pid))
    try:
        return (proc / str(pid) / "cmdline").read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _asked_of_powershell(pid: int) -> str:
    query = f"(Get-CimInstance Win32_Process -Filter 'ProcessId={pid}').CommandLine"
    utf8 = "[Console]::OutputEncoding = [Text.Encoding]::UTF8"
    return _printed("powershell", "-NoProfile", "-NonInteractive", "-Command", f"{utf8}; {query}")


def _printed(*command: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed programs and a number
        command, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    return done.stdout

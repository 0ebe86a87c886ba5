"""One writer's place in a home: held while a heart beats, waited for, taken over from the dead.

The lock is the file ``.lock``. Who holds it touches it every few seconds; on a disk that several
machines share the touch is all that others can see of him. Whether an owner on this machine lives,
the system says at once.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from platform import node
from threading import Event, Thread
from typing import TYPE_CHECKING

from doudi.graph.errors import HomeError, filled
from doudi.graph.neo4j_process import exclusive
from doudi.graph.platforms import began, is_alive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from doudi.graph.errors import Pair

BEAT_SECONDS = 4.0
DEAD_SECONDS = 25.0
"""Without a beat for so long, an owner on another machine counts as dead."""

LOOK_SECONDS = 0.2
"""How often somebody who waits looks again."""


@dataclass(frozen=True)
class Holder:
    """Who holds the place.

    Attributes:
        pid: The process, on its machine.
        host: That machine.
        began: When the process began, in that machine's own terms; tells it from a later one of
            the same number. Empty where the system does not say.
        purpose: The stage it works on.
        since: When it took the place, in UTC.
    """

    pid: int
    host: str
    began: str
    purpose: str
    since: str

    @classmethod
    def here(cls, purpose: str) -> Holder:
        """This process."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(os.getpid(), node(), began(os.getpid()), purpose, now)

    @classmethod
    def of(cls, lock: Path) -> Holder | None:
        """Who a lock names; None where it is gone, or was left half written."""
        try:
            told = {"host": node(), "began": "", "since": "?"} | json.loads(lock.read_text("utf-8"))
            return cls(**{field.name: told[field.name] for field in fields(cls)})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def is_dead(self, silent: float) -> bool:
        """Whether it can no longer be at work.

        Args:
            silent: Seconds since the last beat.
        """
        if self.host != node():
            return silent > DEAD_SECONDS
        return not is_alive(self.pid) or (bool(self.began) and self.began != began(self.pid))


@contextmanager
def held(
    folder: Path,
    purpose: str,
    *,
    wait: float = 0.0,
    tell: Callable[[Pair], None] | None = None,
) -> Iterator[None]:
    """Hold the one writer's place in a folder.

    Args:
        folder: The home folder.
        purpose: The stage that writes.
        wait: Seconds to wait for another process that holds it.
        tell: Told once whom is waited for.

    Raises:
        HomeError: if another living process holds it, named with purpose, machine and age; or if
            this one was asleep for so long that its place was given away.
    """
    lock, mine = folder / ".lock", Holder.here(purpose)
    _wait_for(lock, mine, wait, tell or (lambda _: None))
    heart = _Heart(lock, mine)
    heart.start()
    try:
        yield
    finally:
        heart.stop()
        is_ours = Holder.of(lock) == mine
        if is_ours:
            lock.unlink(missing_ok=True)
    if not is_ours:
        raise _given_away(folder)


class _Heart(Thread):
    """Touches the lock, as long as it is its own, until it is stopped."""

    def __init__(self, lock: Path, mine: Holder) -> None:
        super().__init__(name="doudi-heartbeat", daemon=True)
        self._lock = lock
        self._mine = mine
        self._over = Event()

    def run(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            with suppress(OSError):  # a disk that does not answer now may do so at the next beat
                if Holder.of(self._lock) == self._mine:
                    os.utime(self._lock)

    def stop(self) -> None:
        self._over.set()
        self.join()


def _wait_for(lock: Path, mine: Holder, wait: float, tell: Callable[[Pair], None]) -> None:
    """Take the place, when it is free."""
    until, is_told = time.monotonic() + wait, False
    while not _took(lock, mine):
        holder = Holder.of(lock)
        if holder is None:
            continue
        if time.monotonic() >= until:
            raise _held(lock, holder)
        if not is_told:
            tell(_waits_for(holder))
            is_told = True
        time.sleep(LOOK_SECONDS)


def _took(lock: Path, mine: Holder) -> bool:
    """Whether the place was free, or its holder dead, and is ours now."""
    taking = lock.with_name(".lock.taking")
    try:
        with exclusive(taking):  # two who find a dead owner's lock take turns
            _drop_if_dead(lock, taking)
            with lock.open("x", encoding="utf-8") as file:
                json.dump(asdict(mine), file)
    except FileExistsError:
        return False
    except OSError as error:
        raise unwritable(lock.parent, error) from None
    return True


def _drop_if_dead(lock: Path, clock: Path) -> None:
    """Remove the lock of a dead owner.

    Args:
        lock: The lock.
        clock: A file beside it, touched to learn the time by the disk's own clock.
    """
    try:
        os.utime(clock)
        silent = clock.stat().st_mtime - lock.stat().st_mtime
    except FileNotFoundError:
        return
    holder = Holder.of(lock)
    if holder is None or holder.is_dead(silent):
        lock.unlink(missing_ok=True)


def _waits_for(holder: Holder) -> Pair:
    return filled(
        "等待另一命令结束（{purpose}，{host} 上的进程 {pid}，自 {since} 起）",
        "waiting for another command ({purpose}, process {pid} on {host}, since {since})",
        **asdict(holder),
    )


def _held(lock: Path, holder: Holder) -> HomeError:
    return HomeError(
        filled(
            "另一命令（{purpose}，{host} 上的进程 {pid}，自 {since} 起）正在写入此处",
            "another command ({purpose}, process {pid} on {host}, since {since}) is writing here",
            **asdict(holder),
        ),
        where=str(lock.parent),
        next_step=(
            "等它结束（--wait 秒数 会自动等待），或停止它",
            "wait for it to end (--wait SECONDS does so), or stop it",
        ),
    )


def unwritable(path: Path, error: OSError) -> HomeError:
    """What to say of a home that this user may not write."""
    return HomeError(
        (f"无法写入文件夹（{error.strerror}）", f"the folder cannot be written ({error.strerror})"),
        where=str(path),
        expected=("当前用户可写的文件夹", "a folder this user may write to"),
        next_step=(
            "用 --home 另选主目录，或改正其权限",
            "give another with --home, or mend its permissions",
        ),
    )


def _given_away(folder: Path) -> HomeError:
    return HomeError(
        (
            "本命令停顿过久，写入权已被另一命令接管",
            "this command stood still for so long that another one took its place",
        ),
        where=str(folder),
        next_step=("重新运行本命令", "run it again"),
    )

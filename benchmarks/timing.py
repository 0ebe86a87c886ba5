"""Time, processor time and memory of one case, each case in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figures:
    """What a case took.

    Attributes:
        cpu: Seconds of processor time, children and the server included.
        wall: Seconds on the clock.
        peak: Largest resident memory in MiB (VmHWM), of the process and the server together.
    """

    cpu: float
    wall: float
    peak: float


@dataclass(frozen=True)
class Lap:
    """Figures, and the fingerprint of the answer they bought."""

    figures: Figures
    answer: str


def peak_mib(pid: int | str = "self") -> float:
    """Largest resident memory a process ever had, in MiB; 0 where it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", errors="replace")
    except OSError:
        return 0.0
    lines = (line.split() for line in status.splitlines() if line.startswith("VmHWM:"))
    return next((int(line[1]) / 1024 for line in lines), 0.0)


def cpu_of(pid: int | None) -> float:
    """Processor seconds a process has used so far; 0 where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu_here() -> float:
    """Processor seconds of this process and its ended children."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measured(work: Callable[[], str], server: int | None = None) -> Lap:
    """Run a case here and say what it took.

    Args:
        work: The case; returns a fingerprint of its answer.
        server: Process id of a server that works for it.
    """
    cpu, wall = cpu_here() + cpu_of(server), time.perf_counter()
    answer = work()
    wall = time.perf_counter() - wall
    cpu = cpu_here() + cpu_of(server) - cpu
    memory = peak_mib() + (peak_mib(server) if server else 0.0)
    return Lap(Figures(cpu, wall, memory), answer)


def _child(channel: Any, work: Callable[..., Lap], arguments: tuple[Any, ...]) -> None:  # noqa: ANN401 - a pipe
    channel.send(work(*arguments))
    channel.close()


def in_fresh_process(work: Callable[..., Lap], *arguments: Any) -> Lap:  # noqa: ANN401 - the case's own
    """Run a case in a new interpreter, so that no case inherits another's memory.

    Raises:
        RuntimeError: if the process ended without an answer.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(theirs, work, arguments))
    process.start()
    theirs.close()
    try:
        lap: Lap = ours.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"{work.__name__} ended with code {process.exitcode}") from None
    process.join()
    return lap


def interleaved(cases: Mapping[str, Callable[[], Lap]], rounds: int) -> dict[str, list[Lap]]:
    """Run all cases in turn, round after round, so that a drift of the machine hits all alike."""
    laps: dict[str, list[Lap]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            laps[name].append(case())
    return laps


def best(laps: list[Lap]) -> Figures:
    """The least time and processor time, and the largest memory, of the rounds."""
    figures = [lap.figures for lap in laps]
    return Figures(
        min(f.cpu for f in figures), min(f.wall for f in figures), max(f.peak for f in figures)
    )

"""Blocks made in this process or side by side, never more of them in memory than work needs."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, TypeAlias

from doudi.synth.make import make_block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from doudi.synth.blocks import Block
    from doudi.synth.make import Made, Wishes

    Job: TypeAlias = tuple[Block, Path]

AHEAD = 2
"""Blocks that wait for a process, of each process."""


def make_all(
    jobs: Iterable[Job], total: int, wishes: Wishes, processes: int, say: Callable[[str], None]
) -> Iterator[tuple[Job, Made]]:
    """Make blocks, each in its folder; results come in the blocks' order.

    Args:
        jobs: Blocks and their folders.
        total: How many.
        wishes: What they have in common.
        processes: How many work at the same time.
        say: Called with a line when a block is done.
    """
    side_by_side = min(processes, total)
    tell = say if total == 1 else None
    made = (
        ((job, make_block(wishes, *job, tell)) for job in jobs)
        if side_by_side == 1
        else _pooled(jobs, wishes, side_by_side)
    )
    for number, one in enumerate(made, 1):
        if total > 1:
            say(f"乡镇 townships {number}/{total}")
        yield one


def _pooled(jobs: Iterable[Job], wishes: Wishes, processes: int) -> Iterator[tuple[Job, Made]]:
    """Make blocks in several processes, a few ahead of those that are asked for."""
    waiting: deque[tuple[Job, Future[Made]]] = deque()
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        try:
            for job in jobs:
                waiting.append((job, pool.submit(make_block, wishes, *job)))
                if len(waiting) > AHEAD * processes:
                    yield _first(waiting)
            while waiting:
                yield _first(waiting)
        finally:
            for _, later in waiting:
                later.cancel()


def _first(waiting: deque[tuple[Job, Future[Made]]]) -> tuple[Job, Made]:
    """The block that was begun first, once it is made."""
    job, made = waiting.popleft()
    return job, made.result()

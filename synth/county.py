"""``make_county``: a county whose truth is known, as deliveries and as a truth to compare with."""

from __future__ import annotations

import json
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from typing import TYPE_CHECKING, Literal

from doudi.graph.errors import UnknownName, UsageError
from doudi.synth.bind import bind
from doudi.synth.blocks import blocks_of
from doudi.synth.forms import forms
from doudi.synth.make import Wishes, make_block
from doudi.synth.plant import rates_of
from doudi.synth.target import growing
from doudi.synth.truth_files import bind_truth

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from doudi.synth.blocks import Block
    from doudi.synth.make import Made

SMALLEST, LARGE = 1_500, 20_000
DIRT = (0, 1, 2)
HOUSEHOLDS = {"S": 2_000, "M": 60_000, "L": 600_000}


@dataclass(frozen=True)
class CountyReceipt:
    """What a county contains."""

    people: int
    households: int
    recipients: int
    files: int
    rows: int
    cases: int
    decoys: int


def make_county(  # noqa: PLR0913 - one keyword a wish
    out: Path,
    *,
    size: Literal["S", "M", "L"] = "S",
    seed: int = 1,
    households: int | None = None,
    dirt: Literal[0, 1, 2] = 0,
    boost: float = 1.0,
    rates: Mapping[str, float] | None = None,
    sources: Collection[str] | None = None,
    stress: bool | None = None,
    processes: int | None = None,
    force: bool = False,
    progress: Callable[[str], None] | None = None,
) -> CountyReceipt:
    """Write a synthetic county: three deliveries and the truth about it.

    The folder holds a whole county afterwards or, after an error, none.

    Args:
        out: Folder for ``deliveries/<batch>/`` and ``truth/``; made when missing, else empty.
        size: S 2,000, M 60,000 or L 600,000 households.
        seed: Same seed, same bytes, whatever the number of processes.
        households: Another number of households, 1,500 or more.
        dirt: 1 plants the faults of real exports that a reader repairs, and a few rows that it
            must refuse; 2 all quality codes of the domain model at its rates.
        boost: Multiplies the planted rates; in a large county each code has two cases at least.
        rates: Planted rates by code, 0 to 1, instead of the usual ones; 0 plants none.
        sources: Slugs of the sources to deliver; every one by default.
        stress: Whether two to three per cent of households a year fall back into poverty instead
            of the published some tenths; by default in counties too small to show the latter.
        processes: How many work at the same time; as many as the machine has cores by default.
        force: Remove a county that is in the folder.
        progress: Called with a short line before each step.

    Returns:
        Counts of what was written.

    Raises:
        UsageError: if ``households`` is below 1,500 or too small for what is to be planted, if a
            rate is negative, a code or a source unknown, or if the folder is not empty.
        HomeError: if the folder cannot be written.
    """
    count = _sound(size, households, dirt, processes)
    wishes = Wishes(
        dirt,
        rates_of(boost, rates or {}),
        _known(sources),
        count < LARGE if stress is None else stress,
    )
    blocks = blocks_of(count, seed)
    with growing(out, force=force) as work:
        receipt = _grow(work, blocks, wishes, processes or os.cpu_count() or 1, progress or _quiet)
        told = {"version": version("doudi"), "seed": seed, "dirt": dirt} | asdict(receipt)
        (work / "county.json").write_text(json.dumps(told, indent=2) + "\n", "utf-8")
    return receipt


def _grow(
    work: Path,
    blocks: list[Block],
    wishes: Wishes,
    processes: int,
    say: Callable[[str], None],
) -> CountyReceipt:
    """Make all blocks in a folder and join them there."""
    folders = [work / f"block{block.number:03d}" for block in blocks]
    made = list(_all(blocks, folders, wishes, processes, say))
    say("写出文件 files")
    bound = bind([one.parts for one in made], folders, work / "deliveries")
    bind_truth(folders, bound.first, work / "truth")
    return _receipt(made, sum(block.households for block in blocks), bound.files, bound.rows)


def _sound(size: str, wanted: int | None, dirt: int, processes: int | None) -> int:
    """The number of households, when a county can be made of it."""
    if size not in HOUSEHOLDS:
        raise UnknownName.among(("规模", "size"), size, HOUSEHOLDS, where="--size")
    if dirt not in DIRT:
        raise UnknownName.among(
            ("脏数据级别", "level of dirt"), str(dirt), map(str, DIRT), where="--dirt"
        )
    if processes is not None and processes < 1:
        raise UsageError(
            (f"进程数为 {processes}", f"{processes} processes"),
            where="--processes",
            expected=("1 或以上的整数", "a whole number of 1 or more"),
        )
    households = HOUSEHOLDS[size] if wanted is None else wanted
    if households < SMALLEST:
        raise UsageError(
            (
                f"{households} 户太少，无法植入全部案例",
                f"{households} households are too few for every planted case",
            ),
            where=("户数", "households"),
            expected=(f"{SMALLEST} 或以上", f"{SMALLEST} or more"),
        )
    return households


def _known(sources: Collection[str] | None) -> frozenset[str]:
    """The sources to deliver."""
    if sources is None:
        return frozenset(forms())
    for source in sources:
        if source not in forms():
            raise UnknownName.among(("数据类型", "source"), source, forms(), where="--sources")
    if not sources:
        raise UsageError(
            ("没有要报送的数据类型", "no sources to deliver"),
            where="--sources",
            expected=("至少一个数据类型", "one source at least"),
        )
    return frozenset(sources)


def _all(
    blocks: list[Block],
    folders: list[Path],
    wishes: Wishes,
    processes: int,
    say: Callable[[str], None],
) -> Iterator[Made]:
    """Make all blocks, in this process or side by side; results come in the blocks' order."""
    if min(processes, len(blocks)) == 1:
        tell = say if len(blocks) == 1 else None
        work: Iterable[Made] = map(partial(make_block, wishes, progress=tell), blocks, folders)
        yield from _counted(work, len(blocks), say)
        return
    with ProcessPoolExecutor(min(processes, len(blocks)), get_context("spawn")) as pool:
        work = pool.map(partial(make_block, wishes), blocks, folders)
        yield from _counted(work, len(blocks), say)


def _counted(work: Iterable[Made], total: int, say: Callable[[str], None]) -> Iterator[Made]:
    """The same blocks, each told when it is done."""
    for number, made in enumerate(work, 1):
        if total > 1:
            say(f"乡镇 townships {number}/{total}")
        yield made


def _receipt(made: list[Made], households: int, files: int, rows: int) -> CountyReceipt:
    """The counts of a finished county."""
    return CountyReceipt(
        people=sum(one.people for one in made),
        households=households,
        recipients=sum(one.recipients for one in made),
        files=files,
        rows=rows,
        cases=sum(one.cases for one in made),
        decoys=sum(one.decoys for one in made),
    )


def _quiet(line: str) -> None:
    """Say nothing."""
    del line

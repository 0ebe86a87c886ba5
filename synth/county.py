"""``make_county``: a county whose truth is known, as deliveries and as a truth to compare with."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal, TypedDict

from doudi.graph.errors import UnknownName, UsageError
from doudi.synth.bind import bind
from doudi.synth.blocks import HOUSEHOLDS as A_BLOCK
from doudi.synth.blocks import MOST, blocks_of
from doudi.synth.forms import forms
from doudi.synth.make import Wishes
from doudi.synth.plant import rates_of
from doudi.synth.pool import make_all
from doudi.synth.target import growing
from doudi.synth.truth_files import bind_truth

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Unpack

    from doudi.synth.abroad import Sent
    from doudi.synth.make import Made
    from doudi.synth.pool import Job

SMALLEST, LARGE = 1_500, 20_000
DIRT = (0, 1, 2)
LARGEST = MOST * A_BLOCK
"""Households of as many blocks as have numbers of their own; none then runs out of them."""
HOUSEHOLDS = {"S": 2_000, "M": 60_000, "L": 600_000}


class Wanted(TypedDict, total=False):
    """The wishes of ``make_county`` that a province's counties share; see there."""

    size: Literal["S", "M", "L"]
    households: int | None
    dirt: Literal[0, 1, 2]
    boost: float
    rates: Mapping[str, float] | None
    sources: Collection[str] | None
    stress: bool | None
    processes: int | None
    progress: Callable[[str], None] | None


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
    plan = plan_of(
        size=size,
        households=households,
        dirt=dirt,
        boost=boost,
        rates=rates,
        sources=sources,
        stress=stress,
        processes=processes,
        progress=progress,
    )
    with growing(out, force=force) as work:
        return _write_county(work, plan, seed)


def _write_county(folder: Path, plan: Plan, seed: int) -> CountyReceipt:
    """A single county in an empty folder."""
    blocks = blocks_of(plan.households, seed)
    folders = [folder / f"block{block.number:03d}" for block in blocks]
    jobs = zip(blocks, folders, strict=True)
    made = [one for _, one in plan.make(jobs, len(blocks))]
    plan.say("写出文件 files")
    own = list(zip(folders, made, strict=True))
    receipt = bind_county(folder, own, (), households=plan.households)
    write_receipt(folder, receipt, seed, plan.wishes.dirt)
    return receipt


@dataclass(frozen=True)
class Plan:
    """What is to be made, once it is known that it can be."""

    households: int
    """Of each county."""
    wishes: Wishes
    processes: int
    say: Callable[[str], None]

    def make(self, jobs: Iterable[Job], total: int) -> Iterator[tuple[Job, Made]]:
        """Make blocks as they were wished for."""
        return make_all(jobs, total, self.wishes, self.processes, self.say)


def plan_of(**wanted: Unpack[Wanted]) -> Plan:
    """What is to be made; see ``make_county``.

    Raises:
        UsageError: if it cannot be made.
    """
    count = _sound(
        wanted.get("size", "S"),
        wanted.get("households"),
        wanted.get("dirt", 0),
        wanted.get("processes"),
    )
    stress = wanted.get("stress")
    wishes = Wishes(
        wanted.get("dirt", 0),
        rates_of(wanted.get("boost", 1.0), wanted.get("rates") or {}),
        _known(wanted.get("sources")),
        count < LARGE if stress is None else stress,
    )
    processes = wanted.get("processes") or os.cpu_count() or 1
    return Plan(count, wishes, processes, wanted.get("progress") or _quiet)


def bind_county(
    folder: Path, own: Sequence[tuple[Path, Made]], others: Sequence[Sent], *, households: int
) -> CountyReceipt:
    """Join blocks, and what other counties send, to deliveries and truth.

    Args:
        folder: The county's.
        own: Its blocks' folders and what they contain.
        others: What comes from other counties, after the own rows of each file.
        households: How many it has.
    """
    folders = [*(path for path, _ in own), *(sent.folder for sent in others)]
    parts = [*(made.parts for _, made in own), *(sent.parts for sent in others)]
    bound = bind(parts, folders, folder / "deliveries")
    bind_truth(folders, bound.first, folder / "truth")
    return CountyReceipt(
        people=sum(made.people for _, made in own),
        households=households,
        recipients=sum(made.recipients for _, made in own),
        files=bound.files,
        rows=bound.rows,
        cases=sum(made.cases for _, made in own) + sum(sent.cases for sent in others),
        decoys=sum(made.decoys for _, made in own) + sum(sent.decoys for sent in others),
    )


def write_receipt(folder: Path, receipt: CountyReceipt, seed: int, dirt: int) -> None:
    """What a county says about itself; it comes last."""
    told = {"version": version("doudi"), "seed": seed, "dirt": dirt} | asdict(receipt)
    (folder / "county.json").write_text(json.dumps(told, indent=2) + "\n", "utf-8")


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
    if households > LARGEST:
        raise UsageError(
            (
                f"{households} 户太多，一个县的编号不够用",
                f"{households} households are too many for the numbers of one county",
            ),
            where=("户数", "households"),
            expected=(f"{LARGEST} 或以下", f"{LARGEST} or fewer"),
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


def _quiet(line: str) -> None:
    """Say nothing."""
    del line

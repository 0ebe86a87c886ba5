"""The folder a county or a province is written to: empty before, whole after."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from doudi.graph.errors import HomeError, UsageError, joined
from doudi.synth.numbers import MOST_COUNTIES, county_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

WHOLE = ("deliveries", "truth", "county.json")
"""What a county consists of; ``county.json`` comes last."""
PROVINCE = "province.json"
"""What a province has beside a folder a county; it comes last."""
PAGE = "describe.html"
"""What ``doudi synth describe`` adds to a county."""
UNFINISHED = ".unfinished"
"""Where a county grows; what a kill leaves there never looks like a county."""
SHOWN = 5


@contextmanager
def growing(out: Path, *, force: bool, whole: Sequence[str] = WHOLE) -> Iterator[Path]:
    """A folder to build a county or a province in; at the end its contents move to ``out``.

    Args:
        out: The folder to fill; made when missing.
        force: Remove the county or province that is there. Nothing else is ever removed.
        whole: What moves to ``out``, the last one last.

    Raises:
        UsageError: if the folder holds something, or with ``force`` something foreign.
        HomeError: if it cannot be written, for instance because the disk is full.
    """
    try:
        _make_room(out, force=force)
        work = out / UNFINISHED
        work.mkdir(parents=True)
        try:
            yield work
            for name in whole:
                (work / name).rename(out / name)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        room = ("有足够空间的文件夹", "a folder with enough room")
        raise HomeError.unwritten(error, str(out), expected=room) from error


def removed_by_force(out: Path) -> list[str]:
    """Names of what ``force`` would remove: an earlier county or province, whole or not."""
    codes = [str(county_code(place)) for place in range(MOST_COUNTIES)]
    counties = [code for code in codes if _is_county(out / code)]
    return [n for n in (*WHOLE, PAGE, UNFINISHED, PROVINCE) if (out / n).exists()] + counties


def _is_county(folder: Path) -> bool:
    """Whether a folder is a county of a province, and holds nothing else."""
    found = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return bool(found) and found <= {*WHOLE, PAGE}


def _make_room(out: Path, *, force: bool) -> None:
    """Refuse a folder that holds something, or remove the county in it."""
    if out.exists() and not out.is_dir():
        raise UsageError(
            ("这是一个文件", "this is a file"),
            where=str(out),
            expected=("要写入的文件夹", "a folder to write to"),
        )
    found = sorted(path.name for path in out.iterdir()) if out.exists() else []
    ours = removed_by_force(out)
    foreign = [name for name in found if name not in ours]
    if foreign or (ours and not force):
        raise _occupied(out, foreign, ours)
    for name in ours:
        path = out / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _occupied(out: Path, foreign: list[str], ours: list[str]) -> UsageError:
    """The error about a folder that is not empty; says what ``--force`` would do."""
    shown = joined((foreign or ours)[:SHOWN])
    step = (
        (
            f"换一个空文件夹，或用 --force（会删除 {joined(ours)[0]}）",
            f"choose an empty folder, or --force (it removes {joined(ours)[1]})",
        )
        if not foreign
        else (
            "换一个空文件夹；--force 不会删除这些内容",
            "choose an empty folder; --force does not remove these",
        )
    )
    return UsageError(
        (f"文件夹不是空的：{shown[0]}", f"the folder is not empty: {shown[1]}"),
        where=str(out),
        expected=("空文件夹或不存在的文件夹", "an empty folder, or none"),
        next_step=step,
    )

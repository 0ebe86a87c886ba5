"""``make_province``: several counties that share registers, and people whom two of them pay."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from doudi.graph.errors import UsageError
from doudi.synth.abroad import FOLDER, received
from doudi.synth.blocks import Province
from doudi.synth.county import CountyReceipt, bind_county, plan_of, write_receipt
from doudi.synth.make import Made
from doudi.synth.numbers import MOST_COUNTIES, county_code
from doudi.synth.parts import Part
from doudi.synth.target import PROVINCE, growing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Unpack

    from doudi.synth.county import Plan, Wanted
    from doudi.synth.pool import Job

FEWEST = 2
BLOCKS, MADE = "blocks", "made.json"


@dataclass(frozen=True)
class ProvinceReceipt:
    """What each county contains, by its code."""

    counties: dict[str, CountyReceipt]


def make_province(
    out: Path, *, counties: int, seed: int = 1, force: bool = False, **wanted: Unpack[Wanted]
) -> ProvinceReceipt:
    """Write several counties, each into a folder named by its code.

    The folder holds all counties whole afterwards or, after an error, none.

    Args:
        out: Folder for the counties; made when missing, else empty.
        counties: How many, 2 to 64.
        seed: Same seed, same bytes; each county has a seed of its own that follows from it.
        force: Remove the counties that are in the folder.
        **wanted: What ``make_county`` takes; it goes for every county.

    Returns:
        Counts of what was written.

    Raises:
        UsageError: if there are too few or too many counties, or as ``make_county``.
        HomeError: if the folder cannot be written.
    """
    if not FEWEST <= counties <= MOST_COUNTIES:
        raise UsageError(
            (f"县数为 {counties}", f"{counties} counties"),
            where="--counties",
            expected=(f"1 到 {MOST_COUNTIES} 的整数", f"a whole number from 1 to {MOST_COUNTIES}"),
        )
    plan = plan_of(**wanted)
    province = Province(counties, plan.households, seed)
    codes = [str(county_code(place)) for place in range(counties)]
    with growing(out, force=force, whole=(*codes, PROVINCE)) as work:
        folders = _make(work / BLOCKS, province, plan)
        receipts = {}
        for place, code in enumerate(codes):
            plan.say(f"写出文件 files {place + 1}/{counties}")
            receipts[code] = _bind(work, folders, code, plan)
            write_receipt(work / code, receipts[code], province.seed_of(place), plan.wishes.dirt)
        _write_receipt(work / PROVINCE, receipts, seed, plan.wishes.dirt)
    return ProvinceReceipt(receipts)


def _make(target: Path, province: Province, plan: Plan) -> list[Path]:
    """Make the blocks of all counties; each leaves a note of what it contains."""
    folders, total = [], len(province.blocks(0)) * province.counties
    for (_, folder), made in plan.make(_jobs(target, province), total):
        told = asdict(made) | {"parts": [asdict(part) for part in made.parts.values()]}
        (folder / MADE).write_text(json.dumps(told), "utf-8")
        folders.append(folder)
    return folders


def _jobs(target: Path, province: Province) -> Iterator[Job]:
    """The blocks of all counties, one county after the other, and a folder for each."""
    for place in range(province.counties):
        for block in province.blocks(place):
            yield block, target / str(block.county) / f"block{block.number:03d}"


def _bind(work: Path, folders: list[Path], code: str, plan: Plan) -> CountyReceipt:
    """Join the blocks of a county and what it gets from others; its own parts then go."""
    own = [(folder, _noted(folder)) for folder in folders if folder.parent.name == code]
    others = list(received(folders, code))
    receipt = bind_county(work / code, own, others, households=plan.households)
    for folder, _ in own:
        for path in sorted(folder.iterdir()):
            if path.name != FOLDER:  # other counties still need it
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    return receipt


def _noted(folder: Path) -> Made:
    """What a block contains, by its note."""
    told = json.loads((folder / MADE).read_text("utf-8"))
    parts = [Part(**part) for part in told.pop("parts")]
    return Made(parts={(part.batch, part.source): part for part in parts}, **told)


def _write_receipt(path: Path, receipts: dict[str, CountyReceipt], seed: int, dirt: int) -> None:
    """What a province says about itself; it comes last."""
    counties = [{"code": code} | asdict(receipt) for code, receipt in receipts.items()]
    told = {"version": version("doudi"), "seed": seed, "dirt": dirt, "counties": counties}
    path.write_text(json.dumps(told, indent=2) + "\n", "utf-8")

"""``make_county``: a county whose truth is known, as deliveries and as a truth to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from doudi.graph.errors import UsageError
from doudi.synth import (
    areas,
    assets,
    care,
    cases_income,
    civil,
    files,
    firms,
    officials,
    parameters,
    payments,
    registers,
    truth,
    work,
)
from doudi.synth.build import build
from doudi.synth.dirt import soil
from doudi.synth.planting import plant_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from doudi.synth.files import Written
    from doudi.synth.parameters import Standards
    from doudi.synth.world import World

SMALLEST = 1_500
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


def make_county(
    out: Path,
    *,
    size: Literal["S", "M", "L"] = "S",
    seed: int = 1,
    households: int | None = None,
    dirt: Literal[0, 1] = 0,
    boost: int = 1,
    progress: Callable[[str], None] | None = None,
) -> CountyReceipt:
    """Write a synthetic county: three deliveries and the truth about it.

    Args:
        out: Folder for ``deliveries/<batch>/`` and ``truth/``; made when missing.
        size: S 2,000, M 60,000 or L 600,000 households.
        seed: Same seed, same bytes.
        households: Another number of households, 1,500 or more.
        dirt: 1 plants the spelling and typing faults of real exports.
        boost: Multiplies the planted rates; each code has two cases at least.
        progress: Called with a short line before each step.

    Returns:
        Counts of what was written.

    Raises:
        UsageError: if ``households`` is below 1,500, or too small for the boost.
    """
    count = households or HOUSEHOLDS[size]
    if count < SMALLEST:
        raise UsageError(
            (
                f"{count} 户太少，无法植入全部案例",
                f"{count} households are too few for every planted case",
            ),
            where=("户数", "households"),
            expected=(f"{SMALLEST} 或以上", f"{SMALLEST} or more"),
        )
    say = progress or _quiet
    say("人员与住户 people and homes")
    world, relapses = build(count, seed, boost)
    say("植入案例 planting")
    plant_all(world)
    say("生成各表 rows")
    standards = parameters.standards()
    write_rows(world, standards)
    say("写出文件 files")
    sheets = files.sheets_of(world.book, world.rng)
    if dirt:
        sheets = soil(world, sheets)
    written = files.write_deliveries(sheets, out / "deliveries")
    truth.note_relapses(world, relapses)
    truth.write_truth(world, payments.paid_table(world), written.places, out / "truth")
    return _receipt(world, written)


def write_rows(world: World, standards: Standards) -> None:
    """Turn the county into the rows of all sources."""
    areas.write_areas(world.book, world.areas)
    parameters.write_parameters(world.book)
    civil.write_civil(world)
    firms.write_firms(world)
    work.write_jobs(world)
    cases_income.write_posts(world)
    assets.write_assets(world)
    care.help_the_struck(world)
    care.write_care(world)
    care.write_archives(world, standards)
    registers.write_registers(world, standards)
    payments.write_payments(world, standards)
    officials.write_officials(world)


def _receipt(world: World, written: Written) -> CountyReceipt:
    """The counts of a finished county."""
    recipients = {m.person for case in world.dibao for m in case.members}
    recipients |= {stipend.person for stipend in world.stipends}
    return CountyReceipt(
        people=int((world.people.home >= 0).sum()),
        households=len(world.homes),
        recipients=len(recipients),
        files=written.files,
        rows=written.rows,
        cases=world.truth.count("case"),
        decoys=world.truth.count("decoy"),
    )


def _quiet(line: str) -> None:
    """Say nothing."""
    del line

"""Poverty archives, who is monitored, and the yearly income ledgers of their homes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.synth import months, work
from doudi.synth.book import coded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.parameters import Standards
    from doudi.synth.world import World

LEDGER_YEARS = (2021, 2022, 2023, 2024, 2025)
SAFE_PC = 12_800.0
"""Ledger income a head and year above which nobody without help is near the edge line."""
USUAL_PC = 15_500.0
CAUSES = ["因病", "因残", "因学", "缺劳力", "因灾", "缺技术"]
RISKS = ("因病", "因灾", "就业不稳")


def archive_number(world: World, home: int) -> str:
    """The archive number of a home."""
    return f"DA{world.areas.code[world.homes.village[home]]}{home + 1:06d}"


def archive_numbers(world: World, own: NDArray[np.int64]) -> pa.Array:
    """The archive numbers of homes."""
    return pa.array([archive_number(world, home) for home in own.tolist()])


def listed_members(
    world: World, own: NDArray[np.int64], kept: NDArray[np.bool_]
) -> tuple[pa.Array, NDArray[np.int64]]:
    """The numbers of the people of homes as one text each, and how many they are.

    Args:
        world: The block.
        own: Homes in ascending order.
        kept: By person, whether to list it.
    """
    people, homes = world.people, world.homes
    who = homes.order[kept[homes.order] & np.isin(people.home[homes.order], own)]
    ends = np.searchsorted(people.home[who], own, side="right")
    first = np.concatenate([[0], ends[:-1]]) if len(own) else np.zeros(0, dtype=np.int64)
    starts = pa.array(np.append(first, len(who)).astype(np.int32))
    lists = pa.ListArray.from_arrays(starts, coded(people.number, who).cast(pa.string()))
    return pc.binary_join(lists, ";"), np.asarray(ends - first, dtype=np.int64)


def write_archives(world: World, standards: Standards) -> None:
    """poverty_archive, monitored_household and household_income_ledger."""
    people, homes, aid = world.people, world.homes, world.aid
    lasting = np.zeros(len(homes), dtype=bool)
    lasting[people.home[(people.home >= 0) & (people.dead_month() > months.LAST)]] = True
    own = np.flatnonzero(aid.archived & lasting)
    members, size = listed_members(world, own, people.dead_month() > months.SNAPSHOT)
    _archive_rows(world, own, members)
    _monitor_rows(world, own, members)
    _ledger_rows(world, own, size, standards)


def _archive_rows(world: World, own: NDArray[np.int64], members: pa.Array) -> None:
    """poverty_archive: homes that left poverty, and ordinary ones kept under watch."""
    homes, rng = world.homes, world.block.stream("poverty_archive")
    poor = world.aid.former_poor[own]
    told = rng.integers(2014, 2018, len(own))
    world.book.add(
        "poverty_archive",
        archive_no=archive_numbers(world, own),
        household_head=coded(world.people.number, homes.head[own]),
        members=members,
        identified_year=np.where(poor, told, 2021),
        exit_year=np.where(poor, np.minimum(told + 3, 2020).astype("U4"), ""),
        cause=coded(CAUSES, rng.integers(0, len(CAUSES), len(own))),
        attribute=coded(["一般农户", "脱贫户"], poor.astype(int)),
        area_code=coded(world.areas.code, homes.village[own]),
        address_code=coded(homes.address, own),
    )


def _monitor_rows(world: World, archived: NDArray[np.int64], members: pa.Array) -> None:
    """monitored_household: archived homes that came under monitoring."""
    homes, aid, rng = world.homes, world.aid, world.block.stream("monitored_household")
    place = np.flatnonzero(aid.monitored_from[archived] <= months.LAST)
    own = archived[place]
    since, kind = aid.monitored_from[own], aid.monitored_kind[own]
    causes = [world.causes.get(home, "") for home in own.tolist()]
    world.book.add(
        "monitored_household",
        known=since,
        archive_no=archive_numbers(world, own),
        type=kind,
        identified_date=months.day_in(since, 14),
        risk_types=[cause if cause in RISKS else "收入骤减" for cause in causes],
        net_income_pc=np.where(kind == "突发严重困难", 14_000.0, 8_200.0)
        + rng.integers(-20, 20, len(own)) * 10,
        members=members.take(pa.array(place)),
        household_head=coded(world.people.number, homes.head[own]),
        area_code=coded(world.areas.code, homes.village[own]),
    )


def _ledger_rows(
    world: World, own: NDArray[np.int64], size: NDArray[np.int64], standards: Standards
) -> None:
    """household_income_ledger: five years of every archived home; sums over its people."""
    rng, jobs = world.block.stream("household_income_ledger"), world.jobs
    earning = np.zeros(len(world.homes), dtype=bool)
    earning[world.people.home[(jobs.kind == work.FORMAL) & (world.people.home >= 0)]] = True
    for year in LEDGER_YEARS:
        total = _incomes(world, own, year, standards) * size
        low, high = np.where(earning[own], 0.6, 0.3), np.where(earning[own], 0.75, 0.5)
        wage = np.round(total * rng.uniform(low, high), 2)
        owned, given = np.round(total * 0.03, 2), np.round(total * 0.1, 2)
        world.book.add(
            "household_income_ledger",
            known=(year - 2022) * 12 + 3,
            archive_no=archive_numbers(world, own),
            year=np.full(len(own), year),
            wage=wage,
            business_net=np.round(total - wage - owned - given, 2),
            property=owned,
            transfer=given,
            production_cost=np.round(total * 0.04, 2),
        )


def _incomes(
    world: World, own: NDArray[np.int64], year: int, standards: Standards
) -> NDArray[np.float64]:
    """Income a head of a ledger year (October to September), by what each home then was."""
    aid, rng = world.aid, world.block.stream(f"ledger {year}")
    end = (year - 2022) * 12 + 2
    standard = standards.of(end, urban=False) * 12
    held = (aid.dibao_from[own] <= end) & (end < aid.dibao_to[own])
    if year == LEDGER_YEARS[-1]:
        held &= aid.dibao_to[own] > months.LAST  # who left since had left for an income that lasts
    comfort = world.homes.comfort[own] * 0.35 + rng.normal(0, 0.12, len(own))
    struck = world.shocks.disaster[own]
    shocked = (struck >= end - 12) & (struck < end)
    usual = USUAL_PC * np.exp(comfort) * np.where(shocked, 0.85, 1.0)
    least = SAFE_PC * rng.uniform(1.0, 1.12, len(own))
    income = np.select(
        [held | aid.tekun[own], aid.edge_from[own] <= end],
        [
            standard * rng.uniform(0.55, 0.9, len(own)),
            standard * rng.uniform(1.1, 1.4, len(own)),
        ],
        np.maximum(usual, least),
    )
    place = {home: at for at, home in enumerate(own.tolist())}
    for (home, planted_year), planted in world.ledger.items():  # few are planted
        if planted_year == year and home in place:
            income[place[home]] = planted
    return np.asarray(income, dtype=np.float64)

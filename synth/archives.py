"""Poverty archives, and who is monitored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.synth import months
from doudi.synth.book import coded
from doudi.synth.ledger import write_ledger

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.parameters import Standards
    from doudi.synth.world import World

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


def archived_homes(world: World) -> NDArray[np.int64]:
    """Archived homes in which somebody lives to the end of the delivered months."""
    people, lasting = world.people, np.zeros(len(world.homes), dtype=bool)
    lasting[people.home[(people.home >= 0) & (people.dead_month() > months.LAST)]] = True
    return np.flatnonzero(world.aid.archived & lasting)


def write_archives(world: World, standards: Standards) -> None:
    """poverty_archive, monitored_household and household_income_ledger."""
    people, own = world.people, archived_homes(world)
    members, size = listed_members(world, own, people.dead_month() > months.SNAPSHOT)
    _archive_rows(world, own, members)
    _monitor_rows(world, own, members)
    write_ledger(world, own, archive_numbers(world, own), size, standards)


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

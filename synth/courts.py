"""Enforcement, the list of the dishonest and auctions of courts."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months
from doudi.synth.book import coded, numbered
from doudi.synth.folk import ended, outsiders, planted_homes, some
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

NAT = np.datetime64("NaT", "D")
DEBTORS = 0.006
"""Share of adults outside the registers who owe by a judgment."""
POOR_DEBTORS = 0.006
"""The same among recipients: a debt without anything to seize."""
UNABLE = 0.4
"""Share of enforcements that end because nothing is found."""
AUCTIONED = 0.15
ASSETS = ["合成县城区住宅一套", "合成县临街商铺一间", "小型轿车一辆", "林权一宗"]
ROLES = ("申请人", "被执行人")


def write_courts(world: World) -> None:
    """Rows of the three sources."""
    _write_enforcement(world)


def enforcement(
    world: World,
    who: NDArray[np.int64],
    role: Values,
    number: pa.Array,
    amount: NDArray[Any],
    filed: NDArray[np.int64],
    closed: NDArray[np.int64],
    *,
    status: Values,
) -> None:
    """Rows of enforcement_case; how a case ends becomes known when it does."""
    row, known, shown = ended(filed, closed)
    over = np.broadcast_to(status, len(who))[row]
    world.book.add(
        "enforcement_case",
        known=known,
        person_id=coded(world.people.number, who[row]),
        role=role,
        case_no=number.take(row),
        amount=amount[row],
        filed=months.day_in(filed[row], 6),
        closed=months.day_in(shown, 24),
        status=np.where(shown == months.OPEN, "执行中", over),
    )


def case_numbers(
    world: World, serial: NDArray[Any], month: NDArray[np.int64], sign: str
) -> pa.Array:
    """Numbers of cases: year, court, kind and a number of the block."""
    year = np.char.add("（", (2022 + (month + 6) // 12).astype(str))
    court = world.block.county // 100
    return numbered(np.char.add(year, f"）测{court}{sign}{world.block.number + 1:02d}"), serial, 5)


def _write_enforcement(world: World) -> None:
    """Debtors and creditors; who owes on is listed as dishonest for two years, some are sold up."""
    people, rng = world.people, world.block.stream("enforcement_case")
    free = outsiders(world) & (people.age() > 24) & (people.age() < 68)
    debtor = some(rng, np.flatnonzero(free), DEBTORS, least=9)
    count = len(debtor)
    filed = rng.integers(months.LAST - 66, months.LAST - 3, count)
    closed = np.minimum(filed + rng.integers(2, 9, count), months.LAST)
    unable = rng.permutation(count) < UNABLE * count
    amount = np.round(np.exp(rng.normal(10.6, 1.0, count)), 2)
    number = case_numbers(world, np.arange(count) + 1, filed, "执")
    creditor = rng.permutation(np.setdiff1d(np.flatnonzero(free), debtor))[:count]
    paid = np.flatnonzero(~unable & (rng.random(count) < 0.6))
    status = np.where(unable, "终结本次执行", "执行完毕")
    enforcement(world, debtor, ROLES[1], number, amount, filed, closed, status=status)
    enforcement(
        world,
        creditor[paid],
        ROLES[0],
        number.take(paid),
        amount[paid],
        filed[paid],
        closed[paid],
        status="执行完毕",
    )
    listed = some(rng, np.flatnonzero(unable), 0.8)
    dishonest(world, debtor[listed], closed[listed], closed[listed] + 24, duty="全部未履行")
    _write_auctions(world, debtor, closed, unable)
    _write_poor_debtors(world, count)


def _write_poor_debtors(world: World, before: int) -> None:
    """Recipients who owe for treatment or surety, and own nothing."""
    people, rng = world.people, world.block.stream("enforcement_case recipients")
    open_to = world.aid.ever() & ~planted_homes(world)
    free = (people.home != NOBODY) & open_to[people.home]
    free &= people.living() & (people.age() > 24) & (people.age() < 68)
    who = np.flatnonzero(free & (rng.random(len(free)) < POOR_DEBTORS))
    filed = rng.integers(months.LAST - 60, months.LAST - 8, len(who))
    number = case_numbers(world, np.arange(len(who)) + before + 1, filed, "执")
    amount = np.round(np.exp(rng.normal(9.6, 0.7, len(who))), 2)
    enforcement(
        world,
        who,
        ROLES[1],
        number,
        amount,
        filed,
        filed + 6,
        status="终结本次执行",
    )


def dishonest(
    world: World,
    who: NDArray[np.int64],
    published: NDArray[np.int64],
    removed: NDArray[np.int64],
    *,
    duty: Values,
) -> None:
    """Rows of dishonest_list; removals become known when they come."""
    row, known, gone = ended(published, removed)
    world.book.add(
        "dishonest_list",
        known=known,
        person_id=coded(world.people.number, who[row]),
        published=months.day_in(published[row], 27),
        removed=months.day_in(gone, 27),
        duty=duty,
    )


def auction(
    world: World,
    who: NDArray[np.int64],
    asset: Values,
    price: Values,
    month: NDArray[np.int64],
    *,
    role: Values,
) -> None:
    """Rows of judicial_auction."""
    world.book.add(
        "judicial_auction",
        known=month,
        person_id=coded(world.people.number, who),
        asset=asset,
        price=price,
        date=months.day_in(month, 18),
        role=role,
    )


def _write_auctions(
    world: World, debtor: NDArray[np.int64], closed: NDArray[np.int64], unable: NDArray[np.bool_]
) -> None:
    """What some debtors owned, and who bought it."""
    rng = world.block.stream("judicial_auction")
    sold = some(rng, np.flatnonzero(~unable), AUCTIONED)
    month = closed[sold]
    kind = rng.integers(0, len(ASSETS), len(sold))
    price = np.round(np.array([210_000.0, 180_000.0, 32_000.0, 60_000.0])[kind], 2)
    price = np.round(price * rng.uniform(0.5, 1.2, len(sold)), -2)
    asset = np.array(ASSETS)[kind]
    auction(world, debtor[sold], asset, price, month, role="被执行人")
    rich = np.flatnonzero(outsiders(world) & (world.people.age() > 28) & (world.people.age() < 60))
    rich = rich[world.homes.comfort[world.people.home[rich]] > 0.8]
    buyer = rng.permutation(np.setdiff1d(rich, debtor))[: len(sold)]
    at = np.arange(len(buyer))
    auction(world, buyer, asset[at], price[at], month[at], role="买受人")

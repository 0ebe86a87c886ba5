"""Moves between hukou books, journeys abroad, missing people."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months
from doudi.synth.children import CITIES
from doudi.synth.folk import listed, positions
from doudi.synth.lookback import day_of, draw, home_of, ordinary, told
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

NAT = np.datetime64("NaT", "D")
TRAVELLED = 0.02
SPLIT = ("分家", "土地确权", "子女就学")
MOVED_OUT = "购房落户"


def write_police(world: World) -> None:
    """Rows of these registers; the deaths that the police cancelled come before."""
    _write_moves(world)
    _write_journeys(world)
    _write_missing(world)


def move(
    world: World,
    who: NDArray[np.int64],
    kind: Values,
    day: NDArray[Any],
    books: tuple[Values, Values],
    reason: Values,
    codes: tuple[Values, Values] = ("", ""),
) -> None:
    """Rows of hukou_change: from which book to which, and from where to where."""
    world.book.add(
        "hukou_change",
        known=np.maximum(months.index_of(day), 0),
        person_id=world.people.number[who],
        change_type=kind,
        change_date=day,
        from_book=books[0],
        to_book=books[1],
        reason=reason,
        origin_code=codes[0],
        destination_code=codes[1],
    )


def _write_moves(world: World) -> None:
    """Brides, sons who set up a book of their own, those who moved away, and the dead."""
    people, homes, rng = world.people, world.homes, world.block.stream("hukou_change")
    book = homes.book_no[homes.book]
    code = world.areas.code[homes.village]
    wed = months.index_of(people.wed)
    bride = np.flatnonzero(ordinary(world) & ~people.male & (wed > -90) & (wed < months.LAST - 2))
    bride = bride[np.isnat(people.again[bride])]
    mother = people.mother[bride]
    from_home = people.home[mother]
    bride, from_home = bride[from_home >= 0], from_home[from_home >= 0]
    day = people.wed[bride] + rng.integers(9, 60, len(bride)).astype("timedelta64[D]")
    at = people.home[bride]
    move(
        world, bride, "迁入", day, (book[from_home], book[at]), "婚迁", (code[from_home], code[at])
    )
    _write_splits(world, book)
    gone = np.flatnonzero((people.home >= 0) & (people.status == "迁出"))
    ends = np.array([_end_of(world, h) for h in people.home[gone].tolist()], dtype=np.int64)
    gone, ends = gone[ends <= months.LAST], ends[ends <= months.LAST]
    if len(gone):  # few: planted
        away = np.char.add(rng.choice(sorted(CITIES), len(gone)), "000000")
        at = people.home[gone]
        day = months.day_in(ends, 8)
        move(world, gone, "迁出", day, (book[at], ""), MOVED_OUT, (code[at], away))
    number, day = told(world, "hukou_death_cancellation", "person_id", "cancel_date")
    dead = positions(world, number)
    fits = (dead >= 0) & ordinary_dead(world)[dead]
    dead, day = dead[fits], day[fits]
    move(world, dead, "死亡", day, (book[people.home[dead]], ""), "死亡注销")


def _end_of(world: World, home: int) -> int:
    """The month in which the benefit of a home that moved away ended."""
    return min((case.end for case in world.cases_at(home)), default=months.OPEN)


def ordinary_dead(world: World) -> NDArray[np.bool_]:
    """Whose home carries no planted fact."""
    fits = np.ones(len(world.homes), dtype=bool)
    fits[sorted(world.used)] = False
    return np.asarray(fits[home_of(world)] & (world.people.home >= 0), dtype=bool)


def _write_splits(world: World, book: NDArray[np.str_]) -> None:
    """Heads with a book of their own whose father has another: most in their thirties."""
    people, homes, rng = world.people, world.homes, world.block.stream("hukou_change split")
    own = np.flatnonzero((homes.book == np.arange(len(homes))) & (rng.random(len(homes)) < 0.3))
    head = homes.head[own]
    father = people.father[head]
    fits = (father != NOBODY) & ordinary(world, low=24, high=60)[head]
    head, father = head[fits], father[fits]
    at = people.home[father]
    kept = (at >= 0) & (book[at] != book[people.home[head]])
    head, at = head[kept], at[kept]
    month = rng.integers(-150, months.LAST + 1, len(head))
    month = np.maximum(month, months.index_of(people.birth[head]) + 12 * 22)
    kind = rng.choice(["分户", "立户"], len(head), p=[0.75, 0.25])
    to_book = book[people.home[head]]
    reason = rng.choice(SPLIT, len(head), p=[0.6, 0.25, 0.15])
    kept = month <= months.LAST
    move(
        world,
        head[kept],
        kind[kept],
        day_of(month[kept], rng),
        (book[at][kept], to_book[kept]),
        reason[kept],
    )


def _write_journeys(world: World) -> None:
    """exit_entry: trips of the better off, work abroad, border crossings; some never returned."""
    rng, comfort = world.block.stream("exit_entry"), world.homes.comfort[home_of(world)]
    fits = ordinary(world, low=20, high=75) & (comfort > 0.2)
    fits &= ~listed(world, "prison_inmates") & ~listed(world, "detention_detox")
    who = draw(world, "exit_entry", fits, TRAVELLED, least=4)
    who = np.repeat(who, rng.integers(1, 4, len(who)))
    month = rng.integers(months.FIRST_PAID, months.LAST, len(who))
    kind = rng.choice(4, len(who), p=[0.45, 0.25, 0.2, 0.1])
    span = np.select([kind == 2, kind == 3], [0, rng.integers(60, 300, len(who))], 6)
    lost = rng.random(len(who)) < 0.03
    journey(world, who, day_of(month, rng), span, kind, lost)


def journey(
    world: World,
    who: NDArray[np.int64],
    leaves: NDArray[Any],
    days: NDArray[np.int64],
    kind: NDArray[np.int64],
    lost: Values,
    purpose: str | None = None,
) -> None:
    """Rows of exit_entry: a tour, Hong Kong, a border crossing, work; the way back may be missing."""
    back = leaves + days.astype("timedelta64[D]")
    open_ = np.asarray(lost) | (back > months.day(months.LAST, 30))
    world.book.add(
        "exit_entry",
        known=np.where(open_, months.index_of(leaves), months.index_of(back)),
        person_id=world.people.number[who],
        doc_type=np.array(["普通护照", "港澳通行证", "边民通行证", "普通护照"])[kind],
        exit_date=leaves,
        entry_date=np.where(open_, NAT, back),
        destination=np.array(["泰国", "中国香港", "缅甸", "老挝"])[kind],
        purpose=purpose or np.array(["旅游", "旅游", "边民互市", "劳务"])[kind],
    )


def _write_missing(world: World) -> None:
    """missing_person_report: most are found within days; some parents are not."""
    rng = world.block.stream("missing_person_report")
    fits = ordinary(world, low=8) & ~listed(world, "prison_inmates")
    fits &= ~listed(world, "detention_detox")
    who = draw(world, "missing_person_report", fits, 0.0006, least=4)
    month = rng.integers(0, months.SNAPSHOT, len(who))
    day = day_of(month, rng)
    back = day + rng.integers(1, 20, len(who)).astype("timedelta64[D]")
    missing(world, who, day, "已找到", back)
    lost = world.wards.missing
    who = np.array(sorted(lost), dtype=np.int64)
    month = np.array([lost[p] for p in sorted(lost)], dtype=np.int64)
    missing(world, who, months.day_in(month, 11), "查找中", NAT)


def missing(
    world: World, who: NDArray[np.int64], day: NDArray[Any], status: Values, found: Values
) -> None:
    """Rows of missing_person_report."""
    back = months.index_of(np.broadcast_to(found, day.shape))
    known = np.where(back < months.OPEN, back, months.index_of(day))
    world.book.add(
        "missing_person_report",
        known=np.maximum(known, 0),
        person_id=world.people.number[who],
        report_date=day,
        status=status,
        found_date=found,
        name=world.people.name[who],
    )

"""Care institutions, shelter for the homeless, and gifts of charities."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.care import help_once
from doudi.synth.lookback import day_of, draw, ordinary, plain_homes
from doudi.synth.people import NOBODY, YEAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

NAT = np.datetime64("NaT", "D")
LODGERS = 0.012
"""Share of people of seventy and more on no register who pay for a place in an institution."""
MOVES = 0.08
SHELTERED_A_YEAR = 0.0004
GIFTS = 0.012
ORGS = ["合成县慈善会", "县红十字会", "希望工程办公室", "乡贤助学会", "爱心医疗基金"]
PURPOSES = np.array(["助困", "助学", "助医", "助残", "助老"])
WORKING, BEREAVED = 60.5, 3_000.0
"""Age up to which a death takes an earner, and the help that comes at once, CNY."""
STATION = "合成县救助管理站"


def write_relief(world: World) -> None:
    """Rows of institution_residents, homeless_relief, charity_aid; help for the bereaved."""
    _help_bereaved(world)
    _write_supported(world)
    _write_lodgers(world)
    _write_sheltered(world)
    _write_gifts(world)


def _help_bereaved(world: World) -> None:
    """Temporary assistance for homes on no register that lose somebody in working years."""
    people, homes = world.people, world.homes
    month = people.dead_month()
    dies = (people.home >= 0) & (month >= months.FIRST_PAID) & (month <= months.LAST)
    who = np.flatnonzero(dies)
    who = who[plain_homes(world)[people.home[who]] & people.living()[homes.head[people.home[who]]]]
    age = (people.death[who] - people.birth[who]).astype(np.int64) / YEAR
    who = who[(age >= 18) & (age < WORKING)]
    amount = np.full(len(who), BEREAVED)
    help_once(world, homes.head[people.home[who]], month[who], "主要劳动力死亡", amount, day=28)


def stay(
    world: World,
    who: NDArray[np.int64],
    institution: Values,
    check_in: Values,
    check_out: Values,
    *,
    known: Values,
    payer: Values = "",
    fee: Values = 0.0,
) -> None:
    """Rows of institution_residents."""
    world.book.add(
        "institution_residents",
        known=known,
        person_id=world.people.number[who],
        institution_id=institution,
        check_in=check_in,
        check_out=check_out,
        payer_id=payer,
        monthly_fee=fee,
        name=world.people.name[who],
    )


def _write_supported(world: World) -> None:
    """Those in 特困 support who live in an institution; who dies, leaves on that day."""
    own = [s for s in world.stipends if s.kind == "tekun" and s.institution]
    own = [s for s in own if s.person not in world.placed]
    who = np.array([s.person for s in own], dtype=np.int64)
    place = np.array([s.institution for s in own], dtype="U8")
    since = np.array([s.start for s in own], dtype=np.int64)
    begins, death = months.day_in(since, 4), world.people.death[who]
    gone = world.people.dead_month()[who]
    moved = np.arange(len(own)) % 12 == 5
    moved &= (since < 20) & (gone > months.SNAPSHOT) & ~_planted(world, who)
    changed = months.day_in(np.full(int(moved.sum()), 30), 9)
    stay(world, who[moved], place[moved], begins[moved], changed, known=30)
    begins[moved] = changed
    early = gone <= months.SNAPSHOT
    known = np.where(early, gone, np.where(moved, 30, np.maximum(since, 0)))
    stay(world, who, place, begins, np.where(early, death, NAT), known=known)
    late = (gone > months.SNAPSHOT) & (gone <= months.LAST)
    stay(world, who[late], place[late], begins[late], death[late], known=gone[late])


def _planted(world: World, who: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whose home has a planted fact."""
    return np.isin(world.people.home[who], sorted(world.used))


def _write_lodgers(world: World) -> None:
    """Old people whose families pay; a change of bed looks like a second stay."""
    people, rng = world.people, world.block.stream("institution_residents")
    child = _grown_child(world)
    fits = ordinary(world, low=70) & (child != NOBODY)
    who = draw(world, "institution_residents", fits, LODGERS, least=3)
    child, count = child[who], len(who)
    since = rng.integers(months.FIRST_PAID - 20, months.SNAPSHOT, count)
    place = np.array([i[0] for i in world.firms.institutions])[rng.integers(0, 3, count)]
    fee = np.round(rng.uniform(1_500, 3_200, count), -1)
    payer = np.where(rng.random(count) < 0.85, people.number[child], "")
    begins = day_of(since, rng)
    moved = rng.random(count) < MOVES
    changed = np.minimum(begins + np.timedelta64(95, "D"), months.day(months.SNAPSHOT))
    stay(
        world,
        who[moved],
        place[moved],
        begins[moved],
        changed[moved],
        known=months.index_of(changed[moved]),
        payer=payer[moved],
        fee=fee[moved],
    )
    begins = np.where(moved, changed, begins)
    left = (rng.random(count) < 0.12) & ~moved & (since < 36)
    stay(
        world,
        who,
        place,
        begins,
        np.where(left, begins + np.timedelta64(200, "D"), NAT),
        known=np.where(left, since + 8, months.index_of(begins)),
        payer=payer,
        fee=fee,
    )


def _grown_child(world: World) -> NDArray[np.int64]:
    """A living grown child of everybody, NOBODY without one."""
    people = world.people
    grown = np.flatnonzero(ordinary(world, low=25))
    found = np.full(len(people) + 1, NOBODY)
    found[people.mother[grown]] = grown
    found[people.father[grown]] = grown
    return found[:-1]


def _write_sheltered(world: World) -> None:
    """homeless_relief: most give no number, and a name that may be none."""
    rng = world.block.stream("homeless_relief")
    years = (months.LAST - months.FIRST_PAID + 1) / 12
    share = SHELTERED_A_YEAR * years
    who = draw(world, "homeless_relief", ordinary(world, high=70), share, least=6)
    month = rng.integers(months.FIRST_PAID, months.LAST + 1, len(who))
    month[: len(who) // 2] = rng.integers(months.FIRST_PAID, months.SNAPSHOT, len(who) // 2)
    sheltered(world, who, day_of(month, rng), np.arange(len(who)) % 3 == 1)


def sheltered(
    world: World, who: NDArray[np.int64], admit: NDArray[np.datetime64], sure: NDArray[np.bool_]
) -> None:
    """Rows of homeless_relief; whose number is not sure has an alias and no number."""
    people = world.people
    alias = np.char.add("无名氏", (np.arange(len(who)) + 1).astype("U4"))
    leave = admit + (people.birth[who].astype(np.int64) % 9 + 1).astype("timedelta64[D]")
    cut = months.day(months.LAST, 30)
    serial = [f"LJ{world.next_serial():08d}" for _ in who]
    world.book.add(
        "homeless_relief",
        known=months.index_of(leave),
        temp_id=serial,
        person_id=np.where(sure, people.number[who], ""),
        station=STATION,
        admit_date=admit,
        leave_date=np.where(leave > cut, NAT, leave),
        name=np.where(sure, people.name[who], alias),
        birth_date=np.where(sure, people.birth[who], NAT),
    )


def _write_gifts(world: World) -> None:
    """charity_aid: to households on a register and to the ill; gifts in kind count nothing."""
    people, homes, rng = world.people, world.homes, world.block.stream("charity_aid")
    may = np.ones(len(homes), dtype=bool)
    may[sorted(world.used | world.unaided)] = False
    ill = np.zeros(len(homes), dtype=bool)
    own = np.flatnonzero((people.home >= 0) & (world.shocks.severe <= months.LAST - 2))
    ill[people.home[own]] = True
    odds = GIFTS * np.select([world.aid.ever(), ill], [8, 6], 0.6)
    home = np.flatnonzero(may & (rng.random(len(homes)) < odds) & people.living()[homes.head])
    month = rng.integers(months.FIRST_PAID, months.LAST + 1, len(home))
    kind = rng.integers(0, len(ORGS), len(home))
    amount = np.round(np.exp(rng.normal(np.log(900), 0.6, len(home))), -2)
    amount[rng.random(len(home)) < 0.15] = 0.0
    gift(world, homes.head[home], month, kind, amount)


def gift(
    world: World,
    who: NDArray[np.int64],
    month: NDArray[np.int64],
    kind: NDArray[np.int64],
    amount: Values,
) -> None:
    """Rows of charity_aid."""
    rng = world.block.stream("charity_aid day")
    world.book.add(
        "charity_aid",
        known=month,
        person_id=world.people.number[who],
        org=np.array(ORGS)[kind],
        amount=amount,
        pay_date=day_of(month, rng),
        purpose=PURPOSES[kind],
        name=world.people.name[who],
    )

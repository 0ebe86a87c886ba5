"""Illness and disaster records, temporary assistance, poverty archives and ledgers."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.folk import marked
from doudi.synth.quiet import emptied

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

NAT = np.datetime64("NaT", "D")
INPATIENT_A_YEAR = 0.19
SELF_PAY = (np.log(4480.0), 0.88)
LIGHT = 3_200.0
"""The most that an ordinary stay costs the patient where a home has just left assistance, CNY."""
HOSPITALS = ["县人民医院", "县中医院", "市第一医院", "省人民医院"]
OTHER_AID_A_YEAR = 0.012


def write_care(world: World) -> None:
    """Rows of diseases, hospital stays and disasters."""
    _write_diseases(world)
    _write_stays(world)
    _write_disasters(world)


def _write_diseases(world: World) -> None:
    """severe_disease_register: known in the month of the diagnosis."""
    people, shocks, rng = world.people, world.shocks, world.rng
    own = np.flatnonzero((people.home >= 0) & (shocks.severe <= months.LAST))
    month = shocks.severe[own]
    world.book.add(
        "severe_disease_register",
        known=month,
        person_id=people.number[own],
        disease=shocks.disease[own],
        confirmed_date=months.day_in(month, rng.integers(2, 26, len(own))),
        status="治疗中",
        hospital=rng.choice(HOSPITALS, len(own)),
        name=people.name[own],
    )


def _write_stays(world: World) -> None:
    """inpatient_settlement: ordinary stays, and the dear ones after a severe diagnosis."""
    people, rng = world.people, world.rng
    home = np.where(people.home < 0, 0, people.home)
    age = people.age()
    rate = (
        INPATIENT_A_YEAR
        * world.homes.frailty[home]
        * np.interp(age, [5, 40, 65, 85], [0.7, 0.6, 1.6, 2.2])
    )
    years = (months.LAST - months.FIRST_PAID + 1) / 12
    stays = np.where(people.home >= 0, rng.poisson(rate * years), 0)
    who = np.repeat(np.arange(len(people)), stays)
    month = rng.integers(months.FIRST_PAID, months.LAST + 1, len(who))
    ill = np.flatnonzero((people.home >= 0) & (world.shocks.severe <= months.LAST))
    again = np.repeat(ill, 3)
    later = world.shocks.severe[again] + np.tile([0, 2, 4], len(ill))
    who, month = np.concatenate([who, again]), np.concatenate([month, later])
    dear = np.arange(len(who)) >= len(who) - len(again)
    kept = (
        (month >= months.FIRST_PAID) & (month <= months.LAST) & (people.dead_month()[who] > month)
    )
    kept &= emptied(world)[people.home[who]] > month
    kept &= months.index_of(people.birth)[who] < month
    kept &= world.wards.gone(len(people))[who] > month
    kept &= ~marked(len(world.homes), world.well)[people.home[who]]
    _stay_rows(world, who[kept], month[kept], dear[kept])


def _left_lately(world: World) -> NDArray[np.bool_]:
    """Homes that left assistance within two years: what strikes them since is planted."""
    lately = [c.home for c in world.dibao if months.LAST - 24 <= c.end <= months.LAST]
    return marked(len(world.homes), lately)


def _stay_rows(
    world: World, who: NDArray[np.int64], month: NDArray[np.int64], dear: NDArray[np.bool_]
) -> None:
    """Rows of stays with the shares of fund, serious-illness insurance and patient."""
    people, rng = world.people, world.rng
    count = len(who)
    own = np.exp(rng.normal(*SELF_PAY, count)) * np.where(dear, 2.2, 0.7)
    own = np.round(own * np.where(people.age()[who] >= 65, 1.3, 1.0), 2)
    light = ~dear & _left_lately(world)[people.home[who]]
    own = np.where(light, np.minimum(own, LIGHT), own)
    fund = np.round(own * rng.uniform(1.2, 2.6, count), 2)
    extra = np.round(np.where(own > 12000, own * 0.3, 0.0), 2)
    helped = np.round(np.where(world.aid.ever()[people.home[who]], own * 0.25, 0.0), 2)
    admit = months.day_in(month, rng.integers(1, 16, count))
    leave = admit + rng.integers(2, 12, count).astype("timedelta64[D]")
    world.book.add(
        "inpatient_settlement",
        known=months.index_of(leave),
        person_id=people.number[who],
        hospital=rng.choice(HOSPITALS, count),
        admit=admit,
        discharge=leave,
        total=np.round(own + fund + extra, 2),
        fund_paid=fund,
        serious_illness_paid=extra,
        assistance_paid=helped,
        self_pay=np.round(own - helped, 2),
        disease_group=np.where(
            dear,
            world.shocks.disease[who],
            rng.choice(["呼吸系统", "循环系统", "消化系统", "骨科"], count),
        ),
        settlement_no=[f"ZY{world.next_serial():08d}" for _ in range(count)],
        reverses="",
        name=people.name[who],
    )


def _write_disasters(world: World) -> None:
    """disaster_loss: everybody seriously hit was helped, unless planted otherwise."""
    shocks, homes, people = world.shocks, world.homes, world.people
    own = np.flatnonzero((shocks.disaster <= months.LAST) & people.living()[homes.head])
    serious = shocks.serious()[own]
    month = shocks.disaster[own]
    aid = np.where(serious, world.rng.integers(10, 60, len(own)) * 100.0, 0.0)
    aid[np.isin(own, sorted(world.unaided))] = 0.0
    disaster(
        world,
        homes.head[own],
        shocks.event[own],
        month,
        shocks.damage[own],
        shocks.crop_loss[own],
        aid,
    )


def disaster(
    world: World,
    head: Values,
    event: Values,
    month: Values,
    damage: Values,
    loss: Values,
    aid: Values,
    day: Values = 9,
) -> None:
    """Rows of disaster_loss."""
    world.book.add(
        "disaster_loss",
        known=month,
        household_head=world.people.number[np.asarray(head)],
        event=event,
        event_date=months.day_in(month, day),
        house_damage=damage,
        crop_loss=loss,
        aid=aid,
        area_code=world.areas.code[world.homes.village[world.people.home[np.asarray(head)]]],
    )


def help_once(
    world: World,
    person: Values,
    month: Values,
    cause: str,
    amount: Values,
    *,
    kind: str = "急难",
    day: Values = 21,
) -> None:
    """Rows of temporary_assistance, and their payments."""
    from doudi.synth.payments import pay

    who = np.atleast_1d(np.asarray(person))
    when = np.broadcast_to(np.asarray(month), who.shape)
    village = world.homes.village[world.people.home[who]]
    world.book.add(
        "temporary_assistance",
        known=when,
        case_id=[f"LS{world.next_serial():07d}" for _ in who],
        person_id=world.people.number[who],
        type=kind,
        cause=cause,
        amount=amount,
        pay_date=months.day_in(when, day),
        township_fund=False,
        area_code=world.areas.code[village],
        account_hash=world.people.account[who],
    )
    shown = when >= months.FIRST_PAID
    amounts = np.broadcast_to(amount, who.shape)[shown]
    pay(
        world,
        when[shown],
        payee=who[shown],
        account=world.people.account[who[shown]],
        name=world.people.name[who[shown]],
        programme="临时救助",
        amount=amounts,
        village=village[shown],
        day=day,
    )


def help_the_struck(world: World) -> None:
    """Temporary assistance for every ordinary home whose shock would else be an unmet need."""
    people, shocks, jobs, rng, homes = (
        world.people,
        world.shocks,
        world.jobs,
        world.rng,
        world.homes,
    )
    ever = world.aid.ever()
    spared = np.isin(people.home, sorted(world.unaided))
    home = np.where(people.home < 0, 0, people.home)
    ill = (people.home >= 0) & (shocks.severe <= months.LAST) & ~spared
    recent = np.flatnonzero(ill & (shocks.severe >= months.LAST - 8) & people.living())
    help_once(
        world,
        recent,
        np.minimum(shocks.severe[recent], months.LAST),
        "重病",
        3000.0,
        kind="支出",
        day=27,
    )
    idle = (people.home >= 0) & jobs.lost() & (jobs.again == months.OPEN) & ~spared
    idle &= (jobs.end >= months.LAST - 18) & (jobs.end < months.LAST - 1)
    out = np.flatnonzero(idle & people.living())
    help_once(world, out, jobs.end[out] + 2, "失业", 2000.0)
    long = out[jobs.end[out] + 2 < months.LAST - 4]
    help_once(world, long, np.full(len(long), months.LAST - 2), "失业", 2000.0)
    watched = np.flatnonzero((world.aid.monitored_from <= months.LAST) & ever)
    soon = np.minimum(world.aid.monitored_from[watched] + 1, months.LAST)
    alive = people.dead_month()[homes.head[watched]] > soon
    help_once(world, homes.head[watched][alive], soon[alive], "生活困难", 2400.0)
    _help_others(world, ~ever & ~np.isin(np.arange(len(homes)), sorted(world.unaided)))
    del rng, home


def _help_others(world: World, may: NDArray[np.bool_]) -> None:
    """A few other households with sudden hardship."""
    homes, rng = world.homes, world.rng
    years = (months.LAST + 1) / 12
    own = np.flatnonzero(may & (rng.random(len(homes)) < OTHER_AID_A_YEAR * years))
    own = own[world.people.living()[homes.head[own]]]
    month = rng.integers(0, months.LAST + 1, len(own))
    help_once(world, homes.head[own], month, "其他", 1200.0)

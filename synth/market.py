"""Co-operatives and their members, changes of registrations, tobacco licences."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.book import coded, numbered
from doudi.synth.firms import KINDS
from doudi.synth.folk import marked, outsiders, planted_homes, some, text
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

COOPS = 0.5
"""Co-operatives a village."""
WHOLE = 0.3
"""Share of co-operatives that enrolled their whole village for a project, at no contribution."""
CHANGED = 0.06
"""Changes a company and year."""
ITEMS = ["法定代表人变更", "注册资本变更", "住所变更", "经营范围变更"]
TOBACCO = 0.14
SUPPORTED = 0.1
"""Licences of disabled people, granted by preference, as a share of the others."""


def write_market(world: World) -> None:
    """Rows of the three sources, and the registrations of the co-operatives."""
    _write_cooperatives(world)
    _write_changes(world)
    _write_tobacco(world)


def _write_cooperatives(world: World) -> None:
    """Co-operatives with a chairman and members of a village; some hold the whole village."""
    people, homes = world.people, world.homes
    rng = world.block.stream("farmer_cooperative_members")
    rural = np.flatnonzero(~world.areas.urban)
    village = np.sort(rng.permutation(rural)[: max(2, round(COOPS * len(rural)))])
    free = outsiders(world) & (people.age() > 25) & (people.age() < 62)
    chairs = np.flatnonzero(free)[rng.permutation(int(free.sum()))]
    place, first = np.unique(homes.village[people.home[chairs]], return_index=True)
    chair = chairs[first][np.searchsorted(place, village[np.isin(village, place)])]
    village = village[np.isin(village, place)]
    codes = np.array(world.firms.codes(len(village), "93"))
    setup = np.datetime64("2010-03-01") + rng.integers(0, 4500, len(codes)).astype("timedelta64[D]")
    _register(world, codes, chair, setup)
    whole = rng.permutation(len(codes)) < max(1, round(WHOLE * len(codes)))
    head = np.setdiff1d(np.flatnonzero(_may_join(world)[homes.head]), people.home[chair])
    at = np.searchsorted(village, homes.village[head])
    inside = (at < len(village)) & (
        village[np.minimum(at, len(village) - 1)] == homes.village[head]
    )
    head, at = head[inside], at[inside]
    helped = world.aid.ever()[head]
    joins = whole[at] | (~helped & (rng.random(len(head)) < 0.25))
    head, at, helped = head[joins], at[joins], helped[joins]
    paid = np.where(whole[at] | helped, 0.0, rng.integers(1, 40, len(head)) * 500.0)
    later = rng.integers(0, 900, len(head)).astype("timedelta64[D]")
    members(world, codes, chair, 60_000.0, setup, role="理事长")
    members(world, codes[at], homes.head[head], paid, setup[at] + later, role="成员")


def _may_join(world: World) -> NDArray[np.bool_]:
    """Heads whose home nothing is planted in, alive to the end."""
    people = world.people
    free: NDArray[np.bool_] = (people.home != NOBODY) & people.living()
    free &= ~planted_homes(world)[people.home]
    return free & ~marked(len(people), world.reserved)


def _register(
    world: World, codes: NDArray[np.str_], chair: NDArray[np.int64], setup: NDArray[np.datetime64]
) -> None:
    """The co-operatives as companies."""
    people = world.people
    village = world.areas.name[world.homes.village[people.home[chair]]]
    world.book.add(
        "enterprise_registration",
        uscc=codes,
        name=np.char.add(village, "农民专业合作社"),
        type=KINDS[3],
        registered_capital=50.0,
        currency="人民币",
        setup_date=people.grown(chair, setup),
        status="存续",
        legal_rep_id=people.number[chair],
        address=world.homes.address[people.home[chair]],
        phone=people.phone[chair],
        legal_rep_name=people.name[chair],
    )


def members(
    world: World,
    coop: Values,
    who: NDArray[np.int64],
    contribution: Values,
    since: Values,
    *,
    role: Values,
) -> None:
    """Rows of farmer_cooperative_members."""
    world.book.add(
        "farmer_cooperative_members",
        coop_uscc=coop,
        member_id=coded(world.people.number, who),
        contribution=contribution,
        role=role,
        join_date=since,
        member_name=coded(world.people.name, who),
    )


def _write_changes(world: World) -> None:
    """Changes of companies, and the end of those whose licence was revoked."""
    firms, people = world.firms, world.people
    rng = world.block.stream("registration_changes")
    count = rng.poisson(CHANGED * 8, len(firms.code))
    at = np.repeat(np.arange(len(firms.code)), count)
    item = rng.integers(0, len(ITEMS), len(at))
    month = rng.integers(months.LAST - 96, months.LAST + 1, len(at))
    stranger = people.name[rng.permutation(np.flatnonzero(outsiders(world)))[: len(at)]]
    other = np.resize(stranger, len(at))
    capital = rng.choice([10, 20, 30, 50], len(at)).astype(str)
    address = np.char.add(
        "合成县", world.areas.name[rng.integers(0, len(world.areas.name), len(at))]
    )
    before = np.select(
        [item == 0, item == 1, item == 2],
        [other, np.char.add(capital, "万元"), address],
        "建材零售",
    )
    owner = firms.owner[at]
    after = np.select(
        [item == 0, item == 1, item == 2],
        [
            people.name[owner],
            np.char.add(capital, "0万元"),
            world.homes.address[people.home[owner]],
        ],
        "建材零售；农副产品销售",
    )
    change(
        world,
        firms.code[at],
        np.array(ITEMS)[item],
        months.day_in(month, 1 + at % 27),
        before,
        after,
    )
    companies = world.book.frame("enterprise_registration")
    status, codes = text(companies["status"]), text(companies["uscc"])
    revoked = np.isin(codes, firms.code) & (status == "吊销")
    gone = rng.integers(months.LAST - 90, months.FIRST_PAID, int(revoked.sum()))
    change(world, codes[revoked], "吊销", months.day_in(gone, 15), "存续", "吊销")


def change(
    world: World, code: Values, item: Values, day: Values, before: Values, after: Values
) -> None:
    """Rows of registration_changes, known in the month of the change."""
    world.book.add(
        "registration_changes",
        known=months.index_of(np.asarray(day)),
        uscc=code,
        item=item,
        before=before,
        after=after,
        change_date=day,
    )


def _write_tobacco(world: World) -> None:
    """Licences of owners of businesses, and by preference of some disabled people."""
    people, firms = world.people, world.firms
    rng = world.block.stream("tobacco_retail_licence")
    free = outsiders(world)
    owners = firms.business_owner[free[firms.business_owner]]
    owners = some(rng, owners, TOBACCO)
    able = np.flatnonzero(free & (world.grade > 2) & (people.age() > 22) & (people.age() < 60))
    chosen = np.setdiff1d(rng.permutation(able)[: round(SUPPORTED * len(owners))], owners)
    who = np.concatenate([owners, chosen])
    since = rng.integers(months.LAST - 58, months.SNAPSHOT, len(who))
    licence(
        world,
        who,
        since,
        purchase=np.round(np.exp(rng.normal(8.7, 0.6, len(who))), 2),
    )


def licence(
    world: World, who: NDArray[np.int64], since: NDArray[np.int64], *, purchase: Values
) -> None:
    """Rows of tobacco_retail_licence, valid for five years; the number is the holder's."""
    home = world.people.home[who]
    world.book.add(
        "tobacco_retail_licence",
        known=since,
        licence_no=numbered(f"YC{world.block.number:02d}", who, 6),
        holder_id=coded(world.people.number, who),
        shop_address=coded(world.homes.address, home),
        from_date=months.day_in(since, 1),
        to_date=months.day_in(since + 60, 1) - np.timedelta64(1, "D"),
        monthly_purchase=purchase,
    )

"""Pay of village cadres and the roster of public staff."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.book import KNOWN, coded
from doudi.synth.folk import marked, outsiders, positions, text
from doudi.synth.officials import ROLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

PAY = {"书记": 3800.0, "主任": 3400.0, "会计": 2900.0}
LEADER, LEADERS = "村民小组长", 4
"""Group leaders a village, paid 100 to 300 CNY; they are no officials."""
FORMER = 0.35
"""Share of posts whose holder before the last election is still listed."""
MOVED = 0.15
"""Share of staff who were on another unit's roster before."""
RANKS = ["专业技术十二级", "专业技术十级", "科员", "管理九级", "副科级", "正科级"]


def write_posts(world: World) -> None:
    """Rows of village_cadre_pay and staffing_roster."""
    _write_cadres(world)
    _write_roster(world)


def _cadres(
    world: World,
    who: NDArray[np.int64],
    village: Values,
    post: Values,
    monthly: Values,
    since: NDArray[np.int64],
    until: NDArray[np.int64],
) -> None:
    """Rows of village_cadre_pay."""
    world.book.add(
        "village_cadre_pay",
        known=since,
        person_id=coded(world.people.number, who),
        village=village,
        post=post,
        monthly=monthly,
        from_month=months.coded(since),
        to_month=months.coded(until),
        name=coded(world.people.name, who),
    )


def _write_cadres(world: World) -> None:
    """Committee members, those before them, and group leaders."""
    officials, areas = world.officials, world.areas
    rng = world.block.stream("village_cadre_pay")
    own = np.flatnonzero(np.isin(officials.role, ROLES))
    who, role = np.array(officials.person)[own], np.array(officials.role)[own]
    since = np.array(officials.since)[own]
    place = np.searchsorted(areas.code, np.array(officials.area)[own])
    pay = np.array([PAY[one] for one in role]) + rng.integers(-2, 6, len(own)) * 100.0
    name = areas.name
    open_end = np.full(len(own), months.OPEN)
    _cadres(world, who, name[place], role, pay, since, open_end)
    age = world.people.age()
    free = outsiders(world) & (age > 35) & (age < 68)
    free &= ~marked(len(world.people), officials.person)
    pool = rng.permutation(np.flatnonzero(free))
    before, pool = pool[: round(FORMER * len(own))], pool[round(FORMER * len(own)) :]
    left = rng.permutation(len(own))[: len(before)]
    begun = since[left] - rng.integers(24, 37, len(left))
    _cadres(world, before, name[place[left]], role[left], pay[left] - 400, begun, since[left] - 1)
    village = world.homes.village[world.people.home[pool]]
    order = np.argsort(village, kind="stable")
    rank = np.arange(len(order)) - np.searchsorted(village[order], village[order])
    leader = pool[order[rank < LEADERS]]
    village = world.homes.village[world.people.home[leader]]
    leader, village = leader[~areas.urban[village]], village[~areas.urban[village]]
    small = rng.choice([100.0, 150.0, 200.0, 300.0], len(leader))
    first = -rng.integers(1, 70, len(leader))
    _cadres(world, leader, name[village], LEADER, small, first, np.full(len(leader), months.OPEN))


def _write_roster(world: World) -> None:
    """Everyone whom the payroll has in post, planted ones included, and where some were before."""
    payroll = world.book.frame("public_payroll")
    rng = world.block.stream("staffing_roster")
    staff = np.flatnonzero(text(payroll["post_type"]) == "在编")
    who = positions(world, payroll["person_id"])[staff]
    first, last = _month(payroll["from_month"])[staff], _month(payroll["to_month"])[staff]
    rank = rng.choice(RANKS, len(staff), p=[0.25, 0.25, 0.2, 0.15, 0.1, 0.05])
    world.book.add(
        "staffing_roster",
        known=payroll[KNOWN].to_numpy()[staff],
        person_id=coded(world.people.number, who),
        unit=text(payroll["unit"])[staff],
        rank=rank,
        from_date=months.day_in(first, 1),
        to_date=months.day_in(last, 28),
        name=coded(world.people.name, who),
    )
    moved = np.flatnonzero(outsiders(world)[who] & (rng.random(len(who)) < MOVED))
    before = first[moved] - rng.integers(24, 120, len(moved))
    world.book.add(
        "staffing_roster",
        known=before,
        person_id=coded(world.people.number, who[moved]),
        unit="邻县人民政府办公室",
        rank=RANKS[2],
        from_date=months.day_in(before, 1),
        to_date=months.day_in(first[moved], 1) - np.timedelta64(1, "D"),
        name=coded(world.people.name, who[moved]),
    )


def _month(column: Values) -> NDArray[np.int64]:
    """Month numbers of a column of months; OPEN where there is none."""
    told = np.where(text(column) == "", "NaT", text(column))
    dashed = [word if word == "NaT" else f"{word[:4]}-{word[4:]}-01" for word in told]
    return months.index_of(np.array(dashed, dtype="datetime64[D]"))

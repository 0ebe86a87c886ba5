"""Home visits, and reports of the means check with the authorisations they rest on."""

# ruff: noqa: PLR2004 - months and shares of the model explain themselves where they stand
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months, numbers
from doudi.synth.archives import archive_number
from doudi.synth.health import living_alone
from doudi.synth.homes import edge_number
from doudi.synth.quiet import drawn, emptied, quiet_homes
from doudi.synth.registers import event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from doudi.synth.benefits import Dibao, Member
    from doudi.synth.book import Values
    from doudi.synth.world import World

REVIEWS = (11, 23, 35)
"""June of each year, when every household that is paid is visited and checked anew."""
DEADLINE = 30
"""The last day of the round, on which a third of all visits are entered."""
CALLED_ON = (43, 44, 45)
"""Months of the last round of calls on old people who live alone."""
PLACE = (26.3, 104.8)
"""Latitude and longitude of the county."""
QUERIED = ["公安", "人社", "税务", "市场监管", "自然资源", "住建", "车管", "公积金", "银行"]
WELL, REFUSED = 0.3, 0.012
"""Comfort above which a home earns too much for any register, and the share of such that applied."""
DWELLINGS, WISHES = ["A", "B", "C"], ["无", "临时救助", "就业", "照护", "就医"]


def write_checks(world: World) -> None:
    """Rows of home_visit_record and means_check_report, and applications that were refused."""
    _visit_households(world)
    _call_on_the_old(world)
    _write_reports(world)
    _write_refusals(world)


def household_number(world: World, home: int) -> str:
    """The number under which the offices know a home: its case, its archive or its hukou book."""
    aid = world.aid
    if cases := world.cases_at(home):
        return cases[-1].number
    if aid.edge_from[home] <= months.LAST and not aid.tekun[home]:
        return edge_number(world.homes, home)
    if aid.archived[home]:
        return archive_number(world, home)
    return str(world.homes.book_no[world.homes.book[home]])


def visit(
    world: World,
    stream: str,
    households: Sequence[str],
    month: NDArray[np.int64],
    visitors: Values,
    residents: NDArray[np.int64],
    *,
    day: Values = None,
) -> None:
    """Rows of home_visit_record; places are latitude and longitude, 0 0 where nobody measured."""
    rng, count = world.block.stream(f"home_visit_record {stream}"), len(month)
    days = rng.integers(2, 27, count) if day is None else day
    minute = rng.integers(8 * 60, 18 * 60, count).astype("timedelta64[m]")
    where = np.round(rng.normal(PLACE, 0.08, (count, 2)), 5).tolist()
    sure = rng.random(count) < 0.93
    photo = numbers.hashes(rng, count)
    again = rng.random(count) < 0.02
    photo[again] = np.roll(photo, 1)[again]
    seen = rng.integers(0, (len(DWELLINGS), len(WISHES)), (count, 2))
    world.book.add(
        "home_visit_record",
        known=month,
        visit_id=[f"RH{world.next_serial():08d}" for _ in range(count)],
        lead_id=[f"XS{i % 997:05d}" if i % 29 == 7 else "" for i in range(count)],
        household_id=np.array(households, dtype=str),
        visit_time=months.day_in(month, days).astype("datetime64[s]") + minute,
        visitors=visitors,
        gps=[f"{a} {b}" if ok else "0 0" for (a, b), ok in zip(where, sure, strict=True)],
        findings=[
            _findings(int(n), *pair) for n, pair in zip(residents, seen.tolist(), strict=True)
        ],
        photos=photo,
        signature=numbers.hashes(rng, count),
    )


def _findings(residents: int, dwelling: int, wish: int) -> str:
    """What was seen, as the form keeps it."""
    told = {"residents": residents, "dwelling": DWELLINGS[dwelling], "help_wanted": WISHES[wish]}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _visit_households(world: World) -> None:
    """Every paid household once a year; many visits are entered on the last day of the round."""
    cases = [(c, m) for m in REVIEWS for c in world.dibao if c.start <= m and c.end > m]
    rng, count, left = world.block.stream("home visits"), len(cases), emptied(world)
    late = rng.random(count) < 0.33
    visit(
        world,
        "review",
        [c.number for c, _ in cases],
        np.array([m for _, m in cases], dtype=np.int64),
        [f"{c.handler};村民小组长" for c, _ in cases],
        np.array([0 if left[c.home] <= m else c.size_in(m) for c, m in cases], dtype=np.int64),
        day=np.where(late, DEADLINE - 2, rng.integers(2, 26, count)),
    )


def _call_on_the_old(world: World) -> None:
    """Old people who live alone are called on, unless a need is planted in their home."""
    people, rng = world.people, world.block.stream("home calls")
    fits = living_alone(world) & (people.age() >= 69) & people.living()
    fits &= ~np.isin(people.home, sorted(world.uncalled))
    who = np.flatnonzero(fits)
    home = people.home[who]
    town = world.areas.town[world.homes.village[home]]
    logins = [(world.officials.handlers.get(int(t)) or ["mz00001"])[0] for t in town]
    month = rng.choice(CALLED_ON, len(who))
    visit(
        world,
        "old",
        [household_number(world, h) for h in home.tolist()],  # few: one an old person alone
        month,
        [f"{login};志愿者" for login in logins],
        (emptied(world)[home] > month).astype(np.int64),
    )


def _write_refusals(world: World) -> None:
    """Applications of homes that earn too much, and whom nothing has befallen since."""
    rng, people, homes = world.block.stream("refusals"), world.people, world.homes
    struck = (people.home >= 0) & (world.shocks.severe <= months.FUTURE)
    struck |= (people.home >= 0) & (world.jobs.lost() | (people.dead_month() <= months.FUTURE))
    fits = quiet_homes(world) & (homes.comfort > WELL) & (world.shocks.disaster > months.FUTURE)
    fits[people.home[struck]] = False
    fits[list(world.relapse_months)] = False
    for home in drawn(rng, fits, REFUSED).tolist():  # few: one in a hundred homes
        month, who = int(rng.integers(4, months.SNAPSHOT)), homes.people_of(home)
        number, village = household_number(world, home), int(homes.village[home])
        inside = [int(p) for p in who if months.index_of(people.birth[[p]])[0] < month - 2]
        for step, told in ((-2, "申请"), (0, "不予确认")):
            reason = "收入超标" if step == 0 else "新申请"
            event(world, number, "低保", told, month + step, reason, people=inside, village=village)


def _write_reports(world: World) -> None:
    """A report before each confirmation within the timeline, and one each yearly round."""
    cases = [(c, c.start - 1) for c in world.dibao if c.start >= 2]
    cases += [(c, m) for m in REVIEWS for c in world.dibao if c.start + 2 < m < c.end]
    report(world, cases)


def report(world: World, cases: list[tuple[Dibao, int]]) -> None:
    """Rows of means_check_report; whoever joined of late has not authorised yet."""
    rng, people = world.block.stream("means_check_report"), world.people
    month = np.array([m for _, m in cases], dtype=np.int64)
    day = rng.integers(5, 27, len(cases))
    timeout = rng.integers(0, len(QUERIED), len(cases))
    lost = rng.random(len(cases)) < 0.05
    minute = rng.integers(8 * 60, 18 * 60, len(cases)).astype("timedelta64[m]")
    result: list[Any] = [
        json.dumps({"status": "符合", "no_hit": len(QUERIED) - 1}, ensure_ascii=False),
        json.dumps({"status": "符合", "no_hit": len(QUERIED)}, ensure_ascii=False),
    ]
    world.book.add(
        "means_check_report",
        known=month,
        report_id=[f"HD{world.next_serial():08d}" for _ in cases],
        household_id=[c.number for c, _ in cases],
        authorised_ids=[
            ";".join(people.number[[_listed(p) for p in c.members if _signs(p.added, c, m)]])
            for c, m in cases
        ],
        authorised_from=months.day_in(month, 2),
        authorised_to=months.day_in(month + 12, 1),
        sources_queried=[
            ";".join(q for i, q in enumerate(QUERIED) if i != t or not gone)
            for t, gone in zip(timeout.tolist(), lost.tolist(), strict=True)
        ],
        result=[result[0 if gone else 1] for gone in lost.tolist()],
        issued_at=months.day_in(month, day).astype("datetime64[s]") + minute,
    )


def _listed(member: Member) -> int:
    """Whose number the register carries for a member."""
    return member.person if member.typed < 0 else member.typed


def _signs(added: int, case: Dibao, month: int) -> bool:
    """Whether a member was there in time to sign."""
    return added == case.start or added < month - 3

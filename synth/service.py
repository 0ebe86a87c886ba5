"""Veterans, conscripts, religious staff, and tickets of the citizens' hotline."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.folk import positions
from doudi.synth.lookback import (
    day_of,
    draw,
    home_of,
    ordinary,
    parents_of_minors,
    told,
    without_work,
)
from doudi.synth.people import NOBODY
from doudi.synth.police import move

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

VETERANS, CONSCRIPTS, CLERGY = 0.07, 0.05, 0.0004
GRANT = 13_500.0
"""CNY a year for the family of a conscript."""
MONTHLY = {"农村籍老年退役士兵": 630.0, "在乡复员军人": 1_580.0, "残疾军人": 2_250.0}
TICKETS_A_YEAR = 0.004
TOPICS = {
    "求助": ["申请低保", "临时救助", "养老服务", "残疾补贴", "医保报销", "危房"],
    "举报": ["违规享受低保", "村务公开", "虚报冒领"],
    "投诉": ["办理时限", "服务态度", "待遇发放"],
}
RESULTS = {"求助": ["已办理", "已解释", "转办"], "举报": ["不属实", "无法核实"], "投诉": ["已答复"]}


def write_service(world: World) -> None:
    """Rows of these sources; the schools come before."""
    _write_veterans(world)
    _write_conscripts(world)
    _write_clergy(world)
    _write_tickets(world)


def _write_veterans(world: World) -> None:
    """veteran_benefits of old soldiers, recipients among them; it ends with the month of death."""
    people, rng = world.people, world.block.stream("veteran_benefits")
    sixty = months.index_of(people.birth) + 720
    fits = (people.home >= 0) & people.male & (people.age() >= 60.2) & ~_touched(world)
    fits &= people.dead_month() > np.maximum(sixty, 0)
    who = draw(world, "veteran_benefits", fits, VETERANS, least=4)
    kind = rng.choice(list(MONTHLY), len(who), p=[0.84, 0.1, 0.06])
    since = np.maximum(sixty[who] + 1, -60)
    dead = people.dead_month()[who]
    for cut in (months.SNAPSHOT, months.LAST):
        shown = since <= cut if cut == months.SNAPSHOT else (dead > months.SNAPSHOT) & (dead <= cut)
        own = np.flatnonzero(shown)
        ends = np.where(dead[own] <= cut, dead[own], months.OPEN)
        world.book.add(
            "veteran_benefits",
            known=np.where(ends < months.OPEN, ends, np.maximum(since[own], 0)),
            person_id=people.number[who[own]],
            category=kind[own],
            amount=[MONTHLY[k] for k in kind[own].tolist()],
            from_month=months.text_of(since[own]),
            to_month=months.text_of(ends),
            name=people.name[who[own]],
        )


def _touched(world: World) -> NDArray[np.bool_]:
    """Whose home carries a planted fact."""
    return np.isin(world.people.home, sorted(world.used | world.unaided))


def _write_conscripts(world: World) -> None:
    """conscript_family and hukou_change: young men who serve for two years."""
    people, rng = world.people, world.block.stream("conscript_family")
    (number,) = told(world, "student_enrolment", "person_id")
    studies = np.zeros(len(people), dtype=bool)
    studies[positions(world, number)] = True
    fits = ordinary(world, low=20.3, high=24) & people.male & without_work(world) & ~studies
    fits &= (people.spouse == NOBODY) & ~parents_of_minors(world)
    fits &= world.homes.head[home_of(world)] != np.arange(len(people))
    who = draw(world, "conscript_family", fits, CONSCRIPTS, least=3)
    since = np.sort(rng.choice([14, 20, 26, 32, 38, 44], len(who)))
    since[:1] = 14
    enlist(world, who, since)


def enlist(world: World, who: NDArray[np.int64], since: NDArray[np.int64]) -> None:
    """Rows of conscripts: enlisted in March or September, discharged two years later."""
    people, homes = world.people, world.homes
    day, ends = months.day_in(since, 10), since + 24
    home = people.home[who]
    for cut in (months.SNAPSHOT, months.LAST):
        own = np.flatnonzero(
            since <= cut if cut == months.SNAPSHOT else (ends > months.SNAPSHOT) & (ends <= cut)
        )
        left = np.where(ends[own] <= cut, ends[own], months.OPEN)
        world.book.add(
            "conscript_family",
            known=np.where(left < months.OPEN, left, since[own]),
            person_id=people.number[who[own]],
            enlist=day[own],
            discharge=months.day_in(left, 10),
            family_head=people.number[homes.head[home[own]]],
            grant=GRANT,
            name=people.name[who[own]],
        )
    book = homes.book_no[homes.book[home]]
    move(world, who, "入伍", day, (book, ""), "应征入伍")


def _write_clergy(world: World) -> None:
    """religious_personnel: a few who live at a temple or church."""
    people, rng = world.people, world.block.stream("religious_personnel")
    fits = ordinary(world, low=30, high=75) & without_work(world) & (people.spouse == NOBODY)
    fits &= ~parents_of_minors(world) & (people.former == NOBODY)
    who = draw(world, "religious_personnel", fits, 0.0, least=1 + round(CLERGY * len(people) / 9))
    serve(world, who, -rng.integers(10, 120, len(who)))


def serve(world: World, who: NDArray[np.int64], since: NDArray[np.int64]) -> None:
    """Rows of religious_personnel."""
    place = np.char.add(world.areas.town_name[who % len(world.areas.town_name)], "清凉寺")
    world.book.add(
        "religious_personnel",
        known=np.maximum(since, 0),
        person_id=world.people.number[who],
        from_date=months.day_in(since, 6),
        place=place,
    )


def _write_tickets(world: World) -> None:
    """hotline_ticket: subjects seldom have a number; some reports come twice."""
    rng, people = world.block.stream("hotline_ticket"), world.people
    years = (months.LAST - months.FIRST_PAID + 1) / 12
    who = draw(world, "hotline_ticket", ordinary(world), TICKETS_A_YEAR * years, least=12)
    month = rng.integers(months.FIRST_PAID, months.LAST + 1, len(who))
    kind = rng.choice(list(TOPICS), len(who), p=[0.6, 0.15, 0.25])
    again = np.flatnonzero((kind == "举报") & (rng.random(len(who)) < 0.2))
    every = np.concatenate([np.arange(len(who)), again])
    topic = [str(rng.choice(TOPICS[k])) for k in kind.tolist()]  # few: four in a thousand people
    result = [str(rng.choice(RESULTS[k])) for k in kind.tolist()]
    village = world.homes.village[people.home[who]]
    ticket(
        world,
        np.where(rng.random(len(who)) < 0.2, people.number[who], "")[every],
        world.areas.code[village][every],
        (kind[every], np.array(topic)[every], np.array(result)[every]),
        day_of(month, rng)[every],
    )


def ticket(
    world: World, subject: Values, code: Values, told_: tuple[Values, Values, Values], day: Values
) -> None:
    """Rows of hotline_ticket: kind, topic and result."""
    kind, topic, result = told_
    world.book.add(
        "hotline_ticket",
        known=months.index_of(np.asarray(day)),
        ticket_id=[f"RX{world.next_serial():08d}" for _ in np.atleast_1d(day)],
        subject_person_id=subject,
        area_code=code,
        type=kind,
        topic=topic,
        date=day,
        result=result,
    )

"""Chronic outpatients, mental disorders, the frail old, rehabilitation, family-planning awards."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.lookback import day_of, home_of, keeper_of, ordinary
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.world import World

GROUPS = {
    "肺癌": "恶性肿瘤门诊治疗",
    "肝癌": "恶性肿瘤门诊治疗",
    "白血病": "恶性肿瘤门诊治疗",
    "尿毒症": "慢性肾衰竭透析",
    "重性精神病": "重性精神病",
    "脑卒中": "脑卒中后遗症",
    "先天性心脏病": "先天性心脏病术后",
}
ORDINARY_GROUPS = ["高血压", "糖尿病", "冠心病", "慢阻肺", "类风湿关节炎"]
USED = 0.93
"""Share of approvals for ordinary illnesses that are made use of."""
MILD = 0.5
"""Need of care from which somebody is assessed as mildly dependent; ours."""
LEVELS = ["能力完好", "轻度失能", "中度失能", "重度失能", "完全失能"]
AIDS = ["轮椅", "助听器", "助行器", "假肢", "护理床", "儿童康复训练"]
PRICES = np.array([900.0, 2_400.0, 260.0, 9_500.0, 1_800.0, 12_000.0])
AWARD, LOSS = 1_200.0, 7_080.0
"""CNY a year: award for parents of one child or two daughters, and aid after an only child's death."""
ASSESSED = (38, 44)
"""The half-yearly rounds that are delivered with the snapshot; the next is in June."""


def write_health(world: World) -> None:
    """Rows of these registers."""
    _write_chronic(world)
    _write_disorders(world)
    _write_assessments(world)
    _write_rehabilitation(world)
    _write_awards(world)


def _write_chronic(world: World) -> None:
    """outpatient_chronic: approved after a severe diagnosis, or for an illness of age."""
    people, shocks, rng = world.people, world.shocks, world.block.stream("outpatient_chronic")
    alive = (people.home >= 0) & (people.dead_month() > months.SNAPSHOT)
    ill = np.flatnonzero(alive & (shocks.severe < months.LAST) & (rng.random(len(people)) < 0.75))
    age = people.age()
    odds = np.interp(age, [35, 50, 65, 85], [0.0, 0.06, 0.2, 0.3])
    common = np.flatnonzero(alive & (rng.random(len(people)) < odds))
    since = np.concatenate([shocks.severe[ill] + 1, -rng.integers(-30, 110, len(common))])
    group = [GROUPS[d] for d in shocks.disease[ill].tolist()]
    group += rng.choice(ORDINARY_GROUPS, len(common), p=[0.45, 0.28, 0.12, 0.1, 0.05]).tolist()
    dear = np.arange(len(since)) < len(ill)
    spread = rng.normal(0, 0.5, len(since))
    used = dear | (rng.random(len(since)) < USED)
    chronic(
        world,
        np.concatenate([ill, common]),
        np.array(group),
        since,
        np.asarray(np.where(dear, 330.0, 62.0) * np.exp(spread) * used, dtype=np.float64),
    )


def chronic(
    world: World,
    who: NDArray[np.int64],
    group: NDArray[np.str_],
    since: NDArray[np.int64],
    self_pay: NDArray[np.float64],
) -> None:
    """Rows of outpatient_chronic."""
    rng = world.block.stream("outpatient_chronic day")
    world.book.add(
        "outpatient_chronic",
        known=since,
        person_id=world.people.number[who],
        disease_group=group,
        from_date=day_of(since, rng),
        self_pay=self_pay,
        name=world.people.name[who],
    )


def _write_disorders(world: World) -> None:
    """severe_mental_disorder: the certified, the newly ill, and some without a certificate."""
    people, rng = world.people, world.block.stream("severe_mental_disorder")
    alive = (people.home >= 0) & (people.dead_month() > months.SNAPSHOT)
    certified = (world.grade > 0) & (world.ailment == "精")
    fresh = (world.shocks.disease == "重性精神病") & (world.shocks.severe <= months.LAST)
    other = ordinary(world, high=75) & (rng.random(len(people)) < 0.0012)
    who = np.flatnonzero(alive & (certified | fresh | other))
    keeper = keeper_of(world, who, low=20, high=78)
    known = np.where(fresh[who], np.maximum(world.shocks.severe[who], 0), 0)
    world.book.add(
        "severe_mental_disorder",
        known=known,
        person_id=people.number[who],
        grade=rng.choice(["0级", "1级", "2级", "3级"], len(who), p=[0.6, 0.24, 0.11, 0.05]),
        guardian_id=np.where(keeper == NOBODY, "", people.number[keeper]),
        guardian_subsidy=(keeper != NOBODY) & (rng.random(len(who)) < 0.8),
        name=people.name[who],
    )


def living_alone(world: World) -> NDArray[np.bool_]:
    """Who is the only one living in the home."""
    people = world.people
    here = np.flatnonzero((people.home >= 0) & people.living())
    count = np.bincount(people.home[here], minlength=len(world.homes))
    return np.asarray((count[home_of(world)] == 1) & (people.home >= 0), dtype=bool)


def _write_assessments(world: World) -> None:
    """elderly_disability_assessment: people of 65 and more whom the doctors have seen."""
    people, rng = world.people, world.block.stream("elderly_disability_assessment")
    alone = living_alone(world)
    plant = np.flatnonzero(np.isin(people.home, sorted(world.used)))
    for round_, known in enumerate((*ASSESSED, months.LAST)):
        age = people.age(known)
        seen = (people.home >= 0) & (age >= 65) & (people.dead_month() > known)
        seen &= rng.random(len(people)) < (0.55, 0.6, 0.1)[round_]
        seen[plant] = False
        who = np.flatnonzero(seen)
        frail = np.clip((age[who] - 68) / 25, 0, 1) * world.homes.frailty[people.home[who]]
        need = frail * 2.2 * rng.random(len(who))
        level = np.clip(np.floor(need), need > MILD, 4).astype(np.int64)
        level = np.where(world.grade[who] == 1, 3, level)
        world.book.add(
            "elderly_disability_assessment",
            known=known,
            person_id=people.number[who],
            disability_level=np.array(LEVELS)[level],
            assess_date=months.day_in(known, rng.integers(2, 26, len(who))),
            living_alone=alone[who],
            name=people.name[who],
        )


def _write_rehabilitation(world: World) -> None:
    """rehabilitation_aid: aids and training for people with a certificate."""
    people, rng = world.people, world.block.stream("rehabilitation_aid")
    month = rng.integers(months.FIRST_PAID, months.LAST + 1, len(people))
    fits = (world.grade > 0) & (people.home >= 0) & (people.dead_month() > month)
    fits &= (world.cert_from < month - 3) & (rng.random(len(people)) < 0.22)
    who = np.flatnonzero(fits)
    young = people.age()[who] < 12
    item = np.where(young, 5, rng.choice(5, len(who), p=[0.4, 0.2, 0.3, 0.04, 0.06]))
    price = PRICES[item] * rng.uniform(0.8, 1.2, len(who))
    share = rng.choice([0.0, 0.1, 0.3], len(who), p=[0.6, 0.25, 0.15])
    world.book.add(
        "rehabilitation_aid",
        known=month[who],
        person_id=people.number[who],
        item=np.array(AIDS)[item],
        amount=np.round(price * (1 - share), 2),
        date=day_of(month[who], rng),
        self_pay=np.round(price * share, 2),
        name=people.name[who],
    )


def _write_awards(world: World) -> None:
    """family_planning_aid: rural people of sixty with one child or two daughters; lost children."""
    people, rng = world.people, world.block.stream("family_planning_aid")
    count, sons = np.zeros((2, len(people) + 1), dtype=np.int64)
    for parent in (people.father, people.mother):
        np.add.at(count, parent, 1)
        np.add.at(sons, parent, people.male)
    few = (count[:-1] == 1) | ((count[:-1] == 2) & (sons[:-1] == 0))
    rural = (people.home >= 0) & ~world.homes.urban[home_of(world)]
    chosen = rng.random(len(people)) < 0.7
    for year in (2023, 2024, 2025):
        known = (year - 2022) * 12
        age, alive = people.age(known), people.dead_month() > known
        award = rural & few & chosen & alive & (age >= 60)
        childless = (count[:-1] == 0) & (people.spouse != NOBODY) & (people.home >= 0)
        loss = childless & alive & (age >= 52) & (rng.random(len(people)) < 0.04)
        who = np.concatenate([np.flatnonzero(award), np.flatnonzero(loss)])
        lost = np.arange(len(who)) >= award.sum()
        world.book.add(
            "family_planning_aid",
            known=known,
            person_id=people.number[who],
            type=np.where(lost, "特别扶助", "奖励扶助"),
            amount=np.where(lost, LOSS, AWARD),
            year=np.full(len(who), year),
            name=people.name[who],
        )

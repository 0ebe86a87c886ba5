"""Aid for pupils and students, private schools, tuition and loans, children out of school."""

# ruff: noqa: PLR2004 - ages, fees and shares of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, prices
from doudi.synth.folk import positions
from doudi.synth.lookback import day_of, home_of, ordinary, told
from doudi.synth.rigid import recognised

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

SCHOOL_YEARS = (2023, 2024, 2025)
COMPULSORY, TERTIARY = ("小学", "初中"), ("大专", "本科")
AID = {
    "小学": ("义务教育生活补助", 1_000.0),
    "初中": ("义务教育生活补助", 1_250.0),
    "高中": ("普通高中国家助学金", 2_300.0),
    "中职": ("中职国家助学金", 2_300.0),
    "大专": ("本专科国家助学金", 3_700.0),
    "本科": ("本专科国家助学金", 3_700.0),
}
BURDEN = 8_500.0
"""Own costs of a home's students in a year, CNY, from which all of them get aid."""
DEAR = 9_600.0
"""Tuition of students whose costs are a planted need."""
OTHERS = 0.08
LOANS = 0.4
PRIVATE = 0.02
BACK = ["已复学", "转学到外县", "送教上门"]


@dataclass(frozen=True)
class Students:
    """The pupils and students that the schools report, with what tertiary schools cost a year."""

    person: NDArray[np.int64]
    school: NDArray[np.str_]
    stage: NDArray[np.str_]
    since: NDArray[np.int64]
    """First school year in this stage."""
    tuition: NDArray[np.float64]
    boarding: NDArray[np.float64]
    loan: NDArray[np.float64]


def students_of(world: World) -> Students:
    """Pupils and students; schools come before."""
    number, school, stage, day = told(
        world, "student_enrolment", "person_id", "school", "stage", "enrol_date"
    )
    person = positions(world, number)
    _, first = np.unique(person, return_index=True)
    first = first[person[first] >= 0]
    person, school, stage, day = person[first], school[first], stage[first], day[first]
    rng = world.block.stream("tertiary_tuition_loan")
    count, studies = len(person), np.isin(stage, TERTIARY)
    dear = rng.random(count) < 0.15
    tuition = np.select([~studies, dear, stage == "本科"], [0.0, 12_500.0, 4_500.0], 5_500.0)
    boarding = np.where(studies, 1_000.0, 0.0)
    borrows = studies & (rng.random(count) < LOANS)
    planted = studies & np.isin(world.people.home[person], sorted(world.studying))
    tuition[planted], borrows[planted] = DEAR, False
    return Students(
        person,
        school.astype(str),
        stage.astype(str),
        np.asarray(day, dtype="datetime64[Y]").astype(np.int64) + 1970,
        tuition,
        boarding,
        np.where(borrows, tuition + boarding, 0.0),
    )


def write_schooling(world: World) -> None:
    """Rows of these sources."""
    students = students_of(world)
    _write_tuition(world, students)
    _write_aid(world, students)
    _write_private(world, students)
    _write_dropouts(world, students)


def _school_year(year: int) -> int:
    """The month in which a school year begins."""
    return (year - 2022) * 12 + 2


def _write_tuition(world: World, students: Students) -> None:
    """tertiary_tuition_loan: one row a student and year."""
    for year in SCHOOL_YEARS:
        own = np.flatnonzero((students.tuition > 0) & (students.since <= year))
        tuition(
            world,
            students.person[own],
            students.school[own],
            year,
            students.tuition[own],
            students.boarding[own],
            students.loan[own],
        )


def tuition(
    world: World,
    who: NDArray[np.int64],
    school: Values,
    year: int,
    fee: Values,
    boarding: Values,
    loan: Values,
) -> None:
    """Rows of tertiary_tuition_loan."""
    world.book.add(
        "tertiary_tuition_loan",
        known=_school_year(year) + 1,
        person_id=world.people.number[who],
        school=school,
        tuition=fee,
        boarding_fee=boarding,
        loan=loan,
        year=np.full(len(who), year),
        name=world.people.name[who],
    )


def burdened(world: World, students: Students) -> NDArray[np.bool_]:
    """Homes whose students cost much, or two of whose children are beyond compulsory school."""
    home, count = world.people.home[students.person], len(world.homes)
    own = students.tuition + students.boarding - students.loan
    beyond = ~np.isin(students.stage, COMPULSORY)
    heavy = np.bincount(home, own, count) >= BURDEN
    return np.asarray(heavy | (np.bincount(home[beyond], minlength=count) >= 2), dtype=bool)


def _write_aid(world: World, students: Students) -> None:
    """student_aid: by last year's lists, and in the last year for whoever came later too."""
    people, aid, rng = world.people, world.aid, world.block.stream("student_aid")
    home, wards = people.home[students.person], {w.child for w in world.wards.children}
    first = np.minimum(np.minimum(aid.dibao_from, aid.edge_from), aid.monitored_from)
    entered = np.minimum(first, recognised(world))[home]
    entered = np.where(aid.tekun[home], -1, entered)
    bare = np.zeros(len(world.homes), dtype=bool)
    bare[sorted(world.unschooled)] = True
    heavy = burdened(world, students)
    heavy[sorted(world.unaided)] = False
    other = rng.random(len(home)) < OTHERS
    other &= ~np.isin(home, sorted(world.used | world.unaided))
    for year in SCHOOL_YEARS:
        last = year == SCHOOL_YEARS[-1]
        begins = _school_year(year)
        listed = entered <= (months.LAST if last else begins - 8)
        ward = np.isin(students.person, sorted(wards))
        poor = aid.former_poor[home]
        chosen = (listed | ward | poor | other | (heavy[home] & last)) & (students.since <= year)
        own = np.flatnonzero(chosen & ~bare[home])
        basis = np.select(
            [ward[own], listed[own], poor[own]], ["孤儿", "低收入人口", "脱贫户"], "家庭经济困难"
        )
        known = np.maximum(begins + 1, np.where(listed & last, np.maximum(entered, 0), 0)[own])
        aided(world, students.person[own], students.stage[own], year, basis, known)


def aided(
    world: World,
    who: NDArray[np.int64],
    stage: NDArray[np.str_],
    year: int,
    basis: Values,
    known: Values,
) -> None:
    """Rows of student_aid, by the stage of the school."""
    world.book.add(
        "student_aid",
        known=known,
        person_id=world.people.number[who],
        type=[AID[s][0] for s in stage.tolist()],
        amount=np.array([AID[s][1] for s in stage.tolist()], dtype=float),
        year=np.full(len(who), year),
        basis=basis,
        name=world.people.name[who],
    )


def _write_private(world: World, students: Students) -> None:
    """private_school_fees: pupils of the better off; a parent pays, once in a while nobody says."""
    people, rng = world.people, world.block.stream("private_school_fees")
    rich = ordinary(world, low=0) & (world.homes.comfort[home_of(world)] > 0.7)
    young = ~np.isin(students.stage, TERTIARY)
    own = np.flatnonzero(young & rich[students.person])
    own = np.sort(rng.permutation(own)[: max(3, round(PRIVATE * young.sum()))])
    who = students.person[own]
    fee = np.round(rng.uniform(8_000, 26_000, len(who)), -2)
    parent = np.where(rng.random(len(who)) < 0.5, people.father[who], people.mother[who])
    payer = np.where((rng.random(len(who)) < 0.9) & (parent >= 0), people.number[parent], "")
    for year in SCHOOL_YEARS:
        kept = students.since[own] <= year
        world.book.add(
            "private_school_fees",
            known=_school_year(year) + 1,
            person_id=people.number[who[kept]],
            school=np.char.add("合成县私立", np.char.add(students.stage[own][kept], "学校")),
            fee=np.round(fee[kept] * prices.consumer_in(year), 0),
            payer_id=payer[kept],
            year=np.full(int(kept.sum()), year),
            name=people.name[who[kept]],
        )


def _write_dropouts(world: World, students: Students) -> None:
    """dropout_watch: children who were away for a while and are at school again."""
    rng = world.block.stream("dropout_watch")
    fits = np.isin(students.stage, COMPULSORY) & ordinary(world, low=8, high=16)[students.person]
    own = np.flatnonzero(fits)
    own = np.sort(rng.permutation(own)[: max(2, round(0.004 * len(own)))])
    month = rng.integers(months.FIRST_PAID, months.SNAPSHOT, len(own))
    month[0] = months.LAST
    dropout(world, students.person[own], month, rng.choice(BACK, len(own), p=[0.6, 0.3, 0.1]))


def dropout(world: World, who: NDArray[np.int64], month: NDArray[np.int64], status: Values) -> None:
    """Rows of dropout_watch."""
    rng = world.block.stream(f"dropout_watch day {who[:1]}")
    world.book.add(
        "dropout_watch",
        known=month,
        person_id=world.people.number[who],
        status=status,
        reason=rng.choice(["厌学", "厌学", "随父母外出", "家庭困难", "疾病"], len(who)),
        date=day_of(month, rng),
        name=world.people.name[who],
    )

"""Civil records: hukou, deaths, marriages, births and schools."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import judgments, months
from doudi.synth.adoptions import adopted
from doudi.synth.book import numbered
from doudi.synth.homes import relation
from doudi.synth.lines import write_lines
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

NAT = np.datetime64("NaT", "D")
REGISTERED = np.datetime64("1995-01-01")
"""Since when marriages stand in the register."""
PEOPLES = ["汉族", "彝族", "苗族", "布依族"]
FUNERAL, HOSPITAL, POLICE = 3, 15, 60
"""Days until a death reaches the registers; the police ones are a median."""
POLICE_SPREAD = 1.285
CREMATED, CERTIFIED = 0.7, 0.75


def pick(values: NDArray[Any], at: NDArray[np.int64]) -> NDArray[Any]:
    """Values at positions, empty where the position is NOBODY."""
    return np.where(at < 0, "", values[np.where(at < 0, 0, at)])


def write_civil(world: World) -> None:
    """Rows of all civil registers."""
    cancelled = _write_deaths(world)
    _write_hukou(world, cancelled)
    _write_marriages(world)
    _write_births(world)
    _write_schools(world)
    write_lines(world)


def _write_deaths(world: World) -> NDArray[np.int64]:
    """Deaths in the police's, the hospitals' and the funeral homes' records; month of the first."""
    people, rng = world.people, world.rng
    dead = np.flatnonzero((people.home >= 0) & (people.dead_month() <= months.LAST))
    count, day = len(dead), people.death[dead]
    lag = np.exp(np.log(POLICE) + rng.normal(0, POLICE_SPREAD, count)).astype(np.int64) + 2
    forced = np.array([world.deaths.get(int(p), "") for p in dead])
    lag = np.where(np.char.find(forced, "P") >= 0, 20, np.where(forced == "", lag, 900))
    cremated = np.where(forced == "", rng.random(count) < CREMATED, np.char.find(forced, "F") >= 0)
    certified = np.where(
        forced == "", rng.random(count) < CERTIFIED, np.char.find(forced, "H") >= 0
    )
    certified |= ~cremated & (forced == "")
    cancel = day + lag.astype("timedelta64[D]")
    _death_rows(world, dead[cremated], dead[certified])
    world.book.add(
        "hukou_death_cancellation",
        known=months.index_of(cancel),
        person_id=people.number[dead],
        death_date=day,
        cancel_date=cancel,
        reason="死亡",
        name=people.name[dead],
        birth_date=people.birth[dead],
    )
    found = np.full(len(people), months.OPEN)
    found[dead] = months.index_of(cancel)
    return found


def _death_rows(world: World, burnt: NDArray[np.int64], seen: NDArray[np.int64]) -> None:
    """Funeral and hospital records."""
    people, rng = world.people, world.rng
    after = people.death[burnt] + np.timedelta64(FUNERAL, "D")
    applicant = world.homes.head[people.home[burnt]]
    applicant = np.where(applicant == burnt, NOBODY, applicant)
    world.book.add(
        "funeral_cremation",
        known=months.index_of(after),
        deceased_id=people.number[burnt],
        deceased_name=people.name[burnt],
        death_date=people.death[burnt],
        cremation_date=after,
        applicant_id=pick(people.number, applicant),
        applicant_phone=pick(people.phone, applicant),
        fee_waiver=world.aid.ever()[people.home[burnt]],
        deceased_birth_date=people.birth[burnt],
        deceased_address=world.homes.address[people.home[burnt]],
        applicant_relation=np.where(applicant < 0, "", "亲属"),
    )
    issued = people.death[seen] + rng.integers(1, 2 * HOSPITAL, len(seen)).astype("timedelta64[D]")
    world.book.add(
        "death_medical_certificate",
        known=months.index_of(issued),
        person_id=people.number[seen],
        death_date=people.death[seen],
        place=rng.choice(["医院", "家中", "养老机构"], len(seen)),
        cause_group=rng.choice(["循环系统", "肿瘤", "呼吸系统", "其他"], len(seen)),
        issued_date=issued,
        name=people.name[seen],
        birth_date=people.birth[seen],
    )


def _write_hukou(world: World, cancelled: NDArray[np.int64]) -> None:
    """The living, and those whose death the police have not heard of; then the cancelled."""
    people, homes = world.people, world.homes
    born = months.index_of(people.birth)
    listed = np.flatnonzero((people.home >= 0) & (cancelled > months.SNAPSHOT))
    _hukou_rows(world, listed, np.maximum(born[listed], 0), people.status[listed], NAT)
    late = np.flatnonzero(
        (people.home >= 0) & (cancelled > months.SNAPSHOT) & (cancelled <= months.LAST)
    )
    _hukou_rows(world, late, cancelled[late], "死亡", people.death[late])
    del homes


def _hukou_rows(
    world: World, who: NDArray[np.int64], known: Values, status: Values, since: Values
) -> None:
    """Rows of hukou_population."""
    people, homes = world.people, world.homes
    book = homes.book[people.home[who]]
    head, number = homes.head[book], homes.book_no[book]
    for person, (own_number, own_head) in world.own_books.items():  # few: planted
        head[who == person], number[who == person] = own_head, own_number
    adult = people.age()[who] >= 18
    married = people.spouse[who]
    widowed = (married >= 0) & (people.gone | (people.dead_month() <= months.LAST))[
        np.where(married < 0, 0, married)
    ]
    parted = (people.former[who] >= 0) | np.isin(who, sorted(world.divorced))
    marital = np.select([widowed, married >= 0, parted], ["丧偶", "已婚", "离婚"], "未婚")
    shown = np.where(widowed | (married < 0), NOBODY, married)
    world.book.add(
        "hukou_population",
        known=known,
        person_id=people.number[who],
        name=people.name[who],
        sex=np.where(people.male[who], "男", "女"),
        birth_date=people.birth[who],
        ethnicity=np.array(PEOPLES)[np.where(book % 7 == 0, book // 7 % len(PEOPLES), 0)],
        hukou_book_no=number,
        relation_to_head=relation(people, head, who),
        address_code=homes.address[book],
        father_id=pick(people.number, people.father[who]),
        mother_id=pick(people.number, people.mother[who]),
        marital_status=marital,
        spouse_id=pick(people.number, shown),
        status=status,
        status_date=since,
        phone_hash=np.where(adult, people.phone[who], ""),
    )


def _write_marriages(world: World) -> None:
    """First and second marriages of couples who live in the county; divorces not by a court."""
    people = world.people
    first = np.where(people.former >= 0, people.former, people.spouse)
    for partner, day in ((first, people.wed), (people.spouse, people.again)):
        man = np.flatnonzero(people.male & (partner >= 0) & ~people.gone & (day >= REGISTERED))
        man = man[~people.gone[partner[man]]]
        marriage(world, man, partner[man], day[man])
    split = np.flatnonzero(people.male & people.parted() & ~people.gone)
    split = split[~judgments.by_court(world, split)]
    divorce(world, split, people.former[split], people.split[split])


def marriage(
    world: World, man: NDArray[Any], wife: NDArray[Any], day: NDArray[Any], **names: Values
) -> None:
    """Rows of marriage_registration."""
    people = world.people
    told = {"husband_name": people.name[man], "wife_name": people.name[wife]} | names
    world.book.add(
        "marriage_registration",
        known=months.index_of(day),
        husband_id=people.number[man],
        wife_id=people.number[wife],
        marriage_date=day,
        office_code=str(world.block.county),
        cert_no=[f"J{world.block.county}-{str(d)[:4]}-{world.next_serial():06d}" for d in day],
        revoked_date=NAT,
        **told,
    )


def divorce(world: World, man: NDArray[Any], wife: NDArray[Any], day: NDArray[Any]) -> None:
    """Rows of divorce_registration."""
    people = world.people
    world.book.add(
        "divorce_registration",
        known=months.index_of(day),
        husband_id=people.number[man],
        wife_id=people.number[wife],
        divorce_date=day,
        custody="协商抚养",
        property_split="各自所有",
        office_code=str(world.block.county),
        husband_name=people.name[man],
        wife_name=people.name[wife],
    )


def _write_births(world: World) -> None:
    """Birth certificates since 2005, by day; twins have numbers one after the other."""
    people = world.people
    own = np.flatnonzero(
        (people.home >= 0)
        & (people.birth >= np.datetime64("2005-01-01"))
        & (people.mother != NOBODY)
    )
    own = np.setdiff1d(own, adopted(world))
    own = own[np.lexsort((own, people.mother[own], people.birth[own]))]
    world.book.add(
        "birth_certificate",
        known=months.index_of(people.birth[own]),
        child_cert_no=numbered(f"R{world.block.county}", np.sort(world.next_serials(len(own))), 9),
        child_id=people.number[own],
        mother_id=people.number[people.mother[own]],
        father_id=pick(people.number, people.father[own]),
        birth_date=people.birth[own],
        child_name=people.name[own],
        mother_name=people.name[people.mother[own]],
        father_name=pick(people.name, people.father[own]),
    )


def _write_schools(world: World) -> None:
    """Pupils and students by age."""
    people, rng = world.people, world.rng
    age = people.age(months.SNAPSHOT).astype(np.int64)
    own = np.flatnonzero((people.home >= 0) & (age >= 7) & (age <= 21) & people.living())
    years = age[own]
    going = rng.random(len(own)) < np.interp(years, [14, 16, 19, 21], [1.0, 0.92, 0.55, 0.4])
    told = np.array([world.at_school.get(int(p), -1) for p in own])
    going = np.where(told < 0, going, told == 1)
    own, years = own[going], years[going]
    upper = rng.choice(["高中", "中职"], len(own), p=[0.6, 0.4])
    college = rng.choice(["大专", "本科"], len(own))
    stage = np.select([years < 13, years < 16, years < 19], ["小学", "初中", upper], college)
    began = np.select([years < 13, years < 16, years < 19], [7, 13, 16], 19)
    world.book.add(
        "student_enrolment",
        student_id=np.char.add("G", people.number[own]),
        person_id=people.number[own],
        school=np.char.add("合成县", np.char.add(stage, "学校")),
        stage=stage,
        grade=np.char.add((years - began + 1).astype(str), "年级"),
        enrol_date=np.array(
            [f"{2025 - y + b}-09-01" for y, b in zip(years, began, strict=True)],
            dtype="datetime64[D]",
        ),
        status="在读",
        boarding=years > 12,
        name=people.name[own],
    )

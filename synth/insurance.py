"""Life policies of the authorised, accident claims, and withdrawals from the provident fund."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months, numbers, work
from doudi.synth.bank import authorised
from doudi.synth.book import coded, numbered
from doudi.synth.folk import birthday, listed, outsiders, positions, text
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

BOUGHT, OWN = 0.3, 0.03
"""Shares of the authorised whom the county insured against accidents, and who did so themselves."""
ACCIDENTS_A_YEAR = 0.004
ILL = 0.12
"""Share of the severely ill outside the registers whom a policy pays."""
WITHDRAWN_A_YEAR = 0.06
REASONS = ["购房", "租房", "大病"]
PERIL = ["意外医疗", "意外伤残", "交通意外"]


def write_insurance(world: World) -> None:
    """Rows of the three sources."""
    _write_policies(world)
    _write_claims(world)
    _write_withdrawals(world)


def life(  # noqa: PLR0913 - one argument a column
    world: World,
    insured: NDArray[np.int64],
    kind: Values,
    premium: NDArray[Any],
    years: NDArray[np.int64],
    *,
    payer: Values,
    asked: NDArray[np.int64],
    holder: NDArray[np.int64] | None = None,
    serial: int = 0,
    worth: float = 0.55,
) -> None:
    """Rows of commercial_life_insurance: ``worth`` of what was paid can be had in cash."""
    people = world.people
    spouse, begun = people.spouse[insured], asked - 12 * years + 2
    lost = (spouse >= 0) & (people.dead_month()[spouse] <= begun)
    lost |= (spouse >= 0) & people.gone[spouse]
    paid = np.round(premium * years, 2)
    world.book.add(
        "commercial_life_insurance",
        known=asked,
        policy_no=numbered(f"LI{world.block.number:02d}{serial}", insured, 6),
        holder_id=coded(people.number, insured if holder is None else holder),
        insured_id=coded(people.number, insured),
        beneficiary_id=coded(people.number, np.where(lost, NOBODY, spouse)),
        type=kind,
        annual_premium=premium,
        cash_value=np.round(paid * worth, 2),
        paid_total=paid,
        payer_account_hash=payer,
        start=months.day_in(begun, 16),
    )


def _write_policies(world: World) -> None:
    """Accident policies that the county bought, and a few small ones of their own."""
    people = world.people
    rng = world.block.stream("commercial_life_insurance")
    asked = authorised(world)
    free = ~listed(world, "commercial_life_insurance", "insured_id")[asked.person]
    draw = rng.random(len(free))
    treasury = str(numbers.hashes(rng, 1)[0])
    given = free & (draw < BOUGHT)
    who = asked.person[given]
    one = np.ones(len(who), dtype=np.int64)
    life(
        world,
        who,
        "政府统保意外险",
        one * 60.0,
        one,
        payer=treasury,
        asked=asked.month[given],
        worth=0.0,
    )
    declared = _declared(world)[asked.person]
    own = free & (draw > 1 - OWN) & (people.age()[asked.person] < 60) & (declared > 1_000.0)
    who, count = asked.person[own], int(own.sum())
    life(
        world,
        who,
        rng.choice(["防癌险", "意外险"], count),
        np.round(np.minimum(declared[own] * rng.uniform(0.05, 0.2, count), 400.0), 0),
        rng.integers(1, 5, count),
        payer=coded(people.account, who),
        asked=asked.month[own],
        serial=1,
        worth=0.25,
    )


def _declared(world: World) -> NDArray[np.float64]:
    """Income a year that each recipient's household declares."""
    found = np.zeros(len(world.people))
    own = [(m.person, sum(o.declared for o in c.members)) for c in world.dibao for m in c.members]
    who, monthly = zip(*own, strict=True)
    np.maximum.at(found, np.array(who), np.array(monthly) * 12)
    return found


def claim(
    world: World,
    who: NDArray[np.int64],
    kind: Values,
    amount: Values,
    happened: NDArray[np.int64],
    paid: NDArray[np.int64],
) -> None:
    """Rows of accident_claim, known in the month of payment."""
    world.book.add(
        "accident_claim",
        known=paid,
        person_id=coded(world.people.number, who),
        type=kind,
        amount=amount,
        event_date=months.day_in(happened, 1 + who % 25),
        pay_date=months.day_in(paid, 26),
        name=coded(world.people.name, who),
    )


def _write_claims(world: World) -> None:
    """Accidents of people outside the registers, and policies on severe illness."""
    severe = world.shocks.severe
    rng = world.block.stream("accident_claim")
    free = outsiders(world)
    span = months.LAST - months.FIRST_PAID
    hurt = np.flatnonzero(free & (rng.random(len(free)) < ACCIDENTS_A_YEAR * span / 12))
    month = rng.integers(months.FIRST_PAID, months.LAST - 3, len(hurt))
    later = month + rng.integers(1, 4, len(hurt))
    amount = np.round(np.exp(rng.normal(7.9, 0.9, len(hurt))), 2)
    claim(world, hurt, rng.choice(PERIL, len(hurt)), amount, month, later)
    ill = np.flatnonzero(free & (severe < months.LAST - 3) & (severe >= months.FIRST_PAID))
    ill = ill[rng.random(len(ill)) < ILL]
    amount = rng.choice([20_000.0, 50_000.0, 100_000.0], len(ill))
    claim(world, ill, "重大疾病", amount, severe[ill], severe[ill] + 2)


def withdrawal(
    world: World,
    who: NDArray[np.int64],
    kind: Values,
    amount: Values,
    month: NDArray[np.int64],
    *,
    partner: NDArray[np.int64],
    address: Values,
) -> None:
    """Rows of provident_fund_loan_withdrawal."""
    world.book.add(
        "provident_fund_loan_withdrawal",
        known=month,
        person_id=coded(world.people.number, who),
        type=kind,
        amount=amount,
        date=months.day_in(month, 1 + who % 27),
        co_borrower_id=coded(world.people.number, partner),
        property_address=address,
        name=coded(world.people.name, who),
    )


def _write_withdrawals(world: World) -> None:
    """For a home, a rent or an illness from people with an account, and on retirement."""
    people, jobs = world.people, world.jobs
    rng = world.block.stream("provident_fund_loan_withdrawal")
    free = outsiders(world)
    saves = np.flatnonzero(free & jobs.funded & (jobs.kind != work.NONE))
    ill = world.shocks.severe[saves]
    months_open = months.LAST - np.maximum(jobs.start[saves] + 6, -60)
    odds = WITHDRAWN_A_YEAR * months_open / 12
    sick = (ill < months.LAST) & (ill > months.FIRST_PAID) & (rng.random(len(saves)) < 0.5)
    takes = sick | (rng.random(len(saves)) < odds)
    who, sick, ill = saves[takes], sick[takes], ill[takes]
    kind = np.where(sick, 2, rng.integers(0, 2, len(who)))
    low = np.maximum(jobs.start[who] + 6, -60)
    month = low + np.floor(rng.random(len(who)) * (months.LAST - low + 1)).astype(np.int64)
    month = np.where(sick, np.minimum(ill + 1, months.LAST), month)
    amount = np.round(jobs.wage[who] * np.array([6.0, 1.5, 4.0])[kind], -1)
    named = (kind == 0) & (rng.random(len(who)) < 0.7)
    withdrawal(
        world,
        who,
        coded(REASONS, kind),
        amount,
        month,
        partner=np.where(named, people.spouse[who], NOBODY),
        address=coded(_addresses(world), np.where(kind == 2, NOBODY, who)),
    )
    old = np.flatnonzero(free & (jobs.kind == work.RETIRED))
    at = birthday(world, old, 60)
    old, at = old[at > -100], at[at > -100]
    sum_ = np.round(jobs.wage[old] * 18, 2)
    nobody = np.full(len(old), NOBODY)
    withdrawal(world, old, "退休", sum_, at, partner=nobody, address="")


def _addresses(world: World) -> NDArray[np.str_]:
    """Where people own a home; where they live for those who own none."""
    found = world.homes.address[world.people.home].astype("U64")
    units = world.book.frame("real_estate_registration")
    owner = positions(world, units["owner_id"])
    found[owner[owner != NOBODY]] = text(units["address"])[owner != NOBODY]
    return found

"""Taxes of people: on income, on homes bought, and invoices for homes let."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import incomes, months, numbers, prices, work
from doudi.synth.book import coded, numbered
from doudi.synth.folk import by_month, outsiders, positions, some, text
from doudi.synth.lookback import plain_homes
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

WAGES, BONUS = "工资薪金所得", "全年一次性奖金"
OTHERS = ["劳务报酬所得", "经营所得", "财产租赁所得", "利息股息红利所得"]
FREE = 5000.0
"""CNY a month that are not taxed."""
SILENT = 0.25
"""Share of payers who do not declare wages below the free amount."""
YEAR_ENDS = 0.35
"""Share of public staff and of a few others whose bonus is declared in one month."""
SQUARE_METRE = {"住宅": 3300.0, "商业": 6100.0}
SINCE = np.datetime64("2015-01-01")
"""Deed tax has been kept electronically since."""
EXEMPT = 0.12
INHERITED = "按份共有"
"""Shares in a home are inherited, which is not taxed."""
BY_DEVELOPER, BY_SPOUSE = 0.08, 0.15
LETS = 0.12
"""Share of second homes whose rent is invoiced; most never is."""


def write_taxes(world: World) -> None:
    """Rows of the three sources."""
    _write_wages(world)
    _write_bonuses(world)
    _write_other_income(world)
    _write_deeds(world)
    _write_rents(world)


def income(
    world: World,
    who: NDArray[np.int64],
    payer: Values,
    month: NDArray[np.int64],
    amount: NDArray[Any],
    *,
    kind: Values = WAGES,
) -> None:
    """Rows of individual_income_tax; three per cent of what is over the free amount."""
    world.book.add(
        "individual_income_tax",
        known=month,
        person_id=coded(world.people.number, who),
        payer_uscc=payer,
        tax_month=months.coded(month),
        income_type=kind,
        income=amount,
        tax=np.round(np.maximum(amount - FREE, 0.0) * 0.03, 2),
        name=coded(world.people.name, who),
    )


def _write_wages(world: World) -> None:
    """Wages of insured and public workers; some payers declare only what is taxed."""
    jobs, firms = world.jobs, world.firms
    rng = world.block.stream("individual_income_tax")
    formal = np.flatnonzero((jobs.kind == work.FORMAL) & (world.people.home != NOBODY))
    later = formal[jobs.again[formal] <= months.LAST]
    staff = np.flatnonzero((jobs.kind == work.PUBLIC) & (world.people.home != NOBODY))
    codes = np.concatenate([firms.code, firms.public_code])
    unit = len(firms.code) + jobs.employer[staff] % len(work.UNITS)
    who = np.concatenate([formal, later, staff])
    payer = np.concatenate([jobs.employer[formal], jobs.next_employer[later], unit])
    first = np.concatenate([jobs.start[formal], jobs.again[later], jobs.start[staff]])
    last = np.concatenate([jobs.end[formal], np.full(len(later), months.OPEN), jobs.end[staff]])
    wage = jobs.wage[who] + np.where(jobs.kind[who] == work.PUBLIC, 800.0, 0.0)
    row, month = by_month(first, last)
    amount = np.round(wage[row] * prices.wages(month), 0)
    silent = rng.random(len(codes)) < SILENT
    shown = ~(silent[payer[row]] & (amount <= FREE))
    row, month, amount = row[shown], month[shown], amount[shown]
    income(world, who[row], coded(codes, payer[row]), month, amount)


def _write_bonuses(world: World) -> None:
    """A year's bonus, declared in one month of the next year."""
    jobs, firms = world.jobs, world.firms
    rng = world.block.stream("individual_income_tax bonus")
    staff = np.flatnonzero(outsiders(world) & (jobs.kind == work.PUBLIC))
    staff = staff[rng.random(len(staff)) < YEAR_ENDS]
    for month in (months.FIRST_PAID + 8, months.FIRST_PAID + 20, months.FIRST_PAID + 32):
        own = staff[jobs.start[staff] < month - 6]
        unit = firms.public_code[jobs.employer[own] % len(work.UNITS)]
        amount = np.round(jobs.wage[own] * rng.uniform(1.0, 3.0, len(own)), 2)
        income(world, own, unit, np.full(len(own), month), amount, kind=BONUS)


def _write_other_income(world: World) -> None:
    """Fees, business income by the quarter, rents and interest of a few."""
    people, firms = world.people, world.firms
    rng = world.block.stream("individual_income_tax others")
    adult = np.flatnonzero(outsiders(world) & (people.age() > 22) & (people.age() < 65))
    own = adult[rng.random(len(adult)) < 0.02]
    kind = rng.integers(0, len(OTHERS), len(own))
    times = np.where(kind == 1, 8, rng.integers(1, 4, len(own)))
    row = np.repeat(np.arange(len(own)), times)
    turn = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    month = months.FIRST_PAID + 1 + (own[row] * 13 % 12) + turn * 3
    amount = np.exp(rng.normal(7.6, 0.8, len(row)))
    told = incomes.draw_incomes(world).business_told[people.home[own]]
    amount = np.round(np.where(kind[row] == 1, amount * told[row], amount), 2)
    payer = coded(firms.code, (own * 11 + 3)[row] % len(firms.code))
    income(world, own[row], payer, month, amount, kind=coded(OTHERS, kind[row]))


def deed(
    world: World,
    who: NDArray[np.int64],
    unit: Values,
    day: Values,
    price: Values,
    *,
    account: Values,
    share: Values = 1.0,
) -> None:
    """Rows of deed_tax, known in the month of payment."""
    world.book.add(
        "deed_tax",
        known=months.index_of(np.asarray(day)),
        taxpayer_id=coded(world.people.number, who),
        property_no=unit,
        contract_price=price,
        pay_date=day,
        share=share,
        payer_account_hash=account,
        taxpayer_name=coded(world.people.name, who),
    )


def _write_deeds(world: World) -> None:
    """Tax on most homes and shops registered since 2015, a few paid by spouse or developer."""
    people = world.people
    rng = world.block.stream("deed_tax")
    units = world.book.frame("real_estate_registration")
    taxed = _taxed(world)
    day, who = units["reg_date"].to_numpy(), positions(world, units["owner_id"])
    count = len(who)
    use, number = text(units["use"]), text(units["unit_no"])
    price = np.where(use == "商业", SQUARE_METRE["商业"], SQUARE_METRE["住宅"])
    price = np.round(units["area"].to_numpy() * price * rng.uniform(0.75, 1.3, count), -2)
    paid = day - rng.integers(1, 25, count).astype("timedelta64[D]")
    kept = (day >= SINCE) & (who != NOBODY) & (rng.random(count) >= EXEMPT)
    kept &= ~np.isin(number, taxed) & (text(units["co_ownership"]) != INHERITED)
    quiet = plain_homes(world)[people.home[who]]
    spouse = people.spouse[who]
    by_spouse = quiet & (spouse != NOBODY) & (rng.random(count) < BY_SPOUSE)
    payer = np.where(by_spouse, spouse, who)
    by_developer = quiet & ~by_spouse & (rng.random(count) < BY_DEVELOPER)
    account = np.where(by_developer, numbers.hashes(rng, 1)[0], people.account[payer])
    deed(
        world,
        who[kept],
        number[kept],
        paid[kept],
        price[kept],
        account=account[kept],
        share=units["share"].to_numpy()[kept],
    )


def _taxed(world: World) -> NDArray[np.str_]:
    """Numbers of the units whose tax has rows already."""
    return text(world.book.frame("deed_tax")["property_no"])


def _write_rents(world: World) -> None:
    """Rents of some second homes, invoiced by the quarter or the half-year."""
    firms = world.firms
    rng = world.block.stream("rental_invoice")
    units = world.book.frame("real_estate_registration")
    who = positions(world, units["owner_id"])
    second = np.zeros(len(who), dtype=bool)
    first = np.unique(who, return_index=True)[1]
    second[np.setdiff1d(np.arange(len(who)), first)] = True
    kept = some(rng, np.flatnonzero(second & outsiders(world)[who] & (who != NOBODY)), LETS)
    own, address = who[kept], text(units["address"])[kept]
    rent = np.round(np.exp(rng.normal(6.9, 0.35, len(own))), -1)
    each = rng.choice([3, 6], len(own))
    ends = np.arange(months.FIRST_PAID, months.LAST + 1)
    ends = ends[ends % 3 == 2]
    row, month = np.repeat(np.arange(len(own)), len(ends)), np.tile(ends, len(own))
    due = (month % 6 == 5) | (each[row] == 3)
    row, month = row[due], month[due]
    invoice(
        world,
        own[row],
        coded(address, row),
        months.day_in(month, 3 + row % 20),
        rent[row] * each[row],
        tenant=coded(firms.name, own[row] % len(firms.name)),
        lease=kept[row],
    )


def invoice(
    world: World,
    who: NDArray[np.int64],
    address: Values,
    day: NDArray[np.datetime64],
    amount: Values,
    *,
    tenant: Values,
    lease: NDArray[np.int64],
) -> None:
    """Rows of rental_invoice, known in the month of the invoice; one a lease and month."""
    month = months.index_of(day)
    world.book.add(
        "rental_invoice",
        known=month,
        landlord_id=coded(world.people.number, who),
        property_address=address,
        amount=amount,
        invoice_date=day,
        tenant=tenant,
        invoice_no=numbered(f"FP{world.block.number:02d}", lease * 100 + month, 9),
        landlord_name=coded(world.people.name, who),
    )

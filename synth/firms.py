"""Companies, individual businesses, their owners and their tax filings."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, numbers

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.book import Book, Values
    from doudi.synth.homes import Homes
    from doudi.synth.people import People
    from doudi.synth.world import World

TRADES = ["建材", "农业", "商贸", "物流", "餐饮", "装饰", "机械", "养殖", "服装", "电器"]
KINDS = ["有限责任公司", "股份有限公司", "个人独资企业", "农民专业合作社"]
DORMANT = 0.15
BUSINESS_SHARE = 0.11
MONTHLY_FILERS = 0.2
CIRCLE = 0.05
"""What two companies of a circle hold of each other."""
CODES = 100_000
"""Company codes of each kind that a block may use up."""


@dataclass
class Firms:
    """Companies by position; businesses of single people; codes that others refer to."""

    code: NDArray[np.str_]
    name: NDArray[np.str_]
    owner: NDArray[np.int64]
    agency: str
    """An agency through which flexible workers are insured."""
    public_code: NDArray[np.str_]
    institutions: list[tuple[str, str, str]]
    """Care institutions: number, account, account name."""
    business_owner: NDArray[np.int64]
    next_serial: int

    def new_code(self, kind: str = "91") -> str:
        """A code that no company has yet."""
        self.next_serial += 1
        return numbers.company_codes(np.array([self.next_serial]), kind=kind)[0]


def make_firms(
    rng: Generator, people: People, homes: Homes, may_own: NDArray[np.bool_], block: int
) -> Firms:
    """Companies and businesses whose owners' homes are on no register."""
    first = block * CODES
    count = max(24, len(homes) // 25)
    age = people.age()
    home = np.where(people.home < 0, 0, people.home)
    fits = (people.home >= 0) & may_own[home] & (age > 25) & (age < 62) & people.living()
    rich = np.flatnonzero(fits & (homes.comfort[home] > 0))
    every = np.flatnonzero(fits)
    heads = np.intersect1d(every, homes.head)
    businesses = rng.permutation(heads)[: round(BUSINESS_SHARE * len(homes))]
    codes = numbers.company_codes(np.arange(count + 40) + 10_000_000 + first)
    accounts = numbers.hashes(rng, 3)
    institutions = [
        (f"JG{3 * block + i + 1:03d}", str(accounts[i]), f"{sign}中心敬老院")
        for i, sign in enumerate("云龙青")
    ]
    trade = rng.choice(TRADES, count)
    return Firms(
        code=np.array(codes[:count]),
        name=np.array([f"{sign}{i:04d}有限公司" for i, sign in enumerate(trade)]),
        owner=rng.choice(rich, count, replace=len(rich) < count),
        agency=codes[count],
        public_code=np.array(codes[count + 1 : count + 20]),
        institutions=institutions,
        business_owner=businesses,
        next_serial=20_000_000 + first,
    )


def company(  # noqa: PLR0913 - one argument a column
    book: Book,
    code: str,
    name: str,
    *,
    owner: tuple[str, str],
    setup: Values,
    phone: str = "",
    status: str = "存续",
    capital: float = 100.0,
    kind: str = KINDS[0],
) -> None:
    """One row of enterprise_registration; ``owner`` is the legal representative's number, name."""
    book.add(
        "enterprise_registration",
        uscc=[code],
        name=name,
        type=kind,
        registered_capital=capital,
        currency="人民币",
        setup_date=setup,
        status=status,
        legal_rep_id=owner[0],
        address="",
        phone=phone,
        legal_rep_name=owner[1],
    )


def holding(
    book: Book,
    code: str,
    holder: tuple[str, str],
    ratio: float,
    *,
    since: Values,
    capital: float = 100.0,
) -> None:
    """One row of shareholders; the holder is a number or company code, and a name."""
    book.add(
        "shareholders",
        company_uscc=[code],
        holder_id=holder[0],
        holder_name=holder[1],
        subscribed=round(capital * ratio, 2),
        ratio=ratio,
        from_date=since,
        to_date=np.datetime64("NaT", "D"),
    )


def filings(
    book: Book,
    code: str,
    revenue: float,
    *,
    profit: float = 0.08,
    months_each: int = 3,
    first: int = months.FIRST_PAID,
    last: int = months.LAST,
    status: str = "正常",
) -> None:
    """Tax filings of one company; ``revenue`` is CNY a month."""
    ends = np.arange(months.FIRST_PAID - 1, months.LAST + 1)
    ends = ends[(ends % 3 == 2) | (months_each == 1)]
    ends = ends[(ends >= max(first, months.FIRST_PAID)) & (ends <= last)]
    if not len(ends):
        return
    sold = np.round(np.full(len(ends), revenue * months_each), 2)
    book.add(
        "enterprise_tax_filing",
        known=ends,
        uscc=[code] * len(ends),
        period=months.text_of(ends),
        revenue=sold,
        profit=np.round(sold * profit, 2),
        tax_paid=np.round(sold * 0.03, 2),
        status=status,
        period_months=months_each,
    )


def write_firms(world: World) -> None:
    """Companies with their holders, managers and filings, and individual businesses."""
    _write_companies(world)
    _write_holders(world)
    _write_businesses(world)


def _write_companies(world: World) -> None:
    """Registrations, managers and filings."""
    firms, people, rng, book = world.firms, world.people, world.rng, world.book
    count, owner = len(firms.code), firms.owner
    setup = np.datetime64("2006-01-01") + rng.integers(0, 6000, count).astype("timedelta64[D]")
    setup = people.grown(owner, setup)
    capital = rng.choice([30.0, 50.0, 100.0, 200.0, 500.0], count)
    dormant = rng.random(count) < DORMANT
    book.add(
        "enterprise_registration",
        uscc=firms.code,
        name=firms.name,
        type=rng.choice(KINDS[:3], count, p=[0.85, 0.05, 0.1]),
        registered_capital=capital,
        currency="人民币",
        setup_date=setup,
        status=np.where(dormant & (rng.random(count) < 0.3), "吊销", "存续"),
        legal_rep_id=people.number[owner],
        address=world.homes.address[people.home[owner]],
        phone=people.phone[owner],
        legal_rep_name=people.name[owner],
    )
    book.add(
        "executives",
        company_uscc=firms.code,
        person_id=people.number[owner],
        position=rng.choice(["执行董事", "经理"], count),
        from_date=setup,
        to_date=np.datetime64("NaT", "D"),
        person_name=people.name[owner],
    )
    sold = np.where(dormant, 0.0, np.exp(rng.normal(10.8, 1.0, count)))
    _many_filings(book, rng, firms.code, sold)
    _write_services(world)


def _write_services(world: World) -> None:
    """The agency that insures flexible workers."""
    person = int(world.firms.owner[0])
    who = (str(world.people.number[person]), str(world.people.name[person]))
    company(
        world.book,
        world.firms.agency,
        "合成人力资源服务有限公司",
        owner=who,
        setup=world.people.grown(np.array([person]), np.array([np.datetime64("2012-05-04")]))[0],
    )


def _many_filings(
    book: Book, rng: Generator, codes: NDArray[np.str_], sold: NDArray[np.float64]
) -> None:
    """Filings of many companies: quarterly, for some monthly."""
    monthly = rng.random(len(codes)) < MONTHLY_FILERS
    every = np.arange(months.FIRST_PAID, months.LAST + 1)
    for each, chosen, ends in ((1, monthly, every), (3, ~monthly, every[every % 3 == 2])):
        own = np.flatnonzero(chosen)
        row, end = np.repeat(own, len(ends)), np.tile(ends, len(own))
        revenue = np.round(sold[row] * each * rng.uniform(0.7, 1.3, len(row)), 2)
        book.add(
            "enterprise_tax_filing",
            known=end,
            uscc=codes[row],
            period=months.text_of(end),
            revenue=revenue,
            profit=np.round(revenue * 0.07, 2),
            tax_paid=np.round(revenue * 0.03, 2),
            status="正常",
            period_months=each,
        )


def _write_holders(world: World) -> None:
    """Owners, partners, companies that hold companies, and a few circles."""
    firms, people, rng = world.firms, world.people, world.rng
    count = len(firms.code)
    since = np.datetime64("2015-01-01") + rng.integers(0, 3000, count).astype("timedelta64[D]")
    by_firm = np.arange(count) % 5 == 0
    upper = (np.arange(count) * 7 + 3) % count
    partner = people.spouse[firms.owner]
    share = np.where(by_firm, 0.6, np.where(partner >= 0, 0.7, 1.0))
    share[[n + more for n in _circles(count) for more in (0, 1)]] -= CIRCLE
    rows = [(firms.code, people.number[firms.owner], people.name[firms.owner], share, since)]
    held = by_firm & (upper != np.arange(count))
    rows.append(
        (
            firms.code[held],
            firms.code[upper[held]],
            firms.name[upper[held]],
            np.full(int(held.sum()), 0.4),
            since[held],
        )
    )
    shared = ~by_firm & (partner >= 0)
    wife = np.where(partner[shared] < 0, 0, partner[shared])
    rows.append(
        (
            firms.code[shared],
            people.number[wife],
            people.name[wife],
            np.full(int(shared.sum()), 0.3),
            since[shared],
        )
    )
    for code, holder, name, ratio, start in rows:
        world.book.add(
            "shareholders",
            company_uscc=code,
            holder_id=holder,
            holder_name=name,
            subscribed=ratio * 100,
            ratio=ratio,
            from_date=start,
            to_date=np.datetime64("NaT", "D"),
        )
    for first in _circles(count):
        for one, other in ((first, first + 1), (first + 1, first)):
            holding(
                world.book,
                str(firms.code[one]),
                (str(firms.code[other]), str(firms.name[other])),
                CIRCLE,
                since=np.datetime64("2019-03-01"),
            )


def _circles(count: int) -> range:
    """Every first of two companies that hold a little of each other."""
    return range(1, min(count - 1, 12), 5)


def _write_businesses(world: World) -> None:
    """Individual businesses, most of them at work."""
    firms, people, rng = world.firms, world.people, world.rng
    owner = firms.business_owner
    count = len(owner)
    codes = np.array(
        numbers.company_codes(np.arange(count) + 30_000_000 + world.block.number * CODES, kind="92")
    )
    works = rng.random(count) > DORMANT
    trade = rng.choice(TRADES, count)
    world.book.add(
        "individual_business",
        uscc=codes,
        name=np.char.add(np.char.add(trade, "店"), np.arange(count).astype(str)),
        operator_id=people.number[owner],
        industry=trade,
        setup_date=people.grown(
            owner,
            np.datetime64("2010-01-01") + rng.integers(0, 4300, count).astype("timedelta64[D]"),
        ),
        status="存续",
        funds=rng.choice([2.0, 5.0, 10.0], count),
        employees=np.where(works, rng.integers(1, 5, count), 0),
        operator_name=people.name[owner],
        address=world.homes.address[people.home[owner]],
    )
    sold = np.where(works, np.exp(rng.normal(9.2, 0.6, count)), 0.0)
    _many_filings(world.book, rng, codes, sold)

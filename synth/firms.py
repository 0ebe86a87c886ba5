"""Companies, individual businesses and their owners."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import incomes, numbers
from doudi.synth.filings import digits, many_filings
from doudi.synth.holders import write_holders

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.blocks import Block
    from doudi.synth.book import Book, Values
    from doudi.synth.homes import Homes
    from doudi.synth.people import People
    from doudi.synth.world import World

TRADES = ["建材", "农业", "商贸", "物流", "餐饮", "装饰", "机械", "养殖", "服装", "电器"]
FARMS = ("农业", "养殖")
KINDS = ["有限责任公司", "股份有限公司", "个人独资企业", "农民专业合作社"]
DORMANT = 0.15
BUSINESS_SHARE = 0.11
CODES = 100_000
"""Company codes of each kind that a block may use up."""
FIRST_CODE = {"91": 10_000_000, "92": 30_000_000, "93": 40_000_000}
STEP = 61_803
"""By how much codes differ from one company to the next, around the block's range of them."""
CAPITALS = (30.0, 50.0, 100.0, 200.0, 500.0)
FOUNDED = np.datetime64("2006-01-01")


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
    block: Block
    given: dict[str, int] = field(default_factory=dict)
    """How many codes of each kind have been given out."""
    planted: set[str] = field(default_factory=set)
    """Codes of companies that planted facts rest on."""

    def codes(self, count: int, kind: str = "91") -> list[str]:
        """Codes that no company has yet; their order tells nothing."""
        turn = self.given.get(kind, 0) + np.arange(count) + 1
        self.given[kind] = self.given.get(kind, 0) + count
        serial = FIRST_CODE[kind] + self.block.number * CODES + turn * STEP % CODES
        return numbers.company_codes(serial, kind=kind, county=self.block.county)

    def run_by(self, who: NDArray[np.int64]) -> bool:
        """Whether any of these people owns a company or a business."""
        owners = np.concatenate([self.owner, self.business_owner])
        return bool(np.isin(who, owners).any())

    def new_code(self, kind: str = "91") -> str:
        """A code for a company that a planted fact rests on."""
        code = self.codes(1, kind)[0]
        self.planted.add(code)
        return code


def called(code: str, trade: str = "", end: str = "有限公司") -> str:
    """The name of a company: its trade and the last digits of its organisation code."""
    return f"{trade or trade_of(code)}{code[11:16]}{end}"


def trade_of(code: str) -> str:
    """A trade for a company about which only its code is known."""
    return TRADES[digits(code) % 7]


def founded(code: str) -> np.datetime64:
    """A day on which a company could have been set up, years before the county's months."""
    return FOUNDED + np.timedelta64(digits(code) * 37 % 4_700, "D")


def make_firms(
    rng: Generator, people: People, homes: Homes, may_own: NDArray[np.bool_], block: Block
) -> Firms:
    """Companies and businesses whose owners' homes are on no register."""
    count = max(24, len(homes) // 25)
    age = people.age()
    home = np.where(people.home < 0, 0, people.home)
    fits = (people.home >= 0) & may_own[home] & (age > 25) & (age < 62) & people.living()
    rich = np.flatnonzero(fits & (homes.comfort[home] > 0))
    every = np.flatnonzero(fits)
    heads = np.intersect1d(every, homes.head)
    businesses = rng.permutation(heads)[: round(BUSINESS_SHARE * len(homes))]
    accounts = numbers.hashes(rng, 3)
    institutions = [
        (f"JG{3 * block.rank + i + 1:03d}", str(accounts[i]), f"{sign}中心敬老院")
        for i, sign in enumerate("云龙青")
    ]
    trade = rng.choice(TRADES, count)
    firms = Firms(
        code=np.zeros(0, dtype="U18"),
        name=np.zeros(0, dtype="U16"),
        owner=rng.choice(rich, count, replace=len(rich) < count),
        agency="",
        public_code=np.zeros(0, dtype="U18"),
        institutions=institutions,
        business_owner=businesses,
        block=block,
    )
    firms.code, firms.public_code = np.array(firms.codes(count)), np.array(firms.codes(19))
    firms.name = np.array([called(*pair) for pair in zip(firms.code, trade, strict=True)])
    firms.agency = firms.codes(1)[0]
    return firms


def company(  # noqa: PLR0913 - one argument a column
    book: Book,
    code: str,
    name: str,
    *,
    owner: tuple[str, str],
    setup: Values,
    phone: str = "",
    address: str = "",
    status: str = "存续",
    capital: float = 0.0,
    kind: str = KINDS[0],
) -> None:
    """One row of enterprise_registration; ``owner`` is the legal representative's number, name.

    Without a capital it is what others of its size have.
    """
    book.add(
        "enterprise_registration",
        uscc=[code],
        name=name,
        type=kind,
        registered_capital=capital or CAPITALS[digits(code) % len(CAPITALS)],
        currency="人民币",
        setup_date=setup,
        status=status,
        legal_rep_id=owner[0],
        address=address,
        phone=phone,
        legal_rep_name=owner[1],
    )


def write_firms(world: World) -> None:
    """Companies with their holders, managers and filings, and individual businesses."""
    write_holders(world, _write_companies(world))
    _write_businesses(world)


def _write_companies(world: World) -> NDArray[np.datetime64]:
    """Registrations, managers and filings; returns the days on which they were set up."""
    firms, people, rng, book = world.firms, world.people, world.rng, world.book
    count, owner = len(firms.code), firms.owner
    setup = np.datetime64("2006-01-01") + rng.integers(0, 6000, count).astype("timedelta64[D]")
    setup = people.grown(owner, setup)
    capital = rng.choice(CAPITALS, count)
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
    many_filings(book, rng, firms.code, sold)
    _write_services(world)
    return np.asarray(setup)


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


def _write_businesses(world: World) -> None:
    """Individual businesses, most of them at work."""
    firms, people, rng = world.firms, world.people, world.rng
    owner = firms.business_owner
    count = len(owner)
    codes = np.array(firms.codes(count, "92"))
    works = rng.random(count) > DORMANT
    trade = rng.choice(TRADES, count)
    world.book.add(
        "individual_business",
        uscc=codes,
        name=[called(*pair, "") for pair in zip(codes, np.char.add(trade, "店"), strict=True)],
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
    years = incomes.business_years(world, owner, farm=np.isin(trade, FARMS))
    many_filings(world.book, rng, codes, sold, years)

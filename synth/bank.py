"""What banks and the securities register tell, on authorisation, about members and applicants."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months, numbers
from doudi.synth.book import coded, numbered
from doudi.synth.folk import listed, positions, some, text
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

BANKS = ["农村商业银行", "农业银行", "邮政储蓄银行", "建设银行"]
BALANCE = (6.7, 0.9)
"""Mean and spread of the logarithm of a recipient's balance, CNY."""
MOST = (4_200.0, 1_500.0)
"""The most on a recipient's first and second account, CNY."""
SECOND = 0.3
FLAGS = (["正常", "冻结", "共有"], [0.965, 0.01, 0.025])
SAVES, TRADES = 0.04, 0.012
"""Shares of the authorised with a deposit and with an old securities account."""
BORROWS = 0.05
LOANS = ["消费", "经营", "助学"]


@dataclass(frozen=True)
class Asked:
    """Adults whose accounts the banks were asked about, and in which month."""

    person: NDArray[np.int64]
    month: NDArray[np.int64]

    def day(self) -> NDArray[Any]:
        """The day the answers are about: the last one of the month before."""
        return months.day_in(self.month, 1) - np.timedelta64(1, "D")


def write_bank(world: World) -> None:
    """Rows of the four sources."""
    asked = authorised(world)
    _write_balances(world, asked)
    _write_deposits(world, asked)
    _write_loans(world, asked)
    _write_securities(world, asked)


def authorised(world: World) -> Asked:
    """Living adults of households on 低保, 特困 or the edge register, applicants included."""
    people, aid = world.people, world.aid
    since = np.full(len(people), months.OPEN)
    held = [(m.person, c.start) for c in world.dibao if c.end > months.SNAPSHOT for m in c.members]
    held += [(s.person, s.start) for s in world.stipends if s.kind == "tekun" and s.active()]
    who, start = (np.array(column, dtype=np.int64) for column in zip(*held, strict=True))
    np.minimum.at(since, who, start)
    edge = np.where(people.home == NOBODY, months.OPEN, aid.edge_from[people.home])
    since = np.minimum(since, edge)
    fits = (since <= months.LAST) & people.living() & (people.age() >= 18)
    own = np.flatnonzero(fits)
    return Asked(own, np.clip(since[own] - 1, months.SNAPSHOT, months.LAST))


def balance(
    world: World,
    who: NDArray[np.int64],
    account: Values,
    amount: Values,
    average: Values,
    *,
    asked: NDArray[np.int64],
    flag: Values = "正常",
    bank: Values = BANKS[0],
) -> None:
    """Rows of bank_balance."""
    world.book.add(
        "bank_balance",
        known=asked,
        person_id=coded(world.people.number, who),
        bank=bank,
        account_hash=account,
        balance=amount,
        as_of=Asked(who, asked).day(),
        avg_12m=average,
        account_flag=flag,
    )


def _write_balances(world: World, asked: Asked) -> None:
    """The card account of everyone, and a second account of some; planted ones are there."""
    rng = world.block.stream("bank_balance")
    free = ~listed(world, "bank_balance")[asked.person]
    who, month = asked.person[free], asked.month[free]
    cards = world.book.frame("social_security_card")
    bank = np.full(len(world.people), BANKS[0], dtype="U8")
    bank[positions(world, cards["person_id"])] = text(cards["bank"])
    more = rng.random(len(who)) < SECOND
    for chosen, most in ((np.ones(len(who), dtype=bool), MOST[0]), (more, MOST[1])):
        own, count = who[chosen], int(chosen.sum())
        amount = np.round(np.minimum(np.exp(rng.normal(*BALANCE, count)), most), 2)
        first = most == MOST[0]
        balance(
            world,
            own,
            coded(world.people.account, own) if first else numbers.hashes(rng, count),
            amount,
            np.round(amount * rng.uniform(0.6, 1.2, count), 2),
            asked=month[chosen],
            flag=rng.choice(FLAGS[0], count, p=FLAGS[1]),
            bank=bank[own] if first else rng.choice(BANKS, count),
        )


def deposit(
    world: World,
    who: NDArray[np.int64],
    product: Values,
    principal: Values,
    bought: NDArray[np.int64],
    term: Values,
    *,
    asked: NDArray[np.int64],
) -> None:
    """Rows of wealth_products; a matured one may stand in the balance as well."""
    world.book.add(
        "wealth_products",
        known=asked,
        person_id=coded(world.people.number, who),
        product=product,
        principal=principal,
        buy_date=months.day_in(bought, 8),
        maturity=months.day_in(bought + np.asarray(term), 8),
    )


def _write_deposits(world: World, asked: Asked) -> None:
    """Small deposits of the old; some have matured."""
    rng = world.block.stream("wealth_products")
    free = ~listed(world, "wealth_products")[asked.person]
    free &= world.people.age()[asked.person] > 50
    own = some(rng, np.flatnonzero(free), SAVES)
    who, count = asked.person[own], len(own)
    bought = asked.month[own] - rng.integers(2, 44, count)
    kind = rng.choice(["一年定期存款", "三年定期存款"], count)
    term = np.where(kind == "一年定期存款", 12, 36)
    principal = rng.integers(1, 5, count) * 1_000.0
    deposit(world, who, kind, principal, bought, term, asked=asked.month[own])


def loan(
    world: World,
    who: NDArray[np.int64],
    kind: Values,
    amount: NDArray[np.float64],
    due: Values,
    *,
    asked: Values,
    overdue: Values = 0,
    partner: Values = "",
) -> None:
    """Rows of personal_loan; the number is the borrower's."""
    world.book.add(
        "personal_loan",
        known=asked,
        person_id=coded(world.people.number, who),
        type=kind,
        balance=amount,
        monthly_due=due,
        overdue_days=overdue,
        co_borrower_id=partner,
        loan_no=numbered(f"DK{world.block.number:02d}", who, 6),
    )


def _write_loans(world: World, asked: Asked) -> None:
    """Small loans, a tenth of them overdue; students borrow for their studies."""
    people = world.people
    rng = world.block.stream("personal_loan")
    free = ~listed(world, "personal_loan")[asked.person]
    free &= people.age()[asked.person] < 66
    own = some(rng, np.flatnonzero(free), BORROWS)
    who, count = asked.person[own], len(own)
    young = people.age()[who] < 25
    kind = np.where(young, 2, rng.integers(0, 2, count))
    amount = rng.integers(1, 9, count) * np.array([800.0, 3_000.0, 2_000.0])[kind]
    spouse = np.where(kind == 1, people.spouse[who], NOBODY)
    loan(
        world,
        who,
        coded(LOANS, kind),
        amount,
        np.round(np.where(young, 0.0, amount / 30), 2),
        asked=asked.month[own],
        overdue=np.where(rng.random(count) < 0.1, rng.integers(5, 200, count), 0),
        partner=coded(people.number, spouse),
    )


def securities(
    world: World,
    who: NDArray[np.int64],
    value: Values,
    cash: Values,
    traded: Values,
    *,
    asked: NDArray[np.int64],
) -> None:
    """Rows of securities_account."""
    world.book.add(
        "securities_account",
        known=asked,
        person_id=coded(world.people.number, who),
        market_value=value,
        cash=cash,
        as_of=Asked(who, asked).day(),
        last_trade=traded,
    )


def _write_securities(world: World, asked: Asked) -> None:
    """Old accounts with a few original shares, not traded for ten years."""
    rng = world.block.stream("securities_account")
    free = ~listed(world, "securities_account")[asked.person]
    free &= world.people.age()[asked.person] > 44
    own = some(rng, np.flatnonzero(free), TRADES)
    who, count = asked.person[own], len(own)
    traded = np.datetime64("2004-02-02") + rng.integers(0, 4200, count).astype("timedelta64[D]")
    value = np.round(np.where(rng.random(count) < 0.4, 0.0, rng.uniform(40, 900, count)), 2)
    cash = np.round(rng.uniform(0, 60, count), 2)
    securities(world, who, value, cash, traded, asked=asked.month[own])

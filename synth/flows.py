"""What went in and out of the accounts of the authorised, month by month."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.synth import months, numbers
from doudi.synth.bank import authorised
from doudi.synth.book import coded
from doudi.synth.folk import text
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.world import World

SELLS = 0.04
"""Share of accounts that small sales are paid into by telephone."""
RESIDENT = "resident_pension_payment"


def summary(  # noqa: PLR0913 - one argument a column
    world: World,
    account: Values,
    month: NDArray[np.int64],
    count: Values,
    amount: Values,
    out: Values,
    *,
    merchant: Values = 0.0,
    counterparty: Values = "",
    known: Values = None,
    dead: Values = False,
) -> None:
    """Rows of account_transaction_summary."""
    world.book.add(
        "account_transaction_summary",
        known=month if known is None else known,
        account_hash=account,
        month=months.coded(month),
        in_count=count,
        in_amount=amount,
        out_amount=out,
        merchant_in=merchant,
        top_counterparty_hash=counterparty,
        post_death_withdrawal=dead,
    )


def write_flows(world: World) -> None:
    """Each account's months: what benefits and pension bring, and small other money."""
    asked = authorised(world)
    rng = world.block.stream("account_transaction_summary")
    planted = text(world.book.frame("account_transaction_summary")["account_hash"])
    free = ~np.isin(world.people.account[asked.person], planted)
    who, since = asked.person[free], asked.month[free]
    span = months.LAST - months.FIRST_PAID + 1
    row = np.repeat(np.arange(len(who)), span)
    month = np.tile(np.arange(months.FIRST_PAID, months.LAST + 1), len(who))
    paid, count = _benefits(world, who)
    sells = (rng.random(len(who)) < SELLS)[row]
    merchant = np.where(sells, np.round(rng.uniform(0, 380, len(row)), 2), 0.0)
    other = np.round(np.where(rng.random(len(row)) < 0.4, rng.uniform(20, 260, len(row)), 0.0), 2)
    amount = paid + merchant + other
    treasury = numbers.hashes(rng, 21)
    shop = 1 + rng.integers(0, 20, len(row))
    summary(
        world,
        coded(world.people.account, who[row]),
        month,
        count + (other > 0) + sells * 6,
        np.round(amount, 2),
        np.round(amount * rng.uniform(0.6, 1.15, len(row)), 2),
        merchant=merchant,
        counterparty=coded(treasury, np.where(paid > 0, 0, np.where(amount > 0, shop, -1))),
        known=np.maximum(month, np.where(since > months.SNAPSHOT, since, 0)[row]),
    )


def bank_year(
    world: World,
    rng: Generator,
    person: int,
    when: NDArray[np.int64],
    amount: float,
    *,
    passed_on: bool = False,
    sales: bool = False,
    count: int = 1,
) -> None:
    """All months of a planted account: an amount more in some, kept, sold for or passed on."""
    month = np.arange(months.FIRST_PAID, months.LAST + 1)
    usual = np.round(rng.uniform(150, 700, len(month)), 2)
    more = np.where(np.isin(month, when), amount, 0.0)
    summary(
        world,
        [str(world.people.account[person])] * len(month),
        month,
        2 + count * (more > 0),
        usual + more,
        np.round(usual * 0.9 + (more if passed_on else more * 0.45), 2),
        merchant=more if sales else np.zeros(len(month)),
        counterparty=str(numbers.hashes(rng, 1)[0]),
    )


def _benefits(
    world: World, who: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Sum and count of what benefits and pension bring, account by account, month by month."""
    accounts = pa.array(world.people.account[who])
    every = pa.array(months.text_of(np.arange(months.FIRST_PAID, months.LAST + 1)))
    cards, pensions = world.book.frame("one_card_payment"), world.book.frame(RESIDENT)
    arrived = pc.if_else(pc.equal(cards["status"], "成功"), cards["amount"], 0.0)
    both = pc.add(pensions["basic"], pc.fill_null(pensions["personal"], 0.0))
    size = len(who) * len(every)
    sums, counts = np.zeros(size), np.zeros(size, dtype=np.int64)
    for account, month, amount in (
        (cards["account_hash"], cards["batch"], arrived),
        (pensions["account_hash"], pensions["pay_month"], both),
    ):
        at = pc.fill_null(pc.index_in(account, value_set=accounts), NOBODY).to_numpy()
        when = pc.fill_null(pc.index_in(month, value_set=every), NOBODY).to_numpy()
        held = np.flatnonzero((at != NOBODY) & (when != NOBODY))
        cell = at[held].astype(np.int64) * len(every) + when[held]
        sums += np.bincount(cell, amount.to_numpy()[held], minlength=size)
        counts += np.bincount(cell, minlength=size)
    return sums, counts

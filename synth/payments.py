"""One-card payments month by month, and the rows of the old-age allowance."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.book import Values
    from doudi.synth.parameters import Standards
    from doudi.synth.world import World

SOURCE = "one_card_payment"
PROGRAMMES = {"care": "重度残疾人护理补贴", "living": "困难残疾人生活补贴", "old_age": "高龄津贴"}
FARMLAND = "耕地地力保护补贴"


def pay(  # noqa: PLR0913 - one argument a column
    world: World,
    month: Values,
    *,
    payee: Values,
    account: Values,
    name: Values,
    programme: Values,
    amount: Values,
    household: Values = "",
    village: Values = 0,
    day: Values = 12,
    benefit_month: Values = None,
    status: Values = "成功",
    reverses: Values = "",
) -> list[str]:
    """Rows of one_card_payment, paid in ``month``; returns the payment numbers."""
    when = np.atleast_1d(np.asarray(month, dtype=np.int64))
    for_month = when if benefit_month is None else np.broadcast_to(benefit_month, when.shape)
    serial = [world.next_serial() for _ in when]
    batch = months.text_of(when)
    number = [f"P{b}{s:08d}" for b, s in zip(batch, serial, strict=True)]
    world.book.add(
        SOURCE,
        known=when,
        payee_id=world.people.number[np.broadcast_to(payee, when.shape)],
        account_hash=account,
        account_name=name,
        programme=programme,
        amount=amount,
        pay_date=months.day_in(when, day),
        batch=batch,
        status=status,
        payment_no=number,
        benefit_month=months.text_of(for_month),
        household_id=household,
        reverses=reverses,
        area_code=world.areas.code[np.broadcast_to(village, when.shape)],
    )
    return number


def _spread(first: NDArray[np.int64], last: NDArray[np.int64]) -> tuple[Any, Any]:
    """Row positions and months of spans of delivered months."""
    first = np.maximum(first, months.FIRST_PAID)
    span = np.maximum(np.minimum(last, months.LAST) - first + 1, 0)
    row = np.repeat(np.arange(len(first)), span)
    month = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(span) - span, span)
    return row, month


def write_payments(world: World, standards: Standards) -> None:
    """All payments of the delivered months."""
    _pay_households(world, standards)
    _pay_people(world, standards)
    _pay_farmland(world)


def _pay_households(world: World, standards: Standards) -> None:
    """Household programmes go to the head's account."""
    from doudi.synth.registers import amount_of

    cases = world.dibao
    row, month = _spread(
        np.array([c.start for c in cases]), np.array([c.last_paid() for c in cases])
    )
    by_row = [cases[i] for i in row.tolist()]
    pairs = list(zip(by_row, month.tolist(), strict=True))
    numbers = pay(
        world,
        month,
        payee=np.array([c.head for c in by_row]),
        account=[c.shared_account if m >= c.shared_from else c.account for c, m in pairs],
        name=[c.account_name for c in by_row],
        programme=["城市低保" if c.urban else "农村低保" for c in by_row],
        amount=[amount_of(c, m, standards) for c, m in pairs],
        household=[c.number for c in by_row],
        village=np.array([c.village for c in by_row]),
    )
    for (case, paid_month), number in zip(pairs, numbers, strict=True):  # few are returned
        if case.returned[0] <= paid_month <= case.returned[1]:
            pay(
                world,
                min(case.returned[1] + 1, months.LAST),
                payee=case.head,
                account=case.account,
                name=case.account_name,
                programme="城市低保" if case.urban else "农村低保",
                amount=amount_of(case, paid_month, standards),
                household=case.number,
                village=case.village,
                day=26,
                benefit_month=paid_month,
                status="退回",
                reverses=number,
            )


def _pay_people(world: World, standards: Standards) -> None:
    """Benefits kept by person."""
    own = world.stipends
    row, month = _spread(np.array([s.start for s in own]), np.array([s.last_paid() for s in own]))
    by_row = [own[i] for i in row.tolist()]
    pairs = list(zip(by_row, month.tolist(), strict=True))
    who = np.array([s.person for s in by_row])
    village = world.homes.village[world.people.home[who]]
    account = np.array([s.shared_account if m >= s.shared_from else s.account for s, m in pairs])
    name = np.array([s.account_name for s in by_row])
    kind = np.array([s.kind for s in by_row])
    amount = np.array([s.amount for s in by_row])
    base = np.array([round(standards.of(m, urban=False) * 1.3, 2) for m in month.tolist()])
    tekun = kind == "tekun"
    for chosen, programme, sum_ in (
        (tekun, "特困供养", base),
        (tekun, "特困照护", amount),
        (~tekun, "", amount),
    ):
        told = [programme or PROGRAMMES[k] for k in kind[chosen].tolist()]
        pay(
            world,
            month[chosen],
            payee=who[chosen],
            account=account[chosen],
            name=name[chosen],
            programme=told,
            amount=sum_[chosen],
            village=village[chosen],
            day=16,
        )
    for stipend in own:  # few are given back
        for given in range(stipend.returned[0], stipend.returned[1] + 1):
            pay(
                world,
                min(stipend.returned[1] + 1, months.LAST),
                payee=stipend.person,
                account=stipend.account,
                name=stipend.account_name,
                programme=PROGRAMMES[stipend.kind],
                amount=-stipend.amount,
                day=27,
                village=int(world.homes.village[world.people.home[stipend.person]]),
                benefit_month=given,
            )
    _old_age_rows(world, kind == "old_age", who, month, amount, account)


def _old_age_rows(
    world: World,
    own: NDArray[np.bool_],
    who: NDArray[np.int64],
    month: NDArray[np.int64],
    amount: NDArray[np.float64],
    account: NDArray[np.str_],
) -> None:
    """old_age_allowance: one row a person and month."""
    people = world.people
    world.book.add(
        "old_age_allowance",
        known=month[own],
        person_id=people.number[who[own]],
        age_band=np.where(amount[own] >= 100, "90-99岁", "80-89岁"),
        amount=amount[own],
        account_hash=account[own],
        pay_month=months.text_of(month[own]),
        area_code=world.areas.code[world.homes.village[people.home[who[own]]]],
    )


def _pay_farmland(world: World) -> None:
    """The yearly farmland subsidy of rural homes, in May."""
    homes, people = world.homes, world.people
    own = np.flatnonzero(~homes.urban)
    head = homes.head[own]
    own, head = own[people.living()[head]], head[people.living()[head]]
    area = world.rng.integers(2, 9, len(own))
    for month in (months.FIRST_PAID, months.FIRST_PAID + 12, months.FIRST_PAID + 24):
        pay(
            world,
            np.full(len(own), month),
            payee=head,
            account=people.account[head],
            name=people.name[head],
            programme=FARMLAND,
            amount=area * 92.0,
            village=homes.village[own],
            day=20,
            benefit_month=np.full(len(own), month),
        )

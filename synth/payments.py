"""One-card payments month by month, and the rows of the old-age allowance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.synth import months
from doudi.synth.book import coded, numbered
from doudi.synth.farms import FARMLAND, FARMLAND_MU, farmland_rows
from doudi.synth.folk import by_month

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from doudi.synth.benefits import Dibao
    from doudi.synth.book import Values
    from doudi.synth.parameters import Standards
    from doudi.synth.world import World

SOURCE = "one_card_payment"
PROGRAMMES = {"care": "重度残疾人护理补贴", "living": "困难残疾人生活补贴", "old_age": "高龄津贴"}
LEAST = 20.0
"""The least that is paid for a member, CNY a month; no household declares so much that it counts."""
TEKUN = 1.3
"""Basic living of 特困 as a multiple of the rural standard."""
ABOVE_NINETY = 100.0
"""Old-age allowance from ninety years on."""


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
) -> pa.Array:
    """Rows of one_card_payment, paid in ``month``; returns the payment numbers."""
    when = np.atleast_1d(np.asarray(month, dtype=np.int64))
    for_month = when if benefit_month is None else np.broadcast_to(benefit_month, when.shape)
    batch = months.coded(when)
    begun = pc.binary_join_element_wise("P", batch.cast(pa.string()), "")
    number = numbered(begun, world.next_serials(len(when)), 8)
    world.book.add(
        SOURCE,
        known=when,
        payee_id=coded(world.people.number, np.broadcast_to(payee, when.shape)),
        account_hash=account,
        account_name=name,
        programme=programme,
        amount=amount,
        pay_date=months.day_in(when, day),
        batch=batch,
        status=status,
        payment_no=number,
        benefit_month=months.coded(for_month),
        household_id=household,
        reverses=reverses,
        area_code=coded(world.areas.code, np.broadcast_to(village, when.shape)),
    )
    return number


def write_payments(world: World, standards: Standards) -> None:
    """All payments of the delivered months."""
    pay_households(world, standards)
    _pay_people(world, standards)
    _pay_farmland(world)


def _column(things: Sequence[Any], name: str) -> NDArray[Any]:
    """One attribute of all cases or stipends."""
    return np.array([getattr(thing, name) for thing in things])


def _accounts(
    things: Sequence[Any], row: NDArray[np.int64], month: NDArray[np.int64]
) -> pa.DictionaryArray:
    """Where the money goes: to one's own account, or from some month on to a shared one."""
    own = [thing.account for thing in things]
    shared = [thing.shared_account for thing in things]
    moved = month >= _column(things, "shared_from")[row]
    return coded(own + shared, row + len(things) * moved)


def _members(cases: Sequence[Dibao]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """How many members, and what they declare a head, by case and month of the timeline.

    Who counts is what ``Dibao.members_in`` says.
    """
    heads = np.zeros((len(cases), months.LAST + 2), dtype=np.int64)
    income = np.zeros(heads.shape)
    last = [max(m.removed for m in case.members) for case in cases]
    pairs = [
        (n, m.added, months.OPEN if m.removed == last[n] else m.removed, m.declared)
        for n, case in enumerate(cases)
        for m in case.members
    ]
    at, added, removed, declared = (np.array(column) for column in zip(*pairs, strict=True))
    for moment, step in ((added, 1), (removed, -1)):
        place = at, np.clip(moment, 0, months.LAST + 1)
        np.add.at(heads, place, step)
        np.add.at(income, place, step * declared)
    size = np.maximum(heads.cumsum(axis=1), 1)
    return size, income.cumsum(axis=1) / size


def _amounts(
    cases: Sequence[Dibao], row: NDArray[np.int64], month: NDArray[np.int64], standards: Standards
) -> NDArray[np.float64]:
    """What each case is paid for each month: the gap to the standard for every member."""
    line = np.where(_column(cases, "urban")[row], standards.urban[month], standards.rural[month])
    size, declared = _members(cases)
    gap = np.maximum(line - declared[row, month], LEAST)
    first, last, wrong = (
        np.array(column)[row] for column in zip(*_column(cases, "slip"), strict=True)
    )
    slip = np.where((first <= month) & (month <= last), wrong, 0.0)
    return np.asarray(np.round(gap * size[row, month] + slip, 2), dtype=np.float64)


def pay_households(world: World, standards: Standards) -> None:
    """Household programmes go to the head's account."""
    cases = world.dibao
    row, month = by_month(_column(cases, "start"), np.array([case.last_paid() for case in cases]))
    amount = _amounts(cases, row, month, standards)
    numbers = pay(
        world,
        month,
        payee=_column(cases, "head")[row],
        account=_accounts(cases, row, month),
        name=coded([case.account_name for case in cases], row),
        programme=coded(["农村低保", "城市低保"], _column(cases, "urban")[row].astype(int)),
        amount=amount,
        household=coded([case.number for case in cases], row),
        village=_column(cases, "village")[row],
    )
    given_back = _column(cases, "returned")[row]
    for place in np.flatnonzero((given_back[:, 0] <= month) & (month <= given_back[:, 1])).tolist():
        _return(world, cases[row[place]], int(month[place]), amount[place], numbers[place].as_py())


def _return(world: World, case: Dibao, month: int, amount: float, number: str) -> None:
    """A payment to a household that came back."""
    pay(
        world,
        min(case.returned[1] + 1, months.LAST),
        payee=case.head,
        account=case.account,
        name=case.account_name,
        programme="城市低保" if case.urban else "农村低保",
        amount=amount,
        household=case.number,
        village=case.village,
        day=26,
        benefit_month=month,
        status="退回",
        reverses=number,
    )


def _pay_people(world: World, standards: Standards) -> None:
    """Benefits kept by person."""
    own = world.stipends
    row, month = by_month(_column(own, "start"), np.array([s.last_paid() for s in own]))
    who, kind, amount = (_column(own, name)[row] for name in ("person", "kind", "amount"))
    base = np.round(standards.rural[month] * TEKUN, 2)
    account, name = _accounts(own, row, month), coded([s.account_name for s in own], row)
    for kept, programme, sum_ in (
        (("tekun",), "特困供养", base),
        (("tekun",), "特困照护", amount),
        *(((one,), told, amount) for one, told in PROGRAMMES.items()),
    ):
        chosen = np.flatnonzero(np.isin(kind, kept))
        pay(
            world,
            month[chosen],
            payee=who[chosen],
            account=account.take(pa.array(chosen)),
            name=name.take(pa.array(chosen)),
            programme=programme,
            amount=sum_[chosen],
            village=world.homes.village[world.people.home[who[chosen]]],
            day=16,
        )
    _recover(world)
    old = np.flatnonzero(kind == "old_age")
    _old_age_rows(world, who[old], month[old], amount[old], account.take(pa.array(old)))


def _recover(world: World) -> None:
    """Benefits by person that were given back."""
    for stipend in world.stipends:  # few are given back
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


def _old_age_rows(
    world: World,
    who: NDArray[np.int64],
    month: NDArray[np.int64],
    amount: NDArray[np.float64],
    account: pa.Array,
) -> None:
    """old_age_allowance: one row a person and month."""
    people = world.people
    world.book.add(
        "old_age_allowance",
        known=month,
        person_id=coded(people.number, who),
        age_band=coded(["80-89岁", "90-99岁"], (amount >= ABOVE_NINETY).astype(int)),
        amount=amount,
        account_hash=account,
        pay_month=months.coded(month),
        area_code=coded(world.areas.code, world.homes.village[people.home[who]]),
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
            amount=area * FARMLAND_MU,
            village=homes.village[own],
            day=20,
            benefit_month=np.full(len(own), month),
        )
        farmland_rows(world, head, area, month)

"""Planted: commercial vehicles and boats of members (the smaller half of E35)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months
from doudi.synth.bank import loan
from doudi.synth.rounds import Plan, grown, hand, note, plant_each, since
from doudi.synth.vehicles import vehicle
from doudi.synth.wheels import hailed, permit

if TYPE_CHECKING:
    from numpy.random import Generator

    from doudi.synth.benefits import Dibao
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

LORRY, VAN = 168_000.0, 21_000.0
"""Prices of what is too dear and of what somebody lives on, CNY."""


def plant_transport(world: World, active: Pool) -> None:
    """Half of E35 with its lookalikes; the other half are machines."""
    plan = Plan("E35", ("X04", "X10", "X02"), _transport, grown, half=True)
    plant_each(world, active, (plan,))


def _transport(world: World, rng: Generator, case: Dibao, clearing: str, turn: int) -> None:
    """A lorry with a permit, or a boat; a small van, one on credit, one scrapped."""
    person, first = hand(world, case), since(rng, case)
    who, price, kind = np.array([person]), LORRY, "重型自卸货车"
    told: dict[str, Any] = {}
    bought, until = first, first + 96
    if clearing == "X04":
        price, kind = VAN, "轻型厢式货车"
    elif clearing == "X10":
        asked = np.array([months.SNAPSHOT])
        due = round(price / 36, 2)
        loan(world, who, "经营", np.array([price * 0.97]), due, asked=asked)
    elif clearing == "X02":
        bought, until = case.start - 70, case.start - 3
        told = {"status": "报废", "status_date": months.day(until, 6)}
    if not clearing and turn % 2:
        hailed(world, who, "船舶", np.array([first]), "有效")
    else:
        plate, _ = vehicle(
            world,
            who,
            kind=kind,
            nature="营运",
            since=months.day(bought, months.any_day(person)),
            price=price,
            known=max(bought, 0),
            rng=rng,
            **told,
        )
        permit(
            world,
            plate,
            who,
            [str(world.people.number[person])],
            np.array([bought]),
            np.array([until]),
            kind="普通货运",
        )
    start = case.start if clearing == "X02" else first + 1
    note(world, "E35", case, person, start, clearing, known=max(bought, 0))

"""The register of edge households, and those among them who may draw the minimum living alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months
from doudi.synth.homes import edge_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.parameters import Standards
    from doudi.synth.world import World

SOURCE = "low_income_edge_register"
EDGE_VALID = 24
DAY = 8
"""Day of the month on which edge households are recognised."""


def _present(world: World, home: int, month: int) -> NDArray[np.int64]:
    """Who has been born and lives in a home in a month."""
    people, who = world.people, world.homes.people_of(home)
    born = people.birth[who] < months.day(month, DAY)
    return np.asarray(who[born & (people.dead_month()[who] > month)], dtype=np.int64)


def _head(world: World, home: int, who: NDArray[np.int64], month: int) -> int:
    """The head of a home or, where it does not live, the oldest grown person present."""
    head = int(world.homes.head[home])
    if head in who:
        return head
    return int(who[np.argmax(world.people.age(month)[who])])


def write_edge(world: World, standards: Standards) -> None:
    """low_income_edge_register: a recognition lasts two years and is renewed for the living."""
    aid, homes, people = world.aid, world.homes, world.people
    for index in np.flatnonzero(aid.edge_from <= months.LAST).tolist():  # few: one a household
        first, urban = int(aid.edge_from[index]), bool(homes.urban[index])
        renewed = range(first, months.LAST + 1, EDGE_VALID)
        for start in renewed[:-1] if index in world.lapsed else renewed:
            line = standards.of(start, urban=urban)
            ratio = round(float(world.rng.uniform(1.05, 1.45)), 2)
            who = _present(world, index, start)
            if not len(who):
                continue
            world.book.add(
                SOURCE,
                known=start,
                household_id=[edge_number(homes, index)],
                member_ids=";".join(people.number[who]),
                income_pc=round(line * ratio, 2),
                line_multiple=ratio,
                recognised_date=months.day(start, DAY),
                valid_to=months.day(start + EDGE_VALID, 7),
                head_id=str(people.number[_head(world, index, who, start)]),
                area_code=str(world.areas.code[homes.village[index]]),
                address_code=str(homes.address[index]),
            )

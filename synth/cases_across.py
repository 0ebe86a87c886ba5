"""Planted across counties (E03): registered here and in another county of the province."""

# ruff: noqa: PLR2004 - ages and months of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months, numbers, work
from doudi.synth.benefits import Abroad, Dibao, Member
from doudi.synth.people import NOBODY
from doudi.synth.plant import lookalikes
from doudi.synth.truth import about_case
from doudi.synth.world import CASES_A_HOME, case_number, case_serials

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.blocks import Block, Province
    from doudi.synth.plant import Pool
    from doudi.synth.world import World

SHARE = 0.1
"""Of the rate of double registrations, how much comes on top across counties; ours."""
MOST = 11
"""The most cases of a block; ours."""
DIFFICULTY = "cross-county"


def plant_across(world: World, active: Pool) -> None:
    """E03 between two counties: the register of the other one has the second registration.

    Lookalikes moved, and both counties paid for one month; or somebody over there was entered
    under the number of a recipient from here.
    """
    province = world.block.province
    if province is None:
        return
    planter = _Planter(world, active, world.block.stream("E03 across"), province)
    count = _wanted(world)
    for turn in range(count):
        planter.double(turn)
    for turn in range(lookalikes(count, 2)):
        (planter.moved, planter.namesake)[turn % 2](turn // 2)


def _wanted(world: World) -> int:
    """How many cases a block gets: the first one at least one, so that every county has some."""
    own, number = world.rates["E03"] * SHARE * len(world.dibao), world.block.number
    share = int(own * (number + 1)) - int(own * number)
    return min(max(share, int(number == 0)), MOST) if own else 0


def _lives_alone(case: Dibao) -> bool:
    """A household of one that is on the register long before anything happens."""
    return len(case.members) == 1 and case.start < 20


@dataclass(frozen=True)
class _Planter:
    """Plants in households of a block what another county's register has."""

    world: World
    active: Pool
    rng: Generator
    province: Province

    def double(self, turn: int) -> None:
        """Somebody who lives alone applies in another county as well."""
        case = self.active.take(_lives_alone)
        if case is None:
            return
        there = self._registered(case, turn, case.head, int(self.rng.integers(22, 38)))
        about_case(self.world, "E03", there, case.head, there.start, difficulty=DIFFICULTY)

    def moved(self, turn: int) -> None:
        """A move: the old county pays for the month in which the new one begins."""
        case = self.active.take(_lives_alone)
        if case is None:
            return
        there = self._registered(case, turn, case.head, int(self.rng.integers(30, 42)))
        case.end, case.reason = there.start, "居住地迁出"
        self._decoy(there, case, "X15", last=there.start)

    def namesake(self, turn: int) -> None:
        """Somebody who left long ago, entered over there under a recipient's number."""
        jobs, others = self.world.jobs, self._emigrants()
        case = self.active.take(lambda c: _lives_alone(c) and jobs.kind[c.head] == work.NONE)
        if case is None or not len(others):
            return
        other, start = int(self.rng.choice(others)), int(self.rng.integers(22, 38))
        there = self._registered(case, turn, other, start)
        there.members[0].typed = case.head
        self._decoy(there, case, "X03", last=months.LAST)

    def _decoy(self, there: Dibao, case: Dibao, clearing: str, *, last: int) -> None:
        """Note a lookalike."""
        about_case(
            self.world,
            "E03",
            there,
            case.head,
            there.start,
            role="decoy",
            clearing=clearing,
            last=last,
            difficulty=DIFFICULTY,
        )

    def _emigrants(self) -> NDArray[np.int64]:
        """Married people who left the county long ago and have no child in it."""
        people, age = self.world.people, self.world.people.age()
        fits = people.gone & (people.home == NOBODY) & (people.spouse != NOBODY)
        fits &= (age > 30) & (age < 55) & np.isnat(people.death)
        for parent in (people.father, people.mother):
            fits[parent[~people.gone & (parent != NOBODY)]] = False
        taken = [there.case.head for there in self.world.abroad]
        return np.setdiff1d(np.flatnonzero(fits), taken)

    def _registered(self, case: Dibao, turn: int, person: int, start: int) -> Dibao:
        """The registration in another county, in that county's numbers; counties take turns."""
        world, block = self.world, self.world.block
        place = (block.place + 1 + turn % (self.province.counties - 1)) % self.province.counties
        other = self.province.blocks(place)[block.number]
        village = int(self.rng.integers(len(other.areas.code)))
        there = Dibao(
            number=self._number(other, village),
            home=case.home,
            head=person,
            members=[Member(person, start)],
            start=start,
            village=village,
            urban=bool(other.areas.urban[village]),
            account=str(numbers.hashes(self.rng, 1)[0]),
            account_name=str(world.people.name[person]),
            handler=f"mz{other.areas.town_digits(village)}01",
        )
        world.abroad.append(Abroad(there, case.number, place, other.areas))
        return there

    def _number(self, other: Block, village: int) -> str:
        """A case number of another county, of those that its block leaves to this one."""
        counties, taken = self.province.counties, self.world.abroad
        room = CASES_A_HOME * other.households // 2 // counties
        turn = sum(there.place == other.place for there in taken)
        serial = case_serials(other)[self.world.block.place * room + turn]
        return case_number(other.areas, village, serial)

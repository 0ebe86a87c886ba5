"""Homes: where they stand, who heads them, what they earn, which books they are in."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months
from doudi.synth.people import NOBODY

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.areas import Areas
    from doudi.synth.blocks import Block
    from doudi.synth.people import People

INHERITED, GENERATIONS = 0.45, 3
"""How alike the permanent incomes of parents' and children's homes are; generations apart."""
BOOK_ELSEWHERE = 0.5
"""Share of homes with a parental home that are still in its hukou book."""


@dataclass
class Homes:
    """One entry a home."""

    village: NDArray[np.int64]
    urban: NDArray[np.bool_]
    address: NDArray[np.str_]
    head: NDArray[np.int64]
    size: NDArray[np.int64]
    book: NDArray[np.int64]
    """The home whose hukou book lists these people."""
    book_no: NDArray[np.str_]
    comfort: NDArray[np.float64]
    """Standard score of permanent income."""
    frailty: NDArray[np.float64]
    starts: NDArray[np.int64]
    """Where each home's people begin in ``order``; one entry more than homes."""
    order: NDArray[np.int64]
    first: int = 0
    """Homes of the blocks before: added to a position it is a number of the whole county."""

    def __len__(self) -> int:
        """How many homes."""
        return len(self.village)

    def people_of(self, home: int) -> NDArray[np.int64]:
        """Everyone who lives, or lived during the timeline, in a home."""
        return self.order[self.starts[home] : self.starts[home + 1]]


def make_homes(rng: Generator, people: People, areas: Areas, block: Block) -> Homes:
    """Homes of settled people."""
    count = block.households
    order = np.argsort(np.where(people.home == NOBODY, count, people.home), kind="stable")
    order = order[: int((people.home != NOBODY).sum())]
    order = order[~people.gone[order]]
    starts = np.searchsorted(people.home[order], np.arange(count + 1))
    head = _heads(people, order, count)
    village = _villages(rng, people, areas, head)
    door = np.zeros(count, dtype=np.int64)
    by_village = np.argsort(village, kind="stable")
    door[by_village] = np.arange(count) - np.searchsorted(village[by_village], village[by_village])
    address = np.array(
        [f"{code}{number + 1:04d}" for code, number in zip(areas.code[village], door, strict=True)]
    )
    return Homes(
        village=village,
        urban=areas.urban[village],
        address=address,
        head=head,
        size=np.diff(starts),
        book=_books(rng, people, head, count),
        book_no=np.array(
            [f"{i:09d}" for i in rng.permutation(count) + 100_000_000 + block.first_home]
        ),
        comfort=_comfort(people, head, rng.normal(0, 1, count)),
        frailty=rng.gamma(2.0, 0.5, count),
        starts=starts,
        order=order,
        first=block.first_home,
    )


def _heads(people: People, order: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """The head of each home: a man in his working years before others, then the oldest."""
    age = people.age()[order]
    lives = people.dead_month()[order] > months.LAST
    working = (age > 22) & (age < 68)
    score = 4000 * lives + 1000 * working + 100 * people.male[order] + age
    ranked = np.lexsort((-score, people.home[order]))
    homes, first = np.unique(people.home[order][ranked], return_index=True)
    head = np.full(count, NOBODY)
    head[homes] = order[ranked][first]
    return head


def _villages(
    rng: Generator, people: People, areas: Areas, head: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Villages of homes: near the father's for most, anywhere for the others."""
    villages = len(areas.code)
    ancestor = head.copy()
    for _ in range(3):
        father = people.father[ancestor]
        ancestor = np.where(father == NOBODY, ancestor, father)
    rooted = (ancestor * 2654435761) % 2**32 * villages // 2**32
    anywhere = rng.integers(0, villages, len(head))
    return np.asarray(np.where(rng.random(len(head)) < 0.75, rooted, anywhere), dtype=np.int64)


def _comfort(
    people: People, head: NDArray[np.int64], own: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Permanent income in standard scores: partly that of the home the head comes from."""
    father = people.father[head]
    origin = np.where(father == NOBODY, NOBODY, people.home[np.where(father == NOBODY, 0, father)])
    born_elsewhere = (origin != NOBODY) & (origin != np.arange(len(head)))
    comfort = own
    for _ in range(GENERATIONS):
        inherited = INHERITED * comfort[np.where(born_elsewhere, origin, 0)]
        comfort = np.where(born_elsewhere, inherited + np.sqrt(1 - INHERITED**2) * own, own)
    return np.asarray(comfort, dtype=np.float64)


def _books(
    rng: Generator, people: People, head: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """Which home's hukou book lists a home's people."""
    own = np.arange(count)
    father = people.father[head]
    parental = np.where(father == NOBODY, NOBODY, people.home[father])
    usable = (parental != NOBODY) & (parental != own) & (rng.random(count) < BOOK_ELSEWHERE)
    usable &= ~people.gone[np.where(father == NOBODY, 0, father)]
    usable &= ~usable[np.where(parental == NOBODY, 0, parental)]
    return np.where(usable, parental, own)


def edge_number(homes: Homes, home: int) -> str:
    """The case number of a home on the edge register."""
    return f"BY{homes.first + home + 1:07d}"


def relation(people: People, head: NDArray[Any], person: NDArray[Any]) -> NDArray[np.str_]:
    """What each person is to the head, in the words of the registers."""
    wife = people.spouse[head]
    wife = np.where(wife == NOBODY, -2, wife)
    father, mother = people.father[person], people.mother[person]
    spouse = np.where(people.spouse[person] == NOBODY, -3, people.spouse[person])
    male = people.male[person]
    parents = np.stack([people.father[head], people.mother[head]])
    known = parents[0] != NOBODY
    in_law = (
        np.where(wife >= 0, people.father[wife], NOBODY),
        np.where(wife >= 0, people.mother[wife], NOBODY),
    )
    woman_head = ~people.male[head]
    is_child = (father == head) | (mother == head) | (father == wife) | (mother == wife)
    of_child = _child_of(people, spouse, head)
    grand = _child_of(people, father, head) | _child_of(people, mother, head)
    elder = _parent_of(people, parents[0], person) | _parent_of(people, parents[1], person)
    sibling = known & (father == parents[0]) & (person != head)
    rules = [
        (person == head, "户主", "户主"),
        (person == wife, "配偶", "配偶"),
        (is_child, "子", "女"),
        (person == parents[0], "父亲", "父亲"),
        (person == parents[1], "母亲", "母亲"),
        (woman_head & (person == in_law[0]), "公公", "公公"),
        (woman_head & (person == in_law[1]), "婆婆", "婆婆"),
        (of_child, "女婿", "儿媳"),
        (grand, "孙子", "孙女"),
        (elder, "祖父", "祖母"),
        (sibling, "兄弟", "姐妹"),
    ]
    told = np.select(
        [test for test, _, _ in rules],
        [np.where(male, man, woman) for _, man, woman in rules],
        default="其他",
    )
    return np.asarray(told, dtype="U2")


def _child_of(people: People, who: NDArray[Any], head: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether somebody (NOBODY or less: nobody) is a child of the head."""
    safe = np.where(who < 0, 0, who)
    child = (people.father[safe] == head) | (people.mother[safe] == head)
    return np.asarray((who >= 0) & child, dtype=bool)


def _parent_of(people: People, who: NDArray[Any], person: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether the person is a parent of somebody."""
    safe = np.where(who < 0, 0, who)
    parent = (people.father[safe] == person) | (people.mother[safe] == person)
    return np.asarray((who >= 0) & parent, dtype=bool)

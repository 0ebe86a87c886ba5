"""People of four generations: births, marriages, divorces, deaths and the homes they live in."""

# ruff: noqa: PLR2004 - ages, shares and months of the model explain themselves where they stand
from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.synth import months, names, numbers

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

TODAY = np.datetime64("2026-03-31")
YEAR = 365.25
NOBODY = -1
NEVER = np.datetime64("NaT", "D")
END = months.day(months.LAST + 1)
FOUNDERS_PER_HOUSEHOLD = 0.56
DIVORCED = 0.06
MARRIED = 0.9


@dataclass
class People:
    """One entry a person; links are positions, NOBODY where there is none."""

    number: NDArray[np.str_]
    name: NDArray[np.str_]
    male: NDArray[np.bool_]
    birth: NDArray[Any]
    father: NDArray[np.int64]
    mother: NDArray[np.int64]
    spouse: NDArray[np.int64]
    former: NDArray[np.int64]
    wed: NDArray[Any]
    split: NDArray[Any]
    death: NDArray[Any]
    gone: NDArray[np.bool_]
    """Dead before the timeline, or living outside the county."""
    home: NDArray[np.int64]
    account: NDArray[np.str_]
    phone: NDArray[np.str_]
    status: NDArray[np.str_]
    ages: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many people, the gone included."""
        return len(self.number)

    def age(self, month: int = months.LAST) -> NDArray[np.float64]:
        """Age in years at the first day of a month; birth dates never change."""
        if month not in self.ages:
            days = (months.day_in(month) - self.birth).astype(np.int64)
            self.ages[month] = np.asarray(days / YEAR, dtype=np.float64)
        return self.ages[month]

    def grown(self, who: NDArray[np.int64], day: NDArray[Any]) -> NDArray[Any]:
        """Days, or where they lie before a person's eighteenth birthday, some weeks after it."""
        adult = self.birth[who].astype("datetime64[D]") + np.timedelta64(6_620, "D")
        later: NDArray[Any] = np.maximum(np.asarray(day).astype("datetime64[D]"), adult)
        return later

    def lives(self, person: int) -> bool:
        """Whether one person lives in the county to the end of the delivered months."""
        death = self.death[person]
        return not self.gone[person] and bool(np.isnat(death) or death >= END)

    def dead_month(self) -> NDArray[np.int64]:
        """Month of death, OPEN for the living."""
        return months.index_of(self.death)

    def living(self) -> NDArray[np.bool_]:
        """Who lives in the county and does not die before the end of the delivered months."""
        return ~self.gone & (self.dead_month() > months.LAST)


@dataclass
class _Tree:
    """People while the generations grow."""

    male: NDArray[np.bool_]
    birth: NDArray[Any]
    father: NDArray[np.int64]
    mother: NDArray[np.int64]
    spouse: NDArray[np.int64]
    wed: NDArray[Any]
    generation: NDArray[np.int64]

    def grow(self, more: _Tree) -> _Tree:
        """This tree with one more generation."""
        fields = self.__dataclass_fields__
        return _Tree(
            **{name: np.concatenate([getattr(self, name), getattr(more, name)]) for name in fields}
        )


def grow_people(rng: Generator, households: int, area: int) -> tuple[People, NDArray[np.int64]]:
    """People for somewhat more than the wanted households, and each one's generation.

    ``area`` is the first six digits of their numbers.
    """
    tree = _founders(rng, round(households * FOUNDERS_PER_HOUSEHOLD))
    for number, shares in ((1, (0.03, 0.2, 0.42, 0.35)), (2, (0.08, 0.36, 0.42, 0.14))):
        tree = tree.grow(_children(rng, tree, number, shares))
        _marry(rng, tree, number)
    tree = tree.grow(_children(rng, tree, 3, (0.25, 0.5, 0.25, 0.0)))
    people = _named(rng, tree, area)
    _divorce(rng, people, tree.generation)
    _let_die(rng, people, tree.generation)
    return people, tree.generation


def _founders(rng: Generator, couples: int) -> _Tree:
    """Old couples, men first, then their wives."""
    age = rng.normal(70.5, 8, couples)
    age = np.where((age < 57) | (age > 94), rng.uniform(60, 88, couples), age)
    man = TODAY - (age * YEAR).astype("timedelta64[D]")
    wife = man + (rng.normal(2, 2.5, couples) * YEAR).astype("timedelta64[D]")
    wed = np.maximum(man, wife) + (rng.uniform(20, 25, couples) * YEAR).astype("timedelta64[D]")
    none = np.full(2 * couples, NOBODY)
    order = np.arange(couples)
    return _Tree(
        male=np.arange(2 * couples) < couples,
        birth=np.concatenate([man, wife]),
        father=none,
        mother=none.copy(),
        spouse=np.concatenate([order + couples, order]),
        wed=np.concatenate([wed, wed]),
        generation=np.zeros(2 * couples, dtype=np.int64),
    )


def _children(rng: Generator, tree: _Tree, generation: int, shares: tuple[float, ...]) -> _Tree:
    """Children of the couples of the generation before."""
    mothers = np.flatnonzero(
        ~tree.male & (tree.spouse != NOBODY) & (tree.generation == generation - 1)
    )
    mother = np.repeat(mothers, rng.choice(len(shares), len(mothers), p=shares))
    age = rng.uniform(20.5, 35 if generation == 1 else 33, len(mother))
    birth = tree.birth[mother] + (age * YEAR).astype("timedelta64[D]")
    after = tree.wed[mother] + rng.integers(280, 900, len(mother)).astype("timedelta64[D]")
    birth = np.maximum(birth, after)
    kept = (birth < TODAY) & ((birth - tree.birth[mother]).astype(np.int64) < 44 * YEAR)
    mother, birth = mother[kept], birth[kept]
    count = len(mother)
    return _Tree(
        male=rng.random(count) < 0.511,
        birth=birth,
        father=tree.spouse[mother],
        mother=mother,
        spouse=np.full(count, NOBODY),
        wed=np.full(count, NEVER),
        generation=np.full(count, generation, dtype=np.int64),
    )


def _marry(rng: Generator, tree: _Tree, generation: int) -> None:
    """Pair men and women of a generation by age; brothers and sisters never."""
    own = tree.generation == generation
    men = np.flatnonzero(own & tree.male & (rng.random(len(own)) < MARRIED))
    women = np.flatnonzero(own & ~tree.male & (rng.random(len(own)) < MARRIED + 0.04))
    years = tree.birth.astype(np.int64) / YEAR
    men = men[np.argsort(years[men] + rng.normal(0, 1.5, len(men)))]
    women = women[np.argsort(years[women] - 2 + rng.normal(0, 1.5, len(women)))]
    count = min(len(men), len(women))
    man, woman = men[:count], women[:count]
    older = np.maximum(tree.birth[man], tree.birth[woman])
    wed = older + (rng.uniform(21, 27, count) * YEAR).astype("timedelta64[D]")
    fits = (tree.father[man] != tree.father[woman]) & (wed < np.datetime64("2024-06-01"))
    fits &= np.abs(years[man] - years[woman]) < 11
    man, woman, wed = man[fits], woman[fits], wed[fits]
    tree.spouse[man], tree.spouse[woman] = woman, man
    tree.wed[man], tree.wed[woman] = wed, wed


def _named(rng: Generator, tree: _Tree, area: int) -> People:
    """Numbers, names, accounts and telephones for everyone."""
    count = len(tree.male)
    surname = names.surnames(rng, count)
    for generation in (1, 2, 3):
        own = np.flatnonzero(tree.generation == generation)
        surname[own] = surname[tree.father[own]]
    return People(
        number=numbers.person_numbers(tree.birth, tree.male, area=area),
        name=np.char.add(surname, names.given_names(rng, tree.male)),
        male=tree.male,
        birth=tree.birth,
        father=tree.father,
        mother=tree.mother,
        spouse=tree.spouse,
        former=np.full(count, NOBODY),
        wed=tree.wed,
        split=np.full(count, NEVER),
        death=np.full(count, NEVER),
        gone=np.zeros(count, dtype=bool),
        home=np.full(count, NOBODY),
        account=numbers.hashes(rng, count),
        phone=numbers.hashes(rng, count),
        status=np.full(count, "正常", dtype="U3"),
    )


def _divorce(rng: Generator, people: People, generation: NDArray[np.int64]) -> None:
    """Some marriages of the middle generations end, all in the register."""
    men = np.flatnonzero(
        people.male
        & (people.spouse != NOBODY)
        & (generation > 0)
        & (rng.random(len(people)) < DIVORCED)
    )
    split = people.wed[men] + rng.integers(900, 5000, len(men)).astype("timedelta64[D]")
    men, split = (
        men[split < np.datetime64("2022-01-01")],
        split[split < np.datetime64("2022-01-01")],
    )
    women = people.spouse[men]
    people.former[men], people.former[women] = women, men
    people.spouse[men] = people.spouse[women] = NOBODY
    people.split[men], people.split[women] = split, split


def _let_die(rng: Generator, people: People, generation: NDArray[np.int64]) -> None:
    """Founders who died before the timeline, and deaths of the aged during it."""
    age = people.age(0)
    early = np.interp(age, [60, 70, 80, 90], [0.05, 0.16, 0.4, 0.65])
    people.gone |= (generation == 0) & (rng.random(len(people)) < early)
    yearly = np.interp(age, [55, 65, 75, 85, 95], [0.002, 0.015, 0.042, 0.105, 0.22])
    month = np.floor(rng.exponential(1.0, len(people)) / np.maximum(yearly / 12, 1e-9))
    dies = (month <= months.FUTURE) & ~people.gone & (month > months.index_of(people.birth))
    day = rng.integers(1, 29, len(people))
    people.death[dies] = months.day_in(month[dies].astype(np.int64), day[dies])


def settle(
    rng: Generator, people: People, generation: NDArray[np.int64], households: int
) -> NDArray[np.int64]:
    """Give everyone a home; returns each home's anchor person.

    Couples live alone or with a son; the divorced apart, children with one of them. Exactly
    ``households`` homes with somebody in them are kept; the others have left the county.
    """
    home = np.full(len(people), NOBODY)
    _house_couples(rng, people, generation, home)
    for number in (1, 2, 3):
        _house_single(rng, people, np.flatnonzero((generation == number) & (home == NOBODY)), home)
    _join_parents(rng, people, home)
    _house_adults(people, home)
    lived_in = np.unique(home[~people.gone])
    kept = np.sort(rng.permutation(lived_in)[:households])
    place = np.searchsorted(kept, home)
    place = np.minimum(place, len(kept) - 1)
    stays = kept[place] == home
    people.gone |= ~stays
    people.home = np.where(people.gone, NOBODY, place)
    return kept


def _house_couples(
    rng: Generator, people: People, generation: NDArray[np.int64], home: NDArray[np.int64]
) -> None:
    """A home is named after its husband, or after the person who lives apart."""
    men = np.flatnonzero(people.male & (people.spouse != NOBODY))
    with_parents = (generation[men] == 2) & (rng.random(len(men)) < 0.4)
    own = men[~with_parents]
    home[own] = own
    young = men[with_parents]
    fathers = people.father[young]
    home[young] = np.where(people.spouse[fathers] != NOBODY, fathers, young)
    home[people.spouse[men]] = home[men]
    apart = np.flatnonzero(people.former != NOBODY)
    home[apart] = apart


def _house_single(
    rng: Generator, people: People, own: NDArray[np.int64], home: NDArray[np.int64]
) -> None:
    """Unmarried people live with a parent until about thirty, then often alone."""
    parent = np.where(rng.random(len(own)) < 0.6, people.mother[own], people.father[own])
    age = people.age()[own]
    stays = rng.random(len(own)) < np.interp(age, [22, 30, 40], [1.0, 0.6, 0.3])
    home[own] = np.where(stays, home[parent], own)


def _join_parents(rng: Generator, people: People, home: NDArray[np.int64]) -> None:
    """Four in ten old couples live with one of their children's families."""
    child = np.flatnonzero((people.father != NOBODY) & people.male & (people.spouse != NOBODY))
    child = child[people.father[people.father[child]] == NOBODY]
    child = child[rng.permutation(len(child))]
    father, first = np.unique(people.father[child], return_index=True)
    joins = rng.random(len(father)) < 0.42
    father, son = father[joins], child[first[joins]]
    home[father] = home[son]
    home[people.spouse[father]] = home[son]


def _house_adults(people: People, home: NDArray[np.int64]) -> None:
    """No child is left in a home without adults: it goes to its mother's home."""
    adult = (people.age() >= 18) & ~people.gone
    held = np.zeros(len(people) + 1, dtype=bool)
    held[home[adult]] = True
    alone = np.flatnonzero(~held[home] & ~people.gone)
    home[alone] = home[people.mother[alone]]

"""Which households carry planted facts, and how many of each code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.graph.errors import UsageError
from doudi.synth import months

if TYPE_CHECKING:
    from collections.abc import Callable

    from doudi.synth.world import Dibao, World

RATES = {
    "E01": 0.005,
    "E03": 0.0015,
    "E05": 0.004,
    "E09": 0.0015,
    "E10": 0.008,
    "E11": 0.004,
    "E15": 0.008,
    "E16": 0.0025,
    "E17": 0.006,
    "E22": 0.006,
    "E23": 0.0008,
    "E31": 0.008,
    "E33": 0.0005,
    "L01": 0.0025,
    "L03": 0.04,
    "L05": 0.0015,
    "L06": 0.004,
    "L12": 0.06,
    "L24": 0.01,
}
"""Planted rates of §7.2: errors among recipient households, needs among their own base."""
LEAST = 2
LOOKALIKES = 2


@dataclass
class Pool:
    """Recipient households in random order; each is given out once."""

    world: World
    waiting: list[Dibao]

    def take(self, fits: Callable[[Dibao], bool] = lambda _: True) -> Dibao | None:
        """The next unused household that fits; None when there is none left."""
        for place, case in enumerate(self.waiting):
            if self.world.is_free(case.home) and fits(case):
                return self.waiting.pop(place)
        return None

    def must(self, code: str, fits: Callable[[Dibao], bool] = lambda _: True) -> Dibao:
        """Like take, but a county without such a household is too small."""
        found = self.take(fits)
        if found is None:
            raise UsageError(
                (f"没有可植入 {code} 的户", f"no household is left to plant {code} in"),
                where=("户数", "households"),
                expected=("更多的户，或较小的 boost", "more households or a smaller boost"),
            )
        return found


def pools(world: World) -> tuple[Pool, Pool]:
    """Households that are paid to the end, and those that have left by an ordinary exit."""
    order = world.rng.permutation(len(world.dibao))
    shuffled = [world.dibao[i] for i in order.tolist()]
    dead = world.people.dead_month()
    active = [
        c
        for c in shuffled
        if c.active()
        and c.start < months.LAST - 10
        and all(dead[m.person] > months.LAST for m in c.members)
    ]
    left = [c for c in shuffled if c.end <= months.LAST and c.reason not in {"死亡", ""}]
    return Pool(world, active), Pool(world, left)


def wanted(world: World, code: str, base: int) -> int:
    """How many cases of a code a county gets."""
    return max(LEAST, round(RATES[code] * base * world.boost))


def lookalikes(cases: int, clearings: int) -> int:
    """How many lookalikes: two a case, and every clearing reason at least once."""
    return max(LOOKALIKES * cases, clearings)


def adult(world: World, case: Dibao, *, low: float = 22, high: float = 62) -> int | None:
    """A member in the given years of age, the head first; None where there is none."""
    age = world.people.age()
    found = [m.person for m in case.members if low <= age[m.person] < high]
    if not found:
        return None
    return case.head if case.head in found else found[0]


def has_adult(world: World, *, least: int = 1, most: int = 9) -> Callable[[Dibao], bool]:
    """A test for households of some size with a member in working years."""
    return lambda case: least <= len(case.members) <= most and adult(world, case) is not None


def worker(world: World, case: Dibao) -> int:
    """The member in working years, else the head."""
    found = adult(world, case)
    return case.head if found is None else found


def early(world: World, case: Dibao, low: int = 14, high: int = 36) -> int:
    """A month within the benefit from which a contradiction holds."""
    return max(case.start + 2, int(world.rng.integers(low, high)))

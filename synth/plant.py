"""Which households carry planted facts, and how many of each code."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.graph.errors import UnknownName, UsageError
from doudi.synth import months

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from doudi.synth.benefits import Dibao
    from doudi.synth.world import World

RATES = {
    "E01": 0.005,
    "E02": 0.0005,
    "E03": 0.0015,
    "E04": 0.003,
    "E05": 0.004,
    "E06": 0.0015,
    "E07": 0.005,
    "E08": 0.01,
    "E09": 0.0015,
    "E10": 0.008,
    "E11": 0.004,
    "E12": 0.002,
    "E13": 0.004,
    "E14": 0.002,
    "E15": 0.008,
    "E16": 0.0025,
    "E17": 0.006,
    "E18": 0.0015,
    "E19": 0.002,
    "E20": 0.001,
    "E21": 0.003,
    "E22": 0.006,
    "E23": 0.0008,
    "E24": 0.0005,
    "E25": 0.007,
    "E26": 0.005,
    "E27": 0.0015,
    "E28": 0.001,
    "E29": 0.001,  # ours
    "E30": 0.01,
    "E31": 0.008,
    "E32": 0.02,  # of handlers; ours
    "E33": 0.0005,
    "E34": 0.002,
    "E35": 0.0015,
    "E36": 0.0015,
    "E37": 0.001,
    "E38": 0.008,
    "E39": 0.004,
    "E40": 0.006,
    "E41": 0.02,
    "E42": 0.01,
    "E43": 0.001,  # ours
    "E44": 0.0003,
    "E45": 0.002,
    "E46": 0.001,
    "E47": 0.003,
    "E48": 0.01,  # of villages; ours
    "L01": 0.0025,
    "L02": 0.008,
    "L03": 0.04,
    "L04": 0.0012,
    "L05": 0.0015,
    "L06": 0.004,
    "L07": 0.007,
    "L08": 0.02,
    "L09": 0.0003,
    "L10": 0.0003,  # of children; ours
    "L11": 0.0003,  # of all homes; ours
    "L12": 0.06,
    "L13": 0.0008,  # of all homes; ours
    "L14": 0.0004,
    "L15": 0.08,
    "L16": 0.03,
    "L17": 0.004,  # of recipient households; ours
    "L18": 0.01,  # of people from elsewhere; ours
    "L19": 0.0004,
    "L20": 0.001,  # of all homes; ours
    "L21": 0.0008,  # of all homes; ours
    "L22": 0.5,  # of adults who carry three dependants alone; ours
    "L23": 0.02,  # of exits; ours
    "L24": 0.01,
}
"""Planted rates of §7.2: errors among recipient households, needs among their own base."""
LEAST = 2
LOOKALIKES = 2


def rates_of(boost: float, wished: Mapping[str, float]) -> dict[str, float]:
    """The planted rate of each code.

    Args:
        boost: Multiplies the rates that are not wished for, 0 or more.
        wished: Rates by code, 0 to 1, instead of the usual ones.

    Raises:
        UnknownName: if nothing is planted under a wished code.
        UsageError: if a rate is not between 0 and 1, or the boost negative.
    """
    if not 0 <= boost < math.inf:
        raise UsageError(
            (f"植入倍数超出范围：{boost:g}", f"a boost out of range: {boost:g}"),
            where="--boost",
            expected=("0 或以上的数", "a number of 0 or more"),
        )
    for code, rate in wished.items():
        if code not in RATES:
            raise UnknownName.among(("植入类型", "planted code"), code, RATES, where="--rate")
        if not 0 <= rate <= 1:
            raise UsageError(
                (f"{code} 的植入率超出范围：{rate:g}", f"a rate out of range for {code}: {rate:g}"),
                where="--rate",
                expected=("0 到 1 之间的数", "a number from 0 to 1"),
            )
    return {code: min(1.0, rate * boost) for code, rate in RATES.items()} | dict(wished)


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
    """How many cases of a code a block gets.

    ``base`` is the block's own; blocks are about equal, so that each takes its turn of what the
    county gets, and the first ones what a small county gets at least.
    """
    own, block = world.rates[code] * base, world.block
    if not own:
        return 0
    if own * block.of <= LEAST:
        share, more = divmod(LEAST, block.of)
        return share + (block.number < more)
    if block.of == 1:
        return round(own)
    return int(own * (block.number + 1)) - int(own * block.number)


def lookalikes(cases: int, clearings: int) -> int:
    """How many lookalikes: two a case, and every clearing reason at least once."""
    return max(LOOKALIKES * cases, clearings) if cases else 0


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

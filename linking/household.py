"""Evidence of the household: who else of the two households has been found in both.

A name and a year may be many people's. When the other members of two households are each other's
likely partners too, the pair gains by as much as that is commoner among likely pairs than among
the others; when nobody else is shared, or a household has no other member, nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doudi.linking.text import mixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.linking.text import Rows

MOST = 7.0
"""Largest gain: e**7 is eleven hundred to one."""
LEVELS = ("nobody", "one", "several")
SHARED = (0.5, 1.5)
"""Expected number of shared others from which on they are one, and several."""
ROUNDS = 8
PRIOR = 2.0
"""Pairs that stand for each level before any has been seen."""


@dataclass(frozen=True)
class Gain:
    """What the household adds to each pair.

    Attributes:
        weight: Logarithm of the factor, 0 to ``MOST``.
        level: Place in ``LEVELS`` of how many others the two households share.
    """

    weight: NDArray[np.float32]
    level: NDArray[np.uint8]


def household_gain(
    left: Rows,
    right: Rows,
    odds: NDArray[np.float32],
    household: Rows,
) -> Gain:
    """Gains of pairs by what their households share.

    Args:
        left: One row of each pair.
        right: The other.
        odds: Logarithm of the odds that they are one person, without the household.
        household: Of each row its household; negative where it is not told.
    """
    weight, level = np.zeros(len(left), np.float32), np.zeros(len(left), np.uint8)
    one, two = household[left], household[right]
    # No gain could make anything of the others.
    at = np.flatnonzero((one >= 0) & (two >= 0) & (odds > -MOST - 1))
    both = mixed(np.minimum(one, two)[at], np.maximum(one, two)[at])
    best = _best_of_both(left[at], right[at], both, odds[at])
    at, both = at[best], both[best]
    _, group = np.unique(both, return_inverse=True)
    for _ in range(ROUNDS):
        likely = 1 / (1 + np.exp(-(odds[at] + weight[at])))
        others = np.bincount(group, likely)[group] - likely if len(at) else likely
        level[at] = np.searchsorted(SHARED, others, side="right")
        weight[at] = _factors(level[at], likely)[level[at]]
    return Gain(weight, level)


def _best_of_both(
    left: Rows,
    right: Rows,
    both: NDArray[np.int64],
    odds: NDArray[np.float32],
) -> NDArray[np.bool_]:
    """Pairs that are the best of both their rows between the two households."""
    best = np.ones(len(left), bool)
    for row in (left, right):
        order = np.lexsort((-odds, both, row))  # stable: pairs of the same odds in order of rows
        first = np.ones(len(order), bool)
        first[1:] = (row[order][1:] != row[order][:-1]) | (both[order][1:] != both[order][:-1])
        best[order[~first]] = False
    return best


def _factors(level: NDArray[np.uint8], likely: NDArray[np.float64]) -> NDArray[np.float32]:
    """Logarithm of how much commoner each level is among likely pairs than among the others."""
    one = np.bincount(level, likely, len(LEVELS)) + PRIOR
    two = np.bincount(level, 1 - likely, len(LEVELS)) + PRIOR
    factors = np.log(one / one.sum()) - np.log(two / two.sum())
    factors = np.maximum.accumulate(np.clip(factors, 0.0, MOST))
    factors[0] = 0.0
    return factors.astype(np.float32)

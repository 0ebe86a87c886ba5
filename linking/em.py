"""Shares of outcomes among rows of one person, where nobody has said which rows are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ROUNDS = 60
PRIOR = 50.0
"""The usual shares count as so many pairs."""
FIRST_SHARE = 0.1
LEAST_SHARE, MOST_SHARE = 1e-7, 0.999


@dataclass(frozen=True)
class Mixture:
    """Some pairs, as patterns of outcomes.

    Attributes:
        levels: Of each field the outcome in each pattern, 0 where a row does not tell.
        counts: Pairs of each pattern.
        two: Of each field the shares of the levels from 1 on among rows of two people.
        usual: The same among rows of one person, as expected before anything is seen.
    """

    levels: Sequence[NDArray[np.int64]]
    counts: NDArray[np.float64]
    two: Sequence[NDArray[np.float64]]
    usual: Sequence[NDArray[np.float64]]

    @classmethod
    def of(
        cls,
        levels: NDArray[np.uint8],
        two: Sequence[NDArray[np.float64]],
        usual: Sequence[NDArray[np.float64]],
    ) -> Mixture:
        """The patterns of pairs whose outcomes are given, shape (n_fields, n_pairs)."""
        sizes = [len(shares) + 1 for shares in two]
        code = np.zeros(levels.shape[1], np.int64)
        for size, level in zip(sizes, levels, strict=True):
            code = code * size + level
        patterns, counts = np.unique(code, return_counts=True)
        parts: list[NDArray[np.int64]] = []
        for size in reversed(sizes):
            patterns, level = np.divmod(patterns, size)
            parts.insert(0, level)
        return cls(parts, counts.astype(float), two, usual)

    def solve(self) -> tuple[float, list[NDArray[np.float64]]]:
        """Pairs of one person among these, and of each field the shares of its levels in them.

        Expectation and maximisation in turn; the shares among rows of two people stay.
        """
        one, share = [np.array(u) for u in self.usual], FIRST_SHARE
        against = self._factors(self.two)
        for _ in range(ROUNDS):
            odds = np.log(share / (1 - share)) + self._factors(one) - against
            mine = self.counts / (1 + np.exp(-odds))
            share = mine.sum() / self.counts.sum()
            share = float(np.clip(share, LEAST_SHARE, MOST_SHARE))
            one = [
                _shares(np.bincount(level, mine, len(u) + 1)[1:] + PRIOR * u)
                for level, u in zip(self.levels, self.usual, strict=True)
            ]
        return share * float(self.counts.sum()), one

    def _factors(self, shares: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        """Logarithm of how likely each pattern is with these shares."""
        total = np.zeros(len(self.counts))
        for share, level in zip(shares, self.levels, strict=True):
            total += np.append(0.0, np.log(share))[level]
        return total


def _shares(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    out: NDArray[np.float64] = counts / counts.sum()
    return out

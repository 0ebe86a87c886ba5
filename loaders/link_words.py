"""Names of several words: which words of the one are met in the other, in any order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from doudi.loaders.link_text import log_shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.loaders.link_text import Coded, Rows

ALIKE = 0.7
"""From this share of letters alike on a word is a slip of the other …"""
SLIP_LENGTH = 3
"""… if neither is shorter."""
SLIP, SHORT_FORM, INITIAL = 0.8, 0.6, 0.3
"""How well a word is met by a slip of it, by its beginning, and by its first letter."""
SHORT_LENGTH = 2


@dataclass(frozen=True)
class Met:
    """What pairs of names have in common, shape (n_pairs,).

    Attributes:
        shared_left: Share of the left name that is met in the right one, 0 to 1; a word counts
            the more the rarer it is.
        shared_right: The same of the right name.
        several: Whether at least two words are met.
        told: What the met words tell: the sum of minus the logarithms of their shares.
    """

    shared_left: NDArray[np.float64]
    shared_right: NDArray[np.float64]
    several: NDArray[np.bool_]
    told: NDArray[np.float64]


@dataclass(frozen=True)
class Words:
    """Compares words by their places in the vocabulary."""

    vocabulary: Coded

    def meet(self, one: Rows, two: Rows) -> Met:
        """Compare names.

        Args:
            one: Places of the words of the left names, shape (n_pairs, n_words); -1 behind the last.
            two: The same of the right names.
        """
        met = self._met(one, two)
        weight = np.append(-log_shares(self.vocabulary)[:-1], 0.0)
        ours, theirs = weight[one], weight[two]
        mine, yours = met.max(axis=2), met.max(axis=1)
        told = (mine * ours).sum(axis=1)
        least = np.finfo(float).tiny
        return Met(
            told / np.maximum(ours.sum(axis=1), least),
            (yours * theirs).sum(axis=1) / np.maximum(theirs.sum(axis=1), least),
            np.minimum((mine > 0).sum(axis=1), (yours > 0).sum(axis=1)) > 1,
            told,
        )

    def _met(self, one: Rows, two: Rows) -> NDArray[np.float32]:
        """How well each word of the one is met by each of the other, shape (n, words, words)."""
        a, b = one[:, :, None], two[:, None, :]
        met: NDArray[np.float32] = ((a == b) & (a >= 0)).astype(np.float32)
        open_a = (met.max(axis=2) == 0)[:, :, None] & (a >= 0)
        open_b = (met.max(axis=1) == 0)[:, None, :] & (b >= 0)
        at = np.nonzero(open_a & open_b)
        met[at] = self._near(one[at[0], at[1]], two[at[0], at[2]])
        return met

    def _near(self, one: Rows, two: Rows) -> NDArray[np.float32]:
        """How well words that differ are met, each pair of words looked at once."""
        many = max(1, len(self.vocabulary.values))
        low, high = np.minimum(one, two).astype(np.int64), np.maximum(one, two)
        key, back = np.unique(low * many + high, return_inverse=True)
        first, second = np.divmod(key, many)
        found = self._slips(first, second)
        begins = self._begins(first, second)
        is_short = np.minimum(self._length[first], self._length[second]) >= SHORT_LENGTH
        found[begins] = np.maximum(found, np.where(is_short, SHORT_FORM, INITIAL))[begins]
        out: NDArray[np.float32] = found[back].astype(np.float32)
        return out

    def _slips(self, one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.float64]:
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import cpdist

        words = self._written
        alike = cpdist(
            words[one],
            words[two],
            scorer=OSA.normalized_similarity,
            dtype=np.float32,
            score_cutoff=ALIKE,
        )
        is_long = np.minimum(self._length[one], self._length[two]) >= SLIP_LENGTH
        return np.where((alike >= ALIKE) & is_long, SLIP, 0.0)

    def _begins(self, one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether one word is the beginning of the other."""
        pairs = zip(self._written[one], self._written[two], strict=True)
        return np.fromiter((x.startswith(y) or y.startswith(x) for x, y in pairs), bool, len(one))

    @cached_property
    def _written(self) -> NDArray[np.object_]:
        return np.array(self.vocabulary.values, object)

    @cached_property
    def _length(self) -> NDArray[np.int64]:
        return np.fromiter(map(len, self._written), np.int64, len(self._written))

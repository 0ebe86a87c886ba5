"""Names of several words: which words of the one are met in the other, in any order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from doudi.linking.text import letters, log_shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.linking.text import Coded, Rows

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

    shared_left: NDArray[np.float32]
    shared_right: NDArray[np.float32]
    several: NDArray[np.bool_]
    told: NDArray[np.float32]


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
        left, right = one.T.copy(), two.T.copy()
        mine, yours = self._met(left, right)
        weight = np.append(-log_shares(self.vocabulary)[:-1], np.float32(0))
        ours, theirs = weight[left], weight[right]
        told, heard = (mine * ours).sum(axis=0), (yours * theirs).sum(axis=0)
        least = np.finfo(np.float32).tiny
        return Met(
            told / np.maximum(ours.sum(axis=0), least),
            heard / np.maximum(theirs.sum(axis=0), least),
            np.minimum((mine > 0).sum(axis=0), (yours > 0).sum(axis=0)) > 1,
            told,
        )

    def _met(self, left: Rows, right: Rows) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """How well each word is met by any of the other name, shape (n_words, n_pairs), 0 to 1."""
        mine, yours = np.zeros(left.shape, np.float32), np.zeros(right.shape, np.float32)
        places = list(product(range(len(left)), range(len(right))))
        for a, b in places:
            same = (left[a] == right[b]) & (left[a] >= 0)
            mine[a][same] = yours[b][same] = 1
        open_left, open_right = (left >= 0) & (mine == 0), (right >= 0) & (yours == 0)
        for a, b in places:
            at = np.flatnonzero(open_left[a] & open_right[b])
            if len(at):
                near = self._near(left[a][at], right[b][at])
                mine[a][at] = np.maximum(mine[a][at], near)
                yours[b][at] = np.maximum(yours[b][at], near)
        return mine, yours

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
        found: NDArray[np.bool_] = np.equal(self._first[one], self._first[two])
        at = np.flatnonzero(found)
        pairs = zip(self._written[one[at]], self._written[two[at]], strict=True)
        begun = (x.startswith(y) or y.startswith(x) for x, y in pairs)  # of one first letter only
        found[at] = np.fromiter(begun, bool, len(at))
        return found

    @cached_property
    def _first(self) -> NDArray[np.uint32]:
        return letters(self.vocabulary.values, 1)[:, 0]

    @cached_property
    def _written(self) -> NDArray[np.object_]:
        return np.array(self.vocabulary.values, object)

    @cached_property
    def _length(self) -> NDArray[np.int64]:
        return np.fromiter(map(len, self._written), np.int64, len(self._written))

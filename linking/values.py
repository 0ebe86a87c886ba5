"""Areas and further attributes, by their distinct values: the same, near, or different."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from doudi.linking.text import letters, log_shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.linking.text import Coded, Rated, Rows

LEVELS = ("missing", "different", "region", "near", "same")
"""Outcomes of comparing two values, worst first; attributes know no region."""

DIFFERENT, REGION, NEAR, SAME = range(1, 5)
LOOKED_AT = 40
"""Letters of an attribute that are compared."""
AREA_LETTERS = 16
"""Letters of an area that are compared."""
ALIKE = 0.8
"""From this share of letters alike on an attribute is near another."""


@dataclass(frozen=True)
class Values:
    """Compares values of one column by their places in ``coded.values``."""

    coded: Coded
    is_area: bool = False

    def compare(self, left: Rows, right: Rows) -> Rated:
        """Level of each pair of given values, and the logarithm of the share of what they share."""
        level = np.full(len(left), SAME, np.uint8)
        at = np.flatnonzero(left != right)
        way = self._by_begin if self.is_area else self._by_text
        level[at] = way(left[at], right[at])
        rare = log_shares(self.coded)
        return level, np.where(level >= NEAR, np.maximum(rare[left], rare[right]), 0)

    def _by_begin(self, left: Rows, right: Rows) -> NDArray[np.uint8]:
        """Areas: near with three quarters of the letters alike from the left, or one letter off."""
        one, two = self._letters[left], self._letters[right]
        length = np.maximum((one > 0).sum(axis=1), (two > 0).sum(axis=1))
        alike = (one != two).argmax(axis=1)
        wrong = (one != two).sum(axis=1)
        level = np.full(len(left), DIFFERENT, np.uint8)
        level[alike * 2 >= length] = REGION
        level[(alike * 4 >= length * 3) | (wrong == 1)] = NEAR
        return level

    def _by_text(self, left: Rows, right: Rows) -> NDArray[np.uint8]:
        """Others: near with four fifths of their letters alike."""
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import cpdist

        alike = cpdist(
            self._texts[left],
            self._texts[right],
            scorer=OSA.normalized_similarity,
            dtype=np.float32,
            score_cutoff=ALIKE,
        )
        return np.where(alike >= ALIKE, NEAR, DIFFERENT).astype(np.uint8)

    @cached_property
    def _letters(self) -> NDArray[np.uint32]:
        return letters(self.coded.values, AREA_LETTERS)

    @cached_property
    def _texts(self) -> NDArray[np.object_]:
        return np.array([value[:LOOKED_AT] for value in self.coded.values], object)

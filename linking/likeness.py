"""How alike two names are: levels from nothing in common to the same, and how rare what they share.

Chinese names are compared by their characters and by their sound; all others, and a Chinese name
with one in another script, by their words (:mod:`doudi.linking.words`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from doudi.linking.names import surname_length
from doudi.linking.text import Coded, coded, log_shares
from doudi.linking.words import Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.linking.names import Names
    from doudi.linking.text import Rated, Rows

LEVELS = ("missing", "different", "little", "part", "most", "near", "sounds_same", "same")
"""Outcomes of comparing two names, worst first."""

DIFFERENT, LITTLE, PART, MOST, NEAR, SOUNDS_SAME, SAME = range(1, 8)
LONG = 3
"""From so many characters on a name is still known with one of them wrong."""
WORD_LEVELS = (
    (LITTLE, 0.25, 0.0, 0.0),
    (PART, 0.45, 0.0, 0.0),
    (MOST, 0.65, 0.0, 1.0),
    (MOST, 0.6, 0.6, 0.0),
    (NEAR, 0.8, 0.45, 1.0),
    (NEAR, 0.75, 0.75, 0.0),
    (SOUNDS_SAME, 0.99, 0.99, 0.0),
)
"""Level, and what it takes: the least share of the better covered name that is met in the other,
the least of the worse covered one, and whether (1) two words must be met. Rare words count more."""
BATCH = 250_000
"""Pairs of names that are compared word by word at a time."""


@dataclass(frozen=True)
class Likeness:
    """Compares names by their places in ``names.coded.values``."""

    names: Names

    def compare(self, left: Rows, right: Rows) -> Rated:
        """Level and rarity of pairs of distinct names, both given.

        Returns:
            Of each pair the place of its outcome in ``LEVELS``, and the logarithm of the share of
            rows whose name has what the two have in common; 0 where that says nothing.
        """
        level = np.full(len(left), DIFFERENT, np.uint8)
        rarity = np.zeros(len(left), np.float32)
        same, han = left == right, self.names.is_han
        level[same], rarity[same] = SAME, log_shares(self.names.coded)[left[same]]
        by_sound = han[left] & han[right] & ~same
        for chosen, way in ((by_sound, self._by_sound), (~by_sound & ~same, self._by_words)):
            at = np.flatnonzero(chosen)
            for start in range(0, len(at), BATCH):
                some = at[start : start + BATCH]
                level[some], rarity[some] = way(left[some], right[some])
        return level, rarity

    def _by_sound(self, left: Rows, right: Rows) -> Rated:
        """Chinese names, by characters and by sound."""
        surname, given, turned = self._parts
        sounds = self.names.sound_codes.codes
        level = np.full(len(left), DIFFERENT, np.uint8)
        level[surname.codes[left] == surname.codes[right]] = LITTLE
        level[given.codes[left] == given.codes[right]] = PART
        is_long = np.maximum(self._length[left], self._length[right]) >= LONG
        level[is_long & _slips(self._written, left, right)] = MOST
        level[_slips(self._heard, left, right)] = NEAR
        alike = (sounds[left] == sounds[right]) | (turned.codes[left] == turned.codes[right])
        level[alike] = SOUNDS_SAME
        commoner = np.maximum(self._rare_sound[left], self._rare_sound[right])
        rarity = np.where(level >= MOST, commoner, 0).astype(np.float32)
        only = level == LITTLE
        rarity[only] = log_shares(surname)[surname.codes[left[only]]]
        return level, rarity

    def _by_words(self, left: Rows, right: Rows) -> Rated:
        """Other names, by their words in any order."""
        one, two = self.names.words[left], self.names.words[right]
        met = self._words.meet(one, two)
        best = np.stack([met.shared_left, met.shared_right])
        better, worse = best.max(axis=0), best.min(axis=0)
        level = np.full(len(left), DIFFERENT, np.uint8)
        for outcome, least, least_worse, several in WORD_LEVELS:
            enough = (better > least) & (worse >= least_worse)
            level[enough & (met.several if several else True)] = outcome
        told = np.minimum(met.told, self._most)
        return level, np.where(level > DIFFERENT, -told, 0).astype(np.float32)

    @cached_property
    def _words(self) -> Words:
        return Words(self.names.vocabulary)

    @cached_property
    def _rare_sound(self) -> NDArray[np.float32]:
        sounds = self.names.sound_codes
        return log_shares(sounds)[sounds.codes]

    @cached_property
    def _written(self) -> NDArray[np.object_]:
        return np.array(self.names.coded.values, object)

    @cached_property
    def _heard(self) -> NDArray[np.object_]:
        return np.array(self.names.sounds, object)

    @cached_property
    def _length(self) -> NDArray[np.int64]:
        return np.fromiter(map(len, self._written), np.int64, len(self._written))

    @cached_property
    def _parts(self) -> tuple[Coded, Coded, Coded]:
        """Surname, sound of the given name, and characters in order of code, of each name."""
        names = list(zip(self.names.coded.values, self.names.is_han, strict=True))
        surnames = [name[: surname_length(name)] if han else None for name, han in names]
        turned = ["".join(sorted(name)) if han else None for name, han in names]
        parts = (surnames, self.names.given, turned)
        first, second, third = (coded(pa.array(part, pa.string())) for part in parts)
        in_rows = np.bincount(first.codes + 1, self.names.coded.counts, len(first.values) + 1)
        return Coded(first.codes, first.values, in_rows[1:].astype(np.int64)), second, third

    @cached_property
    def _most(self) -> float:
        """No share can be known to be smaller than that of one row."""
        return float(np.log(max(2, self.names.coded.counts.sum())))


def _slips(texts: NDArray[np.object_], left: Rows, right: Rows) -> NDArray[np.bool_]:
    """Whether one letter or character is wrong, missing, too many or changed places."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cpdist

    found: NDArray[np.uint8] = cpdist(
        texts[left], texts[right], scorer=OSA.distance, dtype=np.uint8, score_cutoff=1
    )
    return np.less_equal(found, 1)

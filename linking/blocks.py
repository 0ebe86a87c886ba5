"""Which pairs of rows are compared at all: those that share a key, in blocks that stay small."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from doudi.linking.text import MISSING, Rows, mixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from doudi.linking.fields import People

BLOCK_OVER_ROWS = 2_500_000
"""The more rows there are the smaller are blocks: this over the rows, within …"""
SMALLEST_CAP, LARGEST_CAP = 15, 100


@dataclass(frozen=True)
class Keyed:
    """Rows under keys; a row may stand under several.

    Attributes:
        row: Row of each entry.
        key: Key of each entry; ``MISSING`` for none.
        finer: Keys of all rows by which blocks that are too large are split, one after the other.
    """

    row: Rows
    key: NDArray[np.int64]
    finer: tuple[NDArray[np.int64], ...] = ()


def usual_cap(rows: int) -> int:
    """Rows of the largest block whose pairs are all compared.

    >>> usual_cap(1_000), usual_cap(50_000), usual_cap(1_000_000)
    (100, 50, 15)
    """
    return min(LARGEST_CAP, max(SMALLEST_CAP, BLOCK_OVER_ROWS // max(1, rows)))


def candidates(people: People, *, cap: int) -> NDArray[np.int64]:
    """Pairs of rows that share a key of any rule, each once, as ``low * people.many + high``."""
    found = [pairs_of(keyed, people, cap=cap) for keyed in rules(people)]
    return _distinct(np.concatenate([*found, np.zeros(0, np.int64)]))


def apart(pairs: NDArray[np.int64], people: People) -> tuple[Rows, Rows]:
    """Rows of pairs that are kept as one number each."""
    low, high = np.divmod(pairs, max(1, people.many))
    return low.astype(np.int32), high.astype(np.int32)


def pairs_of(keyed: Keyed, people: People, *, cap: int) -> NDArray[np.int64]:
    """Pairs within blocks of at most ``cap`` rows; larger ones are split, then left out."""
    row, key, found = keyed.row, keyed.key, []
    for finer in (*keyed.finer, None):
        order, starts, sizes = _blocks(key)
        found.append(_within(row[order], starts, sizes, cap, people))
        if finer is None or not (sizes > cap).any():
            break
        rest = order[np.repeat(sizes > cap, sizes)]
        row, key = row[rest], mixed(key[rest], finer[row[rest]])
    return _distinct(np.concatenate(found))


def _distinct(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    pairs.sort()
    is_new = np.ones(len(pairs), bool)
    np.not_equal(pairs[1:], pairs[:-1], out=is_new[1:])
    distinct: NDArray[np.int64] = pairs[is_new]
    return distinct


def _blocks(
    key: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Entries in order of key, and where each block begins and how large it is.

    Key and place are sorted as one number, which is several times faster than sorting places by
    key; of the key that leaves some 40 bits, so that a few blocks have rows that share no key.
    """
    told = np.flatnonzero(key != MISSING)
    bits = max(1, len(key).bit_length())
    packed = (mixed(key[told]) >> np.int64(bits - 1)) << np.int64(bits) | told
    packed.sort()
    order, short = packed & ((1 << bits) - 1), packed >> bits
    starts = np.flatnonzero(np.append(np.ones(min(1, len(short)), bool), short[1:] != short[:-1]))
    return order, starts, np.diff(np.append(starts, len(short)))


def _within(
    row: Rows,
    starts: NDArray[np.int64],
    sizes: NDArray[np.int64],
    cap: int,
    people: People,
) -> NDArray[np.int64]:
    """All pairs of each block of 2 to ``cap`` rows; with two sides, across them only."""
    fit = (sizes > 1) & (sizes <= cap)
    starts, sizes = starts[fit], sizes[fit]
    place = np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    more = np.repeat(starts + sizes, sizes) - place - 1
    first = np.repeat(place, more)
    second = np.arange(len(first)) - np.repeat(np.cumsum(more) - more, more) + first + 1
    one, two = row[first], row[second]
    keep = one != two
    if people.has_sides:
        keep &= (one < people.left) != (two < people.left)
    one, two = one[keep], two[keep]
    low, high = np.minimum(one, two).astype(np.int64), np.maximum(one, two)
    pairs: NDArray[np.int64] = low * people.many + high
    return pairs


def rules(people: People) -> Iterator[Keyed]:
    """The keys of every rule that what is mapped allows."""
    everyone = np.arange(people.many, dtype=np.int32)
    single = single_keys(people)
    others = [name for name in single if name == "area" or name.startswith("compare:")]
    finer = [single[name] for name in ("year", *others, "sex") if name in single]
    if people.names:
        whole = whole_names(people)
        yield Keyed(everyone, whole, tuple(finer))
        row, word = _words(people)
        for name in [*others, *(n for n in ("month_day",) if n in single)]:
            yield Keyed(everyone, mixed(whole, single[name]), tuple(finer))
        for name in [*others, *(n for n in ("day",) if n in single)]:
            yield Keyed(row, mixed(word, single[name][row]), tuple(finer))
        row, words = _word_pairs(people)
        yield Keyed(row, words, tuple(finer[1:] + finer[:1]))
    strong = [*others, *(n for n in ("day",) if n in single)]
    for one, two in combinations(strong, 2):
        yield Keyed(everyone, mixed(single[one], single[two]), tuple(finer))


def training_rules(people: People) -> Iterator[tuple[Keyed, frozenset[str]]]:
    """Keys whose pairs teach the fields that have no part in them, and the fields that have."""
    everyone = np.arange(people.many, dtype=np.int32)
    single = single_keys(people)
    if people.names:
        yield Keyed(everyone, whole_names(people)), frozenset({"name"})
    for name in ("day", "area"):
        if name in single:
            yield Keyed(everyone, single[name]), frozenset({"birth" if name == "day" else name})
    for name in people.compare:
        yield Keyed(everyone, single[f"compare:{name}"]), frozenset({name})


def whole_names(people: People) -> NDArray[np.int64]:
    """A key of each row's name by its sound, or by its words in any order."""
    assert people.names  # noqa: S101 - its callers looked
    codes = people.names.coded.codes
    sounds = np.append(people.names.sound_codes.codes, MISSING)
    return sounds[codes].astype(np.int64)


def single_keys(people: People) -> dict[str, NDArray[np.int64]]:
    """Keys of one column each."""
    found: dict[str, Rows] = {}
    if people.births:
        found |= {"day": people.births.day, "year": people.births.year}
        found["month_day"] = people.births.month_day
    if people.area:
        found["area"] = people.area.codes
    if people.sex:
        found["sex"] = people.sex.codes
    found |= {f"compare:{name}": value.codes for name, value in people.compare.items()}
    return {name: key.astype(np.int64) for name, key in found.items()}


def _words(people: People) -> tuple[Rows, NDArray[np.int64]]:
    """Rows and the words of their names."""
    assert people.names  # noqa: S101 - its callers looked
    codes = people.names.coded.codes
    told = np.flatnonzero(codes >= 0).astype(np.int32)
    table = people.names.words[codes[told]]
    at, _ = np.nonzero(table >= 0)
    return told[at], table[table >= 0].astype(np.int64)


def _word_pairs(people: People) -> tuple[Rows, NDArray[np.int64]]:
    """Rows and every two of the four rarest words of their names."""
    assert people.names  # noqa: S101 - its callers looked
    codes = people.names.coded.codes
    table = np.sort(people.names.words[:, :4], axis=1).astype(np.int64)
    told = np.flatnonzero(codes >= 0).astype(np.int32)
    rows, keys = [], []
    for one, two in combinations(range(4), 2):
        key = mixed(table[:, one], table[:, two])[codes[told]]
        rows.append(told[key >= 0])
        keys.append(key[key >= 0])
    return np.concatenate(rows), np.concatenate(keys)

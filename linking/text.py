"""Texts of a column as numbers: distinct values, how often each stands, and their letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Rows = NDArray[np.int32]
"""Numbers of rows, or of values."""
Rated = tuple[NDArray[np.uint8], NDArray[np.float32]]
"""Of pairs the level, and the logarithm of the share of rows that have what the two share."""
MISSING = -1
"""The code of a value that is not there."""

PAIR, UNSEEN = 1.5, 0.5
"""Rows that are left out of a count, and the least that is left of it."""

NOTHING = ("", "null", "none", "nan", "n/a", "-", "/", "无", "不详", "未知")
"""What people write where there is nothing to write."""


@dataclass(frozen=True)
class Coded:
    """A column by its distinct values.

    Attributes:
        codes: Of each row the place of its value in ``values``; ``MISSING`` where there is none.
        values: Distinct values, sorted, so that no order of rows shows in them.
        counts: Of each value the rows that have it.
    """

    codes: Rows
    values: list[str]
    counts: NDArray[np.int64]

    @property
    def chance(self) -> float:
        """Share of pairs of two rows that have one value; a little more than is seen."""
        rows = int(self.counts.sum())
        pairs = int((self.counts * (self.counts - 1)).sum())
        return (pairs + 1) / (rows * (rows - 1) + 1) if rows > 1 else 0.0


def tidy(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Texts in one width and lower case, without outer space; null where nothing is told."""
    text = column if pa.types.is_string(column.type) else pc.cast(column, pa.string(), safe=False)
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    whole = pc.dictionary_encode(text)
    return _tidied(whole.dictionary).take(whole.indices)


def _tidied(distinct: pa.Array) -> pa.Array:
    text = pc.utf8_lower(pc.utf8_normalize(distinct, form="NFKC"))
    text = pc.utf8_trim_whitespace(text)
    empty = pc.is_in(text, value_set=pa.array(NOTHING))
    return pc.if_else(empty, pa.scalar(None, pa.string()), text)


def coded(texts: pa.Array) -> Coded:
    """A column of texts by its distinct values.

    >>> coded(pa.array(["b", None, "a", "b"])).codes.tolist()
    [1, -1, 0, 1]
    """
    whole = pc.dictionary_encode(texts)
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.combine_chunks()
    given = pc.fill_null(whole.indices, MISSING).to_numpy(zero_copy_only=False)
    order = pc.array_sort_indices(whole.dictionary).to_numpy()
    place = np.empty(len(order) + 1, np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    place[-1] = MISSING
    codes = place[given]
    values = whole.dictionary.take(pa.array(order)).to_pylist()
    return Coded(codes, values, np.bincount(codes[codes >= 0], minlength=len(values)))


def log_shares(values: Coded) -> NDArray[np.float32]:
    """Logarithm of each value's share among other people, and a 0 that ``MISSING`` finds.

    Two rows that share a value and are one person's are no evidence that others have it: they are
    not counted, and a value that nobody else has counts as half a row's.
    """
    others = np.maximum(values.counts - PAIR, UNSEEN) + 0.0
    return np.append(np.log(others / max(1, int(values.counts.sum()))), 0.0).astype(np.float32)


def letters(texts: Sequence[str], width: int) -> NDArray[np.uint32]:
    """The first code points of each text, shape (n_texts, width); 0 behind its end."""
    flat = np.array(list(texts) or [""], dtype=f"U{width}")
    return flat.view(np.uint32).reshape(len(flat), width)[: len(texts)]


def mixed(*parts: NDArray[np.integer]) -> NDArray[np.int64]:
    """One key of several codes for each row; ``MISSING`` where any of them is.

    Two different keys fall together about once in 2**62 pairs.
    """
    key = np.zeros(len(parts[0]), np.uint64)
    absent = np.zeros(len(parts[0]), bool)
    for part in parts:
        absent |= part < 0
        key = (key ^ part.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
        key *= np.uint64(0xBF58476D1CE4E5B9)
        key ^= key >> np.uint64(32)
    out = (key >> np.uint64(2)).astype(np.int64)
    out[absent] = MISSING
    return out

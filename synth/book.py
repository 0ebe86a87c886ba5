"""The rows of all sources before they become files."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

Values: TypeAlias = Any
"""A scalar, a list or an array; numpy's ArrayLike leaves days out."""
KNOWN = "_known"
"""Month number in which a row, or this version of it, reached the county office."""


class Book:
    """Collects rows by source; a later version of a row is one more row with a later month."""

    def __init__(self) -> None:
        """Start empty."""
        self._parts: dict[str, list[tuple[int, dict[str, Any]]]] = defaultdict(list)

    def add(self, source: str, *, known: Values = 0, **columns: Values) -> None:
        """Add rows; scalars are repeated; ``known`` is a month number or one a row."""
        given = {name: _array(value) for name, value in (columns | {KNOWN: known}).items()}
        lengths = [len(array) for name, array in given.items() if array.ndim and name != KNOWN]
        self._parts[source].append((lengths[0] if lengths else 1, given))

    def frame(self, source: str) -> pd.DataFrame:
        """All rows of a source, in the order they were added."""
        parts = [part for part in self._parts.get(source, []) if part[0]]
        if not parts:
            return pd.DataFrame({KNOWN: np.zeros(0, dtype=np.int64)})
        names = dict.fromkeys(name for _, given in parts for name in given)
        return pd.DataFrame({name: _joined(name, parts) for name in names})


def _array(value: Values) -> Values:
    """An array of a few kinds: text as objects, days as seconds."""
    array = np.asarray(value)
    if array.dtype.kind == "U":
        return array.astype(object)
    return array.astype("datetime64[s]") if array.dtype.kind == "M" else array


def _joined(name: str, parts: list[tuple[int, dict[str, Any]]]) -> Values:
    """One column of all parts; text is empty where a part does not have it."""
    arrays = [np.broadcast_to(given.get(name, np.array("", object)), (n,)) for n, given in parts]
    if len({array.dtype.kind for array in arrays}) > 1:
        numeric = all(array.dtype.kind in "ifb" for array in arrays)
        arrays = [array.astype(float if numeric else object) for array in arrays]
    return np.concatenate(arrays)

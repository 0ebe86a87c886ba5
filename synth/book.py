"""The rows of all sources before they become files, column by column."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.synth.forms import columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.synth.forms import Column

Values: TypeAlias = Any
"""A scalar, a list, a numpy array or an Arrow array; numpy's ArrayLike leaves days out."""
KNOWN = "_known"
"""Month number in which a row, or this version of it, reached the county office."""
DAYS, SECONDS = pa.date32(), pa.timestamp("s")
KINDS = {"date": DAYS, "datetime": SECONDS, "decimal": pa.float64(), "bool": pa.bool_()}
"""Types of columns; whatever is not listed is text."""
ABSENT: dict[Any, Any] = {
    DAYS: np.datetime64("NaT", "D"),
    SECONDS: np.datetime64("NaT", "s"),
    KINDS["decimal"]: np.nan,
    KINDS["bool"]: None,
}
"""What a column holds where a part does not have it; text is empty."""


MOST_FIXED = 32
_FIXED: dict[int, tuple[NDArray[Any], pa.Array]] = {}


class Book:
    """Collects rows by source; a later version of a row is one more row with a later month."""

    def __init__(self) -> None:
        """Start empty."""
        self._parts: dict[str, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        self._whole: dict[str, pa.Table] = {}

    def add(self, source: str, /, *, known: Values = 0, **given: Values) -> None:
        """Add rows; scalars are repeated; ``known`` is a month number or one a row."""
        count = next((len(value) for value in given.values() if _is_many(value)), 1)
        given[KNOWN] = known
        self._parts[source].append((count, given))

    def put(self, source: str, rows: pa.Table) -> None:
        """From now on the rows of a source are these, as ``frame`` gave them and changed since."""
        self._whole[source] = rows

    def __contains__(self, source: str) -> bool:
        """Whether anything, if only no rows, was added to a source."""
        return source in self._parts

    def frame(self, source: str) -> pa.Table:
        """All rows of a source in the order they were added, with ``KNOWN`` as last column."""
        if source in self._whole:
            return self._whole[source]
        parts = [part for part in self._parts.get(source, []) if part[0]]
        own = {column.field: _joined(column, parts) for column in columns()[source]}
        known = [np.broadcast_to(np.asarray(given[KNOWN]), (n,)) for n, given in parts]
        told = np.concatenate(known) if known else np.zeros(0)
        return pa.table(own | {KNOWN: pa.array(told.astype(np.int64))})


def coded(values: Values, index: NDArray[Any]) -> pa.DictionaryArray:
    """Text by position: ``values[index]``, nothing where the index is negative.

    Arrays that nobody can write to, such as the people's numbers, are turned into Arrow once.
    """
    at = np.asarray(index, dtype=np.int32)
    fixed = isinstance(values, np.ndarray) and not values.flags.writeable
    told = _once(values) if fixed else pa.array(values, pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(at, mask=at < 0), told)


def _once(values: NDArray[Any]) -> pa.Array:
    """A fixed array in Arrow's form; the latest few are kept, each with the array it is of."""
    kept = _FIXED.get(id(values))
    if kept is None:
        if len(_FIXED) >= MOST_FIXED:
            _FIXED.clear()
        kept = _FIXED[id(values)] = (values, pa.array(values, pa.string()))
    return kept[1]


def numbered(prefix: Values, serials: NDArray[Any], width: int) -> pa.Array:
    """Running numbers as text of at least ``width`` digits behind a prefix."""
    digits = pc.utf8_lpad(pc.cast(pa.array(serials), pa.string()), width, "0")
    if _is_many(prefix):
        prefix = _arrow(pa.string(), prefix)
    return pc.binary_join_element_wise(prefix, digits, "")


def _is_many(value: Values) -> bool:
    """Whether a value stands for one value a row."""
    return isinstance(value, list | pa.Array) or getattr(value, "ndim", 0) > 0


def _joined(column: Column, parts: list[tuple[int, dict[str, Any]]]) -> pa.ChunkedArray:
    """One column of all parts; parts of one row are gathered first."""
    kind = KINDS.get(column.type, pa.string())
    pieces: list[pa.Array] = []
    loose: list[Any] = []
    for n, given in parts:  # one a call of ``add``, not one a row
        value = given.get(column.field, ABSENT.get(kind, ""))
        if n == 1:
            loose.append(_only(value))
            continue
        if loose:
            pieces.append(_arrow(kind, loose))
            loose = []
        pieces.append(_arrow(kind, value) if _is_many(value) else _repeated(kind, value, n))
    if loose:
        pieces.append(_arrow(kind, loose))
    return pa.chunked_array(pieces, type=kind)


def _only(value: Values) -> Any:  # noqa: ANN401 - whatever the column holds
    """The value of a part of one row."""
    if isinstance(value, pa.Array):
        return value[0].as_py() or ""
    if isinstance(value, np.ndarray):
        return value.reshape(-1)[0]
    return value[0] if isinstance(value, list) else value


def _repeated(kind: pa.DataType, value: Values, count: int) -> pa.Array:
    """One value for every row."""
    single = _arrow(kind, [np.asarray(value)[()]])
    return single.take(pa.array(np.zeros(count, dtype=np.int32)))


def _arrow(kind: pa.DataType, values: Values) -> pa.Array:
    """An Arrow array of a column's type."""
    if isinstance(values, pa.Array):
        return values.cast(kind)
    if kind in {DAYS, SECONDS}:
        unit = "D" if kind == DAYS else "s"
        return pa.array(np.asarray(values, dtype=f"datetime64[{unit}]"), kind)
    if kind == KINDS["decimal"]:
        return pa.array(_numbers(values), kind, from_pandas=True)
    if kind == pa.string():
        return pa.array(_texts(values), kind)
    return pa.array(values, kind)


def _numbers(values: Values) -> NDArray[np.float64]:
    """Numbers; an empty cell is none."""
    given = np.asarray(values)
    if given.dtype.kind in "OU":
        given = np.where(given == "", "nan", given)
    return given.astype(np.float64)


def _texts(values: Values) -> Values:
    """Text; whole numbers as they are written."""
    if isinstance(values, list):
        return [str(value) for value in values]
    return values.astype("U20") if values.dtype.kind in "iu" else values

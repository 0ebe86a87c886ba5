"""Which rows each delivery brings: a snapshot, then what is new or changed by month."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from doudi.synth import months
from doudi.synth.book import KNOWN
from doudi.synth.forms import Form, amount_of, columns, forms

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.book import Book
    from doudi.synth.forms import Column

BATCHES = ((months.SNAPSHOT, "snapshot"), (months.SNAPSHOT + 1, "delta"), (months.LAST, "delta"))


@dataclass(frozen=True)
class Sheet:
    """The rows of one file as they are sent."""

    batch: str
    rows: pa.Table
    form: Form
    columns: list[Column]
    typed: dict[str, pa.Array] = field(default_factory=dict)
    """Columns as they are typed, where that differs from what the form would make of them."""
    unread: frozenset[int] = frozenset()
    """Rows whose amount nobody can read."""

    @property
    def person_column(self) -> Column | None:
        """The first person number: whom a row is about."""
        return next((c for c in self.columns if c.type == "id18"), None)

    @property
    def amount_column(self) -> Column | None:
        """The first amount in yuan: the one that control totals sum up."""
        return amount_of(self.columns)

    @property
    def source(self) -> str:
        """The slug of its source."""
        return self.form.source


def sheets_of(book: Book, rng: Generator, sources: Collection[str]) -> list[Sheet]:
    """The rows of all files of all batches, in an order that tells nothing."""
    found = []
    for source in [source for source in forms() if source in book and source in sources]:
        form, fields = forms()[source], columns()[source]
        rows = book.frame(source)
        known = rows[KNOWN].to_numpy()
        shown = rows.drop_columns([KNOWN])
        for month, mode in BATCHES:
            own = _rows_of(rows, known, form, month, mode)
            own = own[rng.permutation(len(own))]
            part = shown.take(pa.array(own))
            found.append(Sheet(months.month_name(month), part, form, fields))
    return found


def _rows_of(
    rows: pa.Table, known: NDArray[np.int64], form: Form, month: int, mode: str
) -> NDArray[np.int64]:
    """Positions of the rows, or for registers of the newest versions, that a batch brings."""
    own = np.flatnonzero(known <= month if mode == "snapshot" else known == month)
    if not form.has_versions:
        return own
    own = own[np.argsort(known[own], kind="stable")]
    keys = [c.field for c in columns()[form.source] if c.role == "key"]
    older: NDArray[np.bool_] = (
        rows.select(keys).take(pa.array(own)).to_pandas().duplicated(keep="last").to_numpy()
    )
    return np.asarray(own[~older], dtype=np.int64)

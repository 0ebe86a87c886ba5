"""Cells as they are typed in the form of a source: days, amounts, yes and no, lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable

    from doudi.synth.forms import Column, Form

MOMENT = "%Y-%m-%d %H:%M:%S"
FINE = {"ratio", "share", "rate", "line_multiple", "value"}
"""Numbers that are written with four decimals."""


def text_of(values: pa.ChunkedArray, column: Column, form: Form) -> pa.Array:
    """A column as text in the form of its source; empty where there is no value."""
    if column.type == "date":
        return _by_distinct(values, lambda days: pc.strftime(days, form.dates))
    if column.type == "datetime":
        return _by_distinct(values, lambda moments: pc.strftime(moments, MOMENT))
    if column.type == "bool":
        return _by_distinct(values, lambda yes: pc.if_else(yes, form.yes, form.no))
    if column.type == "decimal":
        tell = _pattern(column, form).format
        return _by_distinct(values, lambda amounts: pa.array(map(tell, amounts.to_pylist())))
    text = _plain(values)
    if column.type.startswith("list") and form.separator != ";":
        text = pc.replace_substring(text, ";", form.separator)
    return text


def _plain(values: pa.ChunkedArray) -> pa.Array:
    """Text as it stands, in one piece."""
    return pc.fill_null(values.cast(pa.string()).combine_chunks(), "")


def _pattern(column: Column, form: Form) -> str:
    """How an amount is written."""
    if column.field in FINE:
        return "{:.4f}"
    return "{:,.2f}" if form.thousands else "{:.2f}"


def _by_distinct(values: pa.ChunkedArray, tell: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Values as text; each distinct one is told once."""
    found = values.combine_chunks().dictionary_encode()
    words = tell(found.dictionary).cast(pa.string())
    return pc.fill_null(words.take(found.indices), "")

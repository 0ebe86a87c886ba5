"""DBF files: columns of fixed width, cut with NumPy by the layout that the library reads.

The code page byte of Chinese files is often wrong, so the texts themselves settle the encoding.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from doudi.loaders.grid import Grid
from doudi.loaders.headers import bare
from doudi.loaders.messages import stopped
from doudi.loaders.packed import MAX_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from numpy.typing import NDArray

DELETED = 0x2A
VERSIONS = frozenset(
    {0x02, 0x03, 0x04, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0x8C, 0xCB, 0xF5, 0xFB}
)
CUT_NAME = 9
"""Bytes of a name from which it may have been cut off: a DBF file has room for ten."""

TEXT = "CNFD"
TRUTH = {"T": "true", "Y": "true", "F": "false", "N": "false", "?": "", "": ""}
BINARY = "I+BTY@"
FLAGS = "0"
_HALF = re.compile(rb"(?:[\x00-\x80]|[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39]|"
                   rb"[\x81-\xfe][\x40-\x7e\x80-\xfe])*+")  # fmt: skip  # one pattern


def read_dbf(file: Path, path: Path, known: AbstractSet[str]) -> Grid:
    """The records of a DBF file that are not deleted; ``line`` is the record's number + 1.

    Args:
        file: What is read.
        path: What was delivered, for messages.
        known: Known spellings of headers; a name cut to ten bytes is read as the only one that
            begins so.

    Raises:
        FeedStopped: if it is no DBF file, cut off, in no known encoding, or has memo fields.
    """
    import dbfread

    with file.open("rb") as raw:
        if raw.read(1)[0] not in VERSIONS:
            raise stopped(path, "other_kind", kind="DBF")
    try:
        table = dbfread.DBF(
            str(file), encoding="latin-1", ignorecase=False, ignore_missing_memofile=True
        )
    except (ValueError, IndexError, OSError, EOFError, dbfread.exceptions.DBFNotFound) as error:
        raise stopped(path, "other_kind", kind=type(error).__name__) from None
    except Exception as error:  # noqa: BLE001 - the library raises anything over a damaged header
        raise stopped(path, "damaged", kind=type(error).__name__) from None
    return _grid(table, _records(table, file, path), path, known)


def _records(table: Any, file: Path, path: Path) -> NDArray[np.uint8]:  # noqa: ANN401 - the library has no types
    """All records as bytes, shape (n_records, bytes of a record)."""
    count, width, start = (
        table.header.numrecords,
        table.header.recordlen,
        table.header.headerlen,
    )
    size = file.stat().st_size
    stated = sum(field.length for field in table.fields) + 1
    if not table.fields or stated != width or size < start + count * width:
        raise stopped(path, "damaged", kind="DBF")
    if size - start - count * width > width:
        raise stopped(path, "more_records", stated=count, found=(size - start) // width)
    if len(table.fields) > MAX_COLUMNS:
        raise stopped(path, "columns", most=MAX_COLUMNS)
    if not count:
        return np.empty((0, width), np.uint8)
    return np.memmap(file, np.uint8, "r", start, (count, width))


def _grid(table: Any, records: NDArray[np.uint8], path: Path, known: AbstractSet[str]) -> Grid:  # noqa: ANN401 - the library has no types
    kept = np.flatnonzero(records[:, 0] != DELETED)
    cells = {}
    start = 1
    for place, field in enumerate(table.fields):
        if field.type != FLAGS:
            cells[place] = records[kept, start : start + field.length]
        start += field.length
    names = [table.fields[place].name.encode("latin-1") for place in cells]
    texts = [cells[p] for p in cells if table.fields[p].type == "C"]
    codec = _codec(names, texts, kept, path)
    columns = {
        f"c{n}": _column(table, table.fields[place], data, codec, path)
        for n, (place, data) in enumerate(cells.items())
    }
    headers = tuple(_whole_name(name, codec, known) for name in names)
    rows = pa.table({**columns, "line": pa.array(kept + 2, pa.int64())})
    return Grid(headers, _without_blank(rows), ())


def _codec(
    names: list[bytes], texts: list[NDArray[np.uint8]], kept: NDArray[np.int64], path: Path
) -> str:
    """UTF-8 or GB18030, whichever reads every text and name; characters cut in half do not count."""
    wide = [(data, np.flatnonzero((data >= 0x80).any(axis=1))) for data in texts]  # noqa: PLR2004 - beyond ASCII
    wrong: dict[str, int] = {}
    for codec in ("utf-8", "gb18030"):
        cells = ((kept[n], data[n].tobytes()) for data, places in wide for n in places)
        first = next((0 for name in names if _text(name, codec) is None), None)
        if first is None:  # cells beyond ASCII one by one, because each ends on its own
            first = next((int(n) + 2 for n, cell in cells if _text(cell, codec) is None), None)
        if first is None:
            return codec
        wrong[codec] = first
    raise stopped(path, "encoding", line=wrong["gb18030"] or 1)


def _text(cell: bytes, codec: str) -> str | None:
    """A cell's text without its padding, and without the half of a character at its end."""
    whole = cell.rstrip(b"\0 ")
    if codec == "gb18030":
        found = _HALF.match(whole)
        end = found.end() if found else 0
    else:
        end = len(whole)
        while end and len(whole) - end < 3 and 0x80 <= whole[end - 1] < 0xC0:  # noqa: PLR2004 - the marks of UTF-8
            end -= 1
        lead = whole[end - 1] if end else 0
        need = 4 if lead >= 0xF0 else 3 if lead >= 0xE0 else 2 if lead >= 0xC0 else 1  # noqa: PLR2004 - the same
        end = end - 1 if len(whole) - end + 1 < need else len(whole)
    try:
        return whole[:end].decode(codec) if len(whole) - end < 4 else None  # noqa: PLR2004 - bytes of a character
    except UnicodeDecodeError:
        return None


def _column(
    table: Any,  # noqa: ANN401 - the library has no types
    field: Any,  # noqa: ANN401 - the same
    data: NDArray[np.uint8],
    codec: str,
    path: Path,
) -> pa.Array:
    cells = np.ascontiguousarray(data).view(f"S{field.length}").ravel()
    distinct, places = np.unique(cells, return_inverse=True)
    values = [_value(table, field, bytes(cell), codec, path) for cell in distinct]
    return pa.array(values, pa.string()).take(pa.array(places))


def _value(table: Any, field: Any, cell: bytes, codec: str, path: Path) -> str:  # noqa: ANN401 - the library has no types
    if field.type == "C":
        return _text(cell, codec) or ""
    if field.type in TEXT:
        return cell.strip(b"\0 ").decode("ascii", "replace")
    if field.type == "L":
        text = cell.strip(b"\0 ").decode("ascii", "replace").upper()
        return TRUTH.get(text, text)
    if field.type in BINARY:
        value = _parsed(table, field, cell)
        return "" if value is None else str(value)
    raise stopped(path, "memo", name=field.name.encode("latin-1").decode(codec, "replace"))


def _parsed(table: Any, field: Any, cell: bytes) -> object:  # noqa: ANN401 - the library has no types
    from dbfread.field_parser import FieldParser

    return FieldParser(table).parse(field, cell.ljust(field.length, b"\0"))


def _whole_name(name: bytes, codec: str, known: AbstractSet[str]) -> str:
    """A name as it stands, or the only known spelling that begins so if there was no room."""
    text = _text(name, codec) or ""
    own = bare(text, known)
    if own in known or len(name) < CUT_NAME:
        return text
    longer = [spelling for spelling in known if spelling.startswith(own)]
    return longer[0] if len(longer) == 1 else text


def _without_blank(rows: pa.Table) -> pa.Table:
    """Rows with anything in them."""
    filled = np.zeros(rows.num_rows, bool)
    for name in rows.column_names[:-1]:
        text = rows[name].to_numpy(zero_copy_only=False)
        filled |= text.astype(str) != ""
    return rows.filter(pa.array(filled))

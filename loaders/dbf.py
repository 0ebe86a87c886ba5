"""DBF files: columns of fixed width, cut with NumPy by the layout that the library reads.

The code page byte of Chinese files is often wrong, so the texts themselves settle the encoding.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.loaders.encodings import HAN
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

NUMBERS = "NFD"
TRUTH = {"T": "true", "Y": "true", "F": "false", "N": "false", "?": ""}
BINARY = "I+BTY@"
FLAGS = "0"
FOXPRO = (0x30, 0x31, 0x32)
"""Versions in which ``B`` is a number; in others it is a memo."""


@dataclass(frozen=True)
class _Column:
    """One column, its distinct cells and which of them each record holds.

    Attributes:
        field: The library's words on it: ``type`` and ``length``.
        name: Its name as it stands in the file.
        cells: Distinct cells as bytes, and the places of the records' own.
    """

    field: Any
    name: bytes
    cells: pa.DictionaryArray

    @property
    def distinct(self) -> list[bytes]:
        return [bytes(cell) for cell in self.cells.dictionary.to_pylist()]

    def text(self, cell: bytes, codec: str) -> str | None:
        """A cell's text without its padding; None where the codec does not read it.

        Where it fills its width it may have been cut within a character: the half is left out.
        """
        whole = cell.rstrip(b"\0 ")
        decoder = codecs.getincrementaldecoder(codec)()
        try:
            return decoder.decode(whole, final=len(whole) < self.field.length)
        except UnicodeDecodeError:
            return None


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
    except Exception as error:  # noqa: BLE001 - the library raises anything over a damaged header
        raise stopped(path, "damaged", kind=type(error).__name__) from None
    records = _records(table, file, path)
    kept = np.flatnonzero(records[:, 0] != DELETED)
    columns = _columns(table, records, kept)
    codec = _codec(columns, kept, path)
    cells = {f"c{n}": _texts(table, c, codec, path) for n, c in enumerate(columns)}
    headers = tuple(_whole_name(c.name, codec, known) for c in columns)
    return Grid(headers, _filled(cells, pa.array(kept + 2, pa.int64())), ())


def _records(table: Any, file: Path, path: Path) -> NDArray[np.uint8]:  # noqa: ANN401 - the library has no types
    """All records as bytes, shape (n_records, bytes of a record)."""
    head, size = table.header, file.stat().st_size
    count, width, start = head.numrecords, head.recordlen, head.headerlen
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


def _columns(table: Any, records: NDArray[np.uint8], kept: NDArray[np.int64]) -> list[_Column]:  # noqa: ANN401 - the library has no types
    found, start = [], 1
    for field in table.fields:
        if field.type != FLAGS and field.length:
            cut = np.ascontiguousarray(records[kept, start : start + field.length])
            kind = pa.binary(field.length)
            cells = pa.Array.from_buffers(kind, len(kept), [None, pa.py_buffer(cut)])
            name = field.name.encode("latin-1")
            found.append(_Column(field, name, cells.dictionary_encode()))
        start += field.length
    return found


def _codec(columns: list[_Column], kept: NDArray[np.int64], path: Path) -> str:
    """UTF-8 or GB18030, whichever reads every name and text.

    Where both do, UTF-8 must give Chinese: no register holds the Cyrillic that 元 reads as.
    """
    wide = [
        (c, cell)
        for c in columns
        if c.field.type == "C"
        for cell in c.distinct
        if not cell.isascii()
    ]
    names = [column.name for column in columns if not column.name.isascii()]
    utf8 = [_decoded(n, "utf-8") for n in names] + [c.text(cell, "utf-8") for c, cell in wide]
    if not utf8 or (None not in utf8 and HAN.search("".join(filter(None, utf8)))):
        return "utf-8"
    if any(_decoded(name, "gb18030") is None for name in names):
        raise stopped(path, "encoding", line=1)
    wrong = [_first(c, cell, kept) for c, cell in wide if c.text(cell, "gb18030") is None]
    if wrong and None in utf8:
        raise stopped(path, "encoding", line=min(wrong))
    return "utf-8" if wrong else "gb18030"


def _first(column: _Column, cell: bytes, kept: NDArray[np.int64]) -> int:
    """The line of the first record that holds a cell."""
    place = column.distinct.index(cell)
    return int(kept[np.flatnonzero(column.cells.indices.to_numpy() == place)[0]]) + 2


def _decoded(name: bytes, codec: str) -> str | None:
    """A name, of which the last character may be cut."""
    try:
        return codecs.getincrementaldecoder(codec)().decode(name)
    except UnicodeDecodeError:
        return None


def _texts(table: Any, column: _Column, codec: str, path: Path) -> pa.Array:  # noqa: ANN401 - the library has no types
    """A column as text, each distinct cell read once."""
    values = [_value(table, column, cell, codec, path) for cell in column.distinct]
    return pa.array(values, pa.string()).take(column.cells.indices)


def _value(table: Any, column: _Column, cell: bytes, codec: str, path: Path) -> str:  # noqa: ANN401 - the library has no types
    kind = column.field.type
    if kind == "C":
        return column.text(cell, codec) or ""
    if kind in NUMBERS or kind == "L":
        text = cell.strip(b"\0 ").decode("ascii", "replace")
        return TRUTH.get(text.upper(), text) if kind == "L" else text
    if kind in BINARY and (kind != "B" or table.header.dbversion in FOXPRO):
        return _parsed(table, column, cell, path)
    raise stopped(path, "memo", name=_decoded(column.name, codec) or "")


def _parsed(table: Any, column: _Column, cell: bytes, path: Path) -> str:  # noqa: ANN401 - the library has no types
    """A cell of a binary kind: whole numbers, moments, currency."""
    from dbfread.field_parser import FieldParser

    try:
        value = FieldParser(table).parse(column.field, cell)
    except Exception as error:  # noqa: BLE001 - the library raises anything over a damaged cell
        raise stopped(path, "damaged", kind=type(error).__name__) from None
    return "" if value is None else str(value)


def _whole_name(name: bytes, codec: str, known: AbstractSet[str]) -> str:
    """A name as it stands, or the only known spelling that begins so if there was no room."""
    text = _decoded(name, codec) or ""
    own = bare(text, known)
    if own in known or len(name) < CUT_NAME:
        return text
    longer = [spelling for spelling in known if spelling.startswith(own)]
    return longer[0] if len(longer) == 1 else text


def _filled(cells: dict[str, pa.Array], lines: pa.Array) -> pa.Table:
    """Records with anything in them."""
    filled = np.zeros(len(lines), bool)
    for column in cells.values():
        filled |= pc.call_function("not_equal", [column, pa.scalar("")]).to_numpy(
            zero_copy_only=False
        )
    return pa.table({**cells, "line": lines}).filter(pa.array(filled))

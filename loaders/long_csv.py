"""Long text files read piece by piece, so that memory does not grow with the file.

What is settled on a whole file (its encoding, whether it is plain) is supposed from its beginning
and watched to the end; where it proves otherwise, ``ReadAgain`` says how to start anew.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from doudi.loaders.delimited import delimiter_in, head_of
from doudi.loaders.encodings import HAN, STRANGE, UTF16_MARKS, refuse_other_kinds, settle, text_of
from doudi.loaders.grid import above, grid_of_rows, header_place, told_csv
from doudi.loaders.messages import stopped
from doudi.loaders.packed import plain_blocks
from doudi.loaders.plain_csv import numbered, plain_rows
from doudi.loaders.read import ReadAgain, Sheet, Way, damage_told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from doudi.graph.errors import Pair

CHUNK = 2**24
"""Bytes that are read at once."""

QUOTED = 50_000
"""Rows that the csv module reads at once."""


class Top(NamedTuple):
    """How a file begins: what divides its cells, its headers, and lines above them."""

    delimiter: str
    headers: tuple[str, ...]
    place: int
    remarks: tuple[Pair, ...]


def read_long(path: Path, way: Way, known: AbstractSet[str]) -> Sheet:
    """The first piece of a long text file, with the way to the rest.

    Raises:
        FeedStopped: if it is damaged, of another kind, or in no known encoding.
        ReadAgain: if it proves to be of another kind than supposed; so may the pieces that follow.
    """
    first = next(_pieces(path, way, known), None)
    if first is None:
        raise stopped(path, "empty")
    return replace(first, rest=lambda: islice(_pieces(path, way, known), 1, None))


def _pieces(path: Path, way: Way, known: AbstractSet[str]) -> Iterator[Sheet]:
    with damage_told(path), told_csv(path):
        chunks = _chunks(path, way)
        first = next(chunks, b"")
        top = _top(first.decode(), path, known)
        every = chain([first], chunks)
        yield from _plain(every, top, path, way) if way.plain else _quoted(every, top, path)


def _top(text: str, path: Path, known: AbstractSet[str]) -> Top:
    delimiter = delimiter_in(text, path)
    head = head_of(text, delimiter)
    place = header_place(head, known)[0]
    if place >= len(head) or not any(cell.strip() for cell in head[place]):
        raise stopped(path, "empty")
    return Top(delimiter, tuple(head[place]), place, above(head[:place]))


def _plain(chunks: Iterator[bytes], top: Top, path: Path, way: Way) -> Iterator[Sheet]:
    """Pieces by Arrow, from text without quotes."""
    skip, line = top.place + 1, top.place + 2
    for data in chunks:
        table = plain_rows(data, top.delimiter, len(top.headers), skip=skip)
        if table is None:
            raise ReadAgain(path, replace(way, plain=False))
        yield Sheet(top.headers, numbered(table, line), (), top.remarks if skip else ())
        line += table.num_rows
        skip = 0


def _quoted(chunks: Iterator[bytes], top: Top, path: Path) -> Iterator[Sheet]:
    """Pieces by the csv module."""
    lines = (line for chunk in chunks for line in io.StringIO(chunk.decode(), newline=""))
    rows = islice(csv.reader(lines, delimiter=top.delimiter, strict=True), top.place + 1, None)
    numbers, remarks = enumerate(rows, start=top.place + 2), top.remarks
    while some := list(islice(numbers, QUOTED)):
        grid = grid_of_rows(top.headers, some, path)
        yield Sheet(grid.headers, grid.rows, grid.misshapen, remarks)
        remarks = ()


def _chunks(path: Path, way: Way) -> Iterator[bytes]:
    """Whole lines in UTF-8; no encoding of Chinese has the byte of a line's end in a character."""
    certain = way.sure or way.encoding != "utf-8"
    strange = False
    for data in _whole_lines(path):
        try:
            text = data.decode() if way.encoding == "utf-8" else text_of(data, way.encoding)
        except UnicodeDecodeError:
            raise _otherwise(path, way) from None
        if not certain and not text.isascii():
            certain = bool(HAN.search(text))
            strange = strange or bool(STRANGE.search(text))
        yield data if way.encoding == "utf-8" else text.encode()
    if strange and not certain:
        raise _otherwise(path, way)


def _otherwise(path: Path, way: Way) -> Exception:
    """What to do with a file that is not in the encoding that was supposed."""
    codec = settle(lambda: _whole_lines(path), path)
    return ReadAgain(path, replace(way, encoding=codec.removesuffix("-sig"), sure=True))


def _whole_lines(path: Path) -> Iterator[bytes]:
    """Chunks that end where a line ends, without the mark of UTF-8.

    Raises:
        ReadAgain: if lines have other ends than in bytes, as UTF-16 has.
    """
    rest = b""
    for number, block in enumerate(plain_blocks(path, path, size=CHUNK)):
        data = block
        if number == 0:
            if data[:2] in UTF16_MARKS or b"\0" in data[:4096]:
                raise ReadAgain(path, Way(whole=True))
            refuse_other_kinds(data[:4096], path)
            data = data.removeprefix(b"\xef\xbb\xbf")
        end = data.rfind(b"\n") + 1
        if end:
            yield rest + data[:end]
            rest = data[end:]
        else:
            rest += data
    if rest:
        yield rest if rest.endswith(b"\n") else rest + b"\n"

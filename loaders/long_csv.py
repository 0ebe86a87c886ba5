"""Long text files read piece by piece, so that memory does not grow with the file.

What is settled on a whole file (its encoding, whether it is plain) is supposed from its beginning
and watched to the end; where it proves otherwise, ``ReadAgain`` says how to start anew.
"""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, cast

from doudi.loaders.messages import stopped
from doudi.loaders.plain_csv import headers_of, numbered, plain_rows
from doudi.loaders.read import (
    CHINESE,
    MAX_UNPACKED,
    STRANGE,
    ReadAgain,
    Sheet,
    Way,
    damage_told,
    delimiter_of,
    headers_in,
    piece_of,
    require_text,
    suffix_of,
)  # fmt: skip  # names of one module

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHUNK = 2**24
"""Bytes that are read at once."""

QUOTED = 50_000
"""Rows that the csv module reads at once."""

LONGEST_LINE = 2**26
"""Bytes without an end of line after which a file is given up."""


def read_long(path: Path, way: Way) -> Sheet:
    """The first piece of a long text file, with the way to the rest.

    Raises:
        FeedStopped: if it is damaged, of another kind, or in no known encoding.
        ReadAgain: if it proves to be of another kind than supposed; so may the pieces that follow.
    """
    first = next(_pieces(path, way), None)
    if first is None:
        raise stopped(path, "empty")
    return replace(first, rest=lambda: islice(_pieces(path, way), 1, None))


def _pieces(path: Path, way: Way) -> Iterator[Sheet]:
    with damage_told(path):
        yield from _plain_pieces(path, way) if way.plain else _quoted_pieces(path, way)


def _plain_pieces(path: Path, way: Way) -> Iterator[Sheet]:
    """Pieces by Arrow, from text without quotes."""
    headers: tuple[str, ...] = ()
    delimiter, line = ",", 2
    for data in _chunks(path, way):
        first = not headers
        if first:
            head = data[: data.index(b"\n") + 1].decode()
            delimiter = delimiter_of(head, path)
            headers = headers_of(head, delimiter)
        table = plain_rows(data, delimiter, len(headers), skip=int(first))
        if table is None or not any(header.strip() for header in headers):
            raise ReadAgain(path, replace(way, plain=False))
        yield Sheet(headers, numbered(table, line), ())
        line += table.num_rows


def _quoted_pieces(path: Path, way: Way) -> Iterator[Sheet]:
    """Pieces by the csv module."""
    chunks = (chunk.decode() for chunk in _chunks(path, way))
    first = next(chunks, "")
    lines = (line for text in _after(first, chunks) for line in io.StringIO(text, newline=""))
    rows = csv.reader(lines, delimiter=delimiter_of(first, path), strict=True)
    headers = headers_in(rows, path)
    numbers = enumerate(rows, start=2)
    while some := list(islice(numbers, QUOTED)):
        yield piece_of(headers, some)


def _after(first: str, others: Iterator[str]) -> Iterator[str]:
    yield first
    yield from others


def _chunks(path: Path, way: Way) -> Iterator[bytes]:
    """Whole lines in UTF-8; no encoding of Chinese has the byte of a line's end in a character."""
    certain = strange = False
    for data in _whole_lines(path):
        try:
            text = data.decode(way.encoding)
        except UnicodeDecodeError:
            raise _otherwise(path, way) from None
        if way.encoding == "utf-8" and not way.sure and not certain and not text.isascii():
            certain = bool(CHINESE.search(text))
            strange = strange or bool(STRANGE.search(text))
        yield data if way.encoding == "utf-8" else text.encode()
    if strange and not certain:
        raise ReadAgain(path, Way("gb18030", way.plain))


def _otherwise(path: Path, way: Way) -> Exception:
    """What to do with a file that is not in the encoding that was supposed."""
    if way.encoding == "utf-8" and not way.sure:
        return ReadAgain(path, Way("gb18030", way.plain, sure=True))
    if not way.sure:
        return ReadAgain(path, Way("utf-8", way.plain, sure=True))
    return stopped(path, "encoding")


def _whole_lines(path: Path) -> Iterator[bytes]:
    """Chunks that end where a line ends, without the mark of UTF-8."""
    rest, read, packed = b"", 0, suffix_of(path) == ".csv.gz"
    with cast("BinaryIO", gzip.open(path) if packed else path.open("rb")) as file:
        while block := file.read(CHUNK):
            if not read:
                require_text(block[:4096], path)
                block = block.removeprefix(b"\xef\xbb\xbf")
            read += len(block)
            if packed and read > MAX_UNPACKED:
                raise stopped(path, "bomb")
            end = block.rfind(b"\n") + 1
            if not end and len(rest) > LONGEST_LINE:
                raise csv.Error("a line without end")
            if end:
                yield rest + block[:end]
                rest = block[end:]
            else:
                rest += block
    if rest:
        yield rest if rest.endswith(b"\n") else rest + b"\n"
